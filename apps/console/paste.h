// Splits a paste into lines to send.
//
//   ParsePaste("one\n\ntwo\n", 1000, 4095)   -> lines {"one", "two"}
//   ParsePaste("one\ntw\x1bo", 1000, 4095)   -> problem "Line 2 of the paste cannot be sent: ..."
//
// Pure function; thread-safe; O(size of the text).
#ifndef CHATHTTP_APPS_CONSOLE_PASTE_H_
#define CHATHTTP_APPS_CONSOLE_PASTE_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace chathttp {

struct Paste {
  std::vector<std::string> lines;  // without blank lines
  std::string problem;             // why they cannot be sent; empty if they can
};

// A single line is never a problem: it goes into the input line.
[[nodiscard]] Paste ParsePaste(std::string_view text, std::size_t max_lines,
                               std::size_t max_text_bytes);

}  // namespace chathttp

#endif  // CHATHTTP_APPS_CONSOLE_PASTE_H_

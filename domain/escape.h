// Escapes untrusted bytes so that a terminal can show them safely.
//
//   Visible("a\x1b[2J")        -> R"(a\x1b[2J)"
//   Visible("x\u202Ey")        -> R"(x\u202ey)"       bidirectional controls
//   Visible("abcdef", 3)       -> "abc..."
//
// Pure function, safe from any thread.
#ifndef CHATHTTP_DOMAIN_ESCAPE_H_
#define CHATHTTP_DOMAIN_ESCAPE_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace chathttp {

// Whether Visible leaves the code point unchanged. O(1).
[[nodiscard]] bool IsSafeToShow(char32_t code_point);

// Returns `bytes` with these escaped as \xNN (one byte) or \uNNNN (one code point): C0 controls
// (including HTAB and LF), DEL, C1 controls, line and paragraph separators, bidirectional controls
// (U+061C, U+200E, U+200F, U+202A..U+202E, U+2066..U+2069) and invalid UTF-8. Everything else is
// copied unchanged. Reads at most `max_bytes` and appends "..." if there are more. O(bytes read).
[[nodiscard]] std::string Visible(std::string_view bytes,
                                  std::size_t max_bytes = std::string::npos);

}  // namespace chathttp

#endif  // CHATHTTP_DOMAIN_ESCAPE_H_

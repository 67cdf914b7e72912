// The rules for a text: valid UTF-8 on one line, no control characters, not blank. A text that
// breaks them could forge another user's line or control a terminal.
//
//   CheckText("hello", 4096).problem    -> TextProblem::kNone
//   CheckText("a\nb", 4096)             -> {kLineBreak, 1}
//
// The rules come from docs/protocol.md, "Names and text". Pure functions, safe from any thread.
#ifndef CHATHTTP_DOMAIN_TEXT_H_
#define CHATHTTP_DOMAIN_TEXT_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "chathttp/version.h"  // refuses compilers below C++20

namespace chathttp {

enum class TextProblem {
  kNone,
  kBlank,      // empty, or nothing but spaces and HTABs
  kTooLong,    // more bytes than the limit
  kLineBreak,  // LF, CR, VT, FF, NEL, U+2028 or U+2029
  kControl,    // DEL, a C1 control (U+0080..U+009F), or another C0 control except HTAB
  kNotUtf8,    // overlong, surrogate, above U+10FFFF, or truncated (RFC 3629 section 4)
};

struct TextCheck {
  TextProblem problem = TextProblem::kNone;
  std::size_t offset = 0;  // of the first byte that breaks the rule
};

// The first rule that `text` breaks; the length is checked first. O(size of the text); allocates
// nothing.
[[nodiscard]] TextCheck CheckText(std::string_view text, std::size_t max_bytes);

// One line with the rule, the limit and the value found; empty if CheckText finds no problem.
[[nodiscard]] std::string DescribeTextProblem(std::string_view text, std::size_t max_bytes);

// `entity` without one line feed, or one CR LF, at its end: the terminator of a text on the wire.
[[nodiscard]] std::string_view WithoutLineEnd(std::string_view entity);

// A code point at the front of a byte string. `bytes` is its size, or 0 for invalid UTF-8.
struct CodePoint {
  char32_t value = 0;
  std::size_t bytes = 0;
};

// Decodes the first code point of `bytes` (not empty), as RFC 3629 section 4 defines it. O(1).
[[nodiscard]] CodePoint DecodeUtf8(std::string_view bytes);

}  // namespace chathttp

#endif  // CHATHTTP_DOMAIN_TEXT_H_

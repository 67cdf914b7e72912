// What may be said: valid UTF-8 on one line, without control characters, and not blank.
// Otherwise a text could forge a line of another user or drive a terminal.
//
//   CheckText("hello", 4096).problem    -> TextProblem::kNone
//   CheckText("a\nb", 4096)             -> {kLineBreak, 1}
//
// Source of the rules: docs/protocol.md, "Names and text". Pure functions, safe from any thread.
#ifndef CHATHTTP_DOMAIN_TEXT_H_
#define CHATHTTP_DOMAIN_TEXT_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace chathttp {

enum class TextProblem {
  kNone,
  kBlank,      // empty, or nothing but spaces and HTABs
  kTooLong,    // more bytes than the limit
  kLineBreak,  // LF, CR, VT, FF, NEL, U+2028 or U+2029
  kControl,    // any other C0 control but HTAB, DEL, or a C1 control (U+0080..U+009F)
  kNotUtf8,    // overlong, surrogate, above U+10FFFF, or cut short (RFC 3629 section 4)
};

struct TextCheck {
  TextProblem problem = TextProblem::kNone;
  std::size_t offset = 0;  // of the first byte that breaks the rule
};

// The first rule that `text` breaks, its length first. Cost: O(size of the text), no allocation.
[[nodiscard]] TextCheck CheckText(std::string_view text, std::size_t max_bytes);

// One line that tells rule, limit and value seen; empty where CheckText finds no problem.
[[nodiscard]] std::string DescribeTextProblem(std::string_view text, std::size_t max_bytes);

// A code point at the front of a byte string. `bytes` is 0 when the bytes there are no valid UTF-8.
struct CodePoint {
  char32_t value = 0;
  std::size_t bytes = 0;
};

// Decodes the code point that `bytes` (not empty) begins with, after RFC 3629 section 4.
[[nodiscard]] CodePoint DecodeUtf8(std::string_view bytes);

}  // namespace chathttp

#endif  // CHATHTTP_DOMAIN_TEXT_H_

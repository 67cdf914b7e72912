// Makes bytes that came from others safe to show to a person.
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

// Whether a code point can be shown as it is: none of those that Visible escapes. O(1).
[[nodiscard]] bool IsSafeToShow(char32_t code_point);

// `bytes` with C0 controls (HTAB and LF too), DEL, C1 controls, line and paragraph separators,
// bidirectional controls (U+061C, U+200E, U+200F, U+202A..U+202E, U+2066..U+2069) and bytes that
// are no UTF-8 written as \xNN (one byte) or \uNNNN (one code point). All else stays as it is.
// At most `max_bytes` of `bytes` are read; "..." follows if there were more. O(bytes read).
[[nodiscard]] std::string Visible(std::string_view bytes,
                                  std::size_t max_bytes = std::string::npos);

}  // namespace chathttp

#endif  // CHATHTTP_DOMAIN_ESCAPE_H_

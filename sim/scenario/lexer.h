// Splits a line of a scenario into tokens.
//
//   @1s raw carol "POST\n"  # broken   ->   word "@1s", word "raw", word "carol", text "POST\n"
//
// A word is visible ASCII without `"` and `#`. A text stands in double quotes, with the escapes
// \n \r \t \\ \" \xNN; bytes from 0x80 on need no escape. Pure functions.
#ifndef CHATHTTP_SIM_SCENARIO_LEXER_H_
#define CHATHTTP_SIM_SCENARIO_LEXER_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chathttp::sim {

struct Token {
  enum class Kind { kWord, kText, kEnd };
  Kind kind = Kind::kEnd;
  std::string value;       // without quotes and escapes
  std::size_t column = 1;  // of its first byte, from 1 on
};

// A syntax error in a line.
struct SyntaxError {
  std::size_t column = 1;
  std::string expected;
  std::string got;
};

// Appends the tokens of `line`, which has no line end, and a final kEnd; or returns an error.
[[nodiscard]] std::optional<SyntaxError> LexLine(std::string_view line, std::vector<Token>& tokens);

// `bytes` as a text in double quotes, in ASCII only. LexLine is the inverse. "..." follows the text if
// there are more than `max_bytes` bytes.
[[nodiscard]] std::string Quote(std::string_view bytes,
                                std::size_t max_bytes = std::string_view::npos);

// The description of a token in an error: `"add"`, `the text "hi"`, `the end of the line`.
[[nodiscard]] std::string DescribeToken(const Token& token);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_SCENARIO_LEXER_H_

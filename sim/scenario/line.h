// A reader over the tokens of one line of a scenario. The first error sticks; the calls after it
// return empty values, so that a caller checks error() once, at the end.
//
//   ScenarioLine line("@1s alice list x3");
//   const absl::Duration at = line.TakeTime();
//   const std::string who = line.TakeWord("who");
//   ...
//   line.TakeEnd();
//   if (line.error()) ...
//
// Not thread-safe.
#ifndef CHATHTTP_SIM_SCENARIO_LINE_H_
#define CHATHTTP_SIM_SCENARIO_LINE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "chathttp/sim/scenario/grammar.h"
#include "chathttp/sim/scenario/lexer.h"
#include "chathttp/sim/scenario/quantity.h"

namespace chathttp::sim {

class ScenarioLine {
 public:
  explicit ScenarioLine(std::string_view text) { error_ = LexLine(text, tokens_); }

  const std::optional<SyntaxError>& error() const { return error_; }

  // The next token; kEnd after an error.
  const Token& Peek() const { return error_ ? tokens_.back() : tokens_[next_]; }
  bool AtEnd() const { return Peek().kind == Token::Kind::kEnd; }
  std::size_t column() const { return Peek().column; }

  // Takes the next token if it is this word.
  bool TryWord(std::string_view word);

  // Each of these takes the next token, or sets the error if the token is not as expected.
  std::string TakeWord(std::string_view expected);
  std::string TakeText(std::string_view expected);
  void TakeExactly(std::string_view word);
  std::int64_t TakeNumber(const Bounds& bounds);
  std::int64_t TakePrefixedNumber(char prefix, const Bounds& bounds);  // "@4s", "x200"
  absl::Duration TakeDuration(const Bounds& bounds) {
    return absl::Nanoseconds(TakeNumber(bounds));
  }
  // "5ms..20ms", or "5ms" for both.
  std::pair<absl::Duration, absl::Duration> TakeSpan(const Bounds& bounds);
  absl::Duration TakeTime() { return absl::Nanoseconds(TakePrefixedNumber('@', kTimeBounds)); }
  void TakeEnd();

  // Takes a word of `table` and returns its entry; null after an error.
  template <class Table>
  const typename Table::value_type* TakeChoice(const Table& table) {
    const auto* const entry = FindWord(table, Peek().value);
    if (entry == nullptr || Peek().kind != Token::Kind::kWord) {
      Fail(Choices(Peek().value, WordsOf(table)));
      return nullptr;
    }
    ++next_;
    return entry;
  }

  // Sets the error at the next token, or at `column`, unless there is an error already.
  void Fail(std::string expected);
  void Fail(std::size_t column, std::string expected, std::string got);

 private:
  std::optional<std::int64_t> TakeWithin(const Bounds& bounds, std::string_view text);

  std::vector<Token> tokens_;
  std::size_t next_ = 0;
  std::optional<SyntaxError> error_;
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_SCENARIO_LINE_H_

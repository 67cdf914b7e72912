#include "chathttp/sim/scenario/line.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"

namespace chathttp::sim {

bool ScenarioLine::TryWord(std::string_view word) {
  if (Peek().kind != Token::Kind::kWord || Peek().value != word) return false;
  ++next_;
  return true;
}

std::string ScenarioLine::TakeWord(std::string_view expected) {
  if (Peek().kind != Token::Kind::kWord) {
    Fail(std::string(expected));
    return "";
  }
  return tokens_[next_++].value;
}

std::string ScenarioLine::TakeText(std::string_view expected) {
  if (Peek().kind != Token::Kind::kText) {
    Fail(std::string(expected));
    return "";
  }
  return tokens_[next_++].value;
}

void ScenarioLine::TakeExactly(std::string_view word) {
  if (!TryWord(word)) Fail(absl::StrCat("\"", AbslView(word), "\""));
}

std::int64_t ScenarioLine::TakeNumber(const Bounds& bounds) {
  const bool word = Peek().kind == Token::Kind::kWord;
  const auto value = word ? TakeWithin(bounds, Peek().value) : std::nullopt;
  if (!value) Fail(Describe(bounds));
  return value.value_or(bounds.min);
}

std::int64_t ScenarioLine::TakePrefixedNumber(char prefix, const Bounds& bounds) {
  const bool prefixed = Peek().kind == Token::Kind::kWord && Peek().value.starts_with(prefix);
  const auto value =
      prefixed ? TakeWithin(bounds, std::string_view(Peek().value).substr(1)) : std::nullopt;
  if (!value) Fail(absl::StrCat(std::string(1, prefix), " and ", Describe(bounds)));
  return value.value_or(bounds.min);
}

std::pair<absl::Duration, absl::Duration> ScenarioLine::TakeSpan(const Bounds& bounds) {
  const bool word = Peek().kind == Token::Kind::kWord;
  const auto span = word ? ParseSpan(bounds, Peek().value) : std::nullopt;
  if (span) {
    ++next_;
    return {absl::Nanoseconds(span->first), absl::Nanoseconds(span->second)};
  }
  Fail(absl::StrCat(Describe(bounds), ", or LEAST..MOST with LEAST <= MOST"));
  return {};
}

void ScenarioLine::TakeEnd() {
  if (!AtEnd()) Fail("the end of the line");
}

void ScenarioLine::Fail(std::string expected) {
  Fail(column(), std::move(expected), DescribeToken(Peek()));
}

void ScenarioLine::Fail(std::size_t column, std::string expected, std::string got) {
  if (!error_) error_ = SyntaxError{column, std::move(expected), std::move(got)};
}

std::optional<std::int64_t> ScenarioLine::TakeWithin(const Bounds& bounds, std::string_view text) {
  const std::optional<std::int64_t> value = ParseWithin(bounds, text);
  if (value) ++next_;
  return value;
}

}  // namespace chathttp::sim

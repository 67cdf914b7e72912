#include "chathttp/sim/scenario/step.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "chathttp/sim/scenario/grammar.h"
#include "chathttp/sim/scenario/names.h"
#include "chathttp/sim/scenario/quantity.h"

namespace chathttp::sim {
namespace {

bool IsVerbFirst(Subject subject) {
  return subject == Subject::kPeers || subject == Subject::kSet || subject == Subject::kSides;
}

// Takes a verb of this subject.
const VerbShape* TakeVerb(ScenarioLine& line, Subject subject) {
  const VerbShape* const shape = FindWord(Verbs(), line.Peek().value);
  if (shape != nullptr && shape->subject != subject) {
    line.Fail(UsageOf(*shape));
    return nullptr;
  }
  std::vector<VerbShape> candidates;
  for (const VerbShape& candidate : Verbs()) {
    if (candidate.subject == subject) candidates.push_back(candidate);
  }
  return line.TakeChoice(candidates) == nullptr ? nullptr : shape;
}

// Takes verb and who, in either order.
const VerbShape* TakeVerbAndWho(ScenarioLine& line, PlacedStep& placed) {
  placed.who_column = placed.verb_column = line.column();
  const VerbShape* const first = FindWord(Verbs(), line.Peek().value);
  if (first != nullptr && IsVerbFirst(first->subject)) {
    line.TryWord(first->word);
    placed.who_column = line.column();
    placed.step.who = line.TakeWord(UsageOf(*first));
    return first;
  }
  Subject subject = Subject::kAnyone;
  if (line.TryWord(kServerName)) {
    subject = Subject::kServer;
    placed.step.who = kServerName;
  } else if (line.TryWord("link")) {
    subject = Subject::kLink;
    placed.who_column = line.column();
    placed.step.who = line.TakeWord("FROM->TO");
  } else {
    placed.step.who = line.TakeWord("who takes the step");
  }
  placed.verb_column = line.column();
  return TakeVerb(line, subject);
}

void TakeRepeat(ScenarioLine& line, Step& step) {
  if (!line.Peek().value.starts_with('x') || line.Peek().kind != Token::Kind::kWord) return;
  step.count = line.TakePrefixedNumber('x', kRepeatBounds);
  if (line.TryWord("every")) step.every = line.TakeDuration(kTimeBounds);
}

void TakeName(ScenarioLine& line, Step& step) {
  if (line.Peek().kind != Token::Kind::kText) return;
  if (line.Peek().value.empty()) return line.Fail("a name of at least one byte");
  step.text = line.TakeText("\"NAME\"");
}

void TakeArgument(ScenarioLine& line, const Argument& argument, Step& step) {
  if (!argument.lead.empty()) line.TakeExactly(argument.lead);
  switch (argument.field) {
    case Argument::Field::kName:
      return TakeName(line, step);
    case Argument::Field::kText:
      step.text = line.TakeText("\"TEXT\"");
      return;
    case Argument::Field::kRepeat:
      return TakeRepeat(line, step);
    case Argument::Field::kDuration:
      step.duration = line.TakeDuration(argument.bounds);
      return;
    case Argument::Field::kAmount:
      step.amount = line.TakeNumber(argument.bounds);
      return;
  }
}

bool StartsWithDigit(std::string_view word) {
  return !word.empty() && word.front() >= '0' && word.front() <= '9';
}

int TakeCode(ScenarioLine& line) {
  const auto value = ParseQuantity(Unit::kCount, line.Peek().value);
  if (line.Peek().kind != Token::Kind::kWord || !value ||
      std::find(kReplyCodes.begin(), kReplyCodes.end(), *value) == kReplyCodes.end()) {
    line.Fail(absl::StrCat("a code: ", absl::StrJoin(kReplyCodes, ", ")));
    return 0;
  }
  line.TakeWord("a code");
  return static_cast<int>(*value);
}

void TakeExpectation(ScenarioLine& line, PlacedStep& placed) {
  Expectation expected;
  if (line.Peek().kind == Token::Kind::kWord && !StartsWithDigit(line.Peek().value)) {
    placed.expected_column = line.column();
    expected.who = line.TakeWord("WHO");
  }
  expected.code = TakeCode(line);
  if (line.Peek().kind == Token::Kind::kText) expected.entity = line.TakeText("the entity");
  if (line.TryWord("then")) {
    line.TakeExactly("eof");
    expected.then_end = true;
  }
  placed.step.expected = std::move(expected);
}

}  // namespace

PlacedStep TakeStep(ScenarioLine& line) {
  PlacedStep placed;
  placed.step.at = line.TakeTime();
  const VerbShape* const shape = TakeVerbAndWho(line, placed);
  if (shape == nullptr) return placed;
  placed.step.verb = shape->verb;
  for (const Argument& argument : shape->arguments) TakeArgument(line, argument, placed.step);
  if (shape->has_reply && !line.AtEnd()) {
    line.TakeExactly("expect");
    TakeExpectation(line, placed);
  }
  return placed;
}

std::vector<std::string> TakeEffects(ScenarioLine& line) {
  const std::size_t column = line.column();
  const std::vector<std::string_view> known = Effects();
  std::vector<std::string> effects = SplitList(line.TakeWord("a list of effects"));
  for (const std::string& effect : effects) {
    if (std::find(known.begin(), known.end(), effect) == known.end()) {
      line.Fail(column, Choices(effect, known), Quote(effect));
    }
  }
  return effects;
}

}  // namespace chathttp::sim

#include "chathttp/sim/scenario/step.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "chathttp/sim/scenario/grammar.h"
#include "chathttp/sim/scenario/lexer.h"
#include "chathttp/sim/scenario/names.h"
#include "chathttp/sim/scenario/quantity.h"

namespace chathttp::sim {
namespace {

bool IsVerbFirst(Subject subject) {
  return subject == Subject::kPeers || subject == Subject::kSet || subject == Subject::kSides ||
         subject == Subject::kOperator;
}

// Whether a verb of this subject may follow what was read as `read`.
bool IsOf(Subject subject, Subject read) {
  return subject == read || (subject == Subject::kSomePeers && read == Subject::kAnyone);
}

// Takes a verb of this subject.
const VerbShape* TakeVerb(ScenarioLine& line, Subject subject) {
  const VerbShape* const shape = FindWord(Verbs(), line.Peek().value);
  if (shape != nullptr && !IsOf(shape->subject, subject)) {
    line.Fail(UsageOf(*shape));
    return nullptr;
  }
  std::vector<VerbShape> candidates;
  for (const VerbShape& candidate : Verbs()) {
    if (IsOf(candidate.subject, subject)) candidates.push_back(candidate);
  }
  return line.TakeChoice(candidates) == nullptr ? nullptr : shape;
}

// Takes verb and who, in either order.
const VerbShape* TakeVerbAndWho(ScenarioLine& line, PlacedStep& placed) {
  placed.who_column = placed.verb_column = line.column();
  const VerbShape* const first = FindWord(Verbs(), line.Peek().value);
  if (first != nullptr && IsVerbFirst(first->subject)) {
    line.TryWord(first->word);
    if (first->subject == Subject::kOperator) {
      placed.step.who = kServerName;
      return first;
    }
    placed.who_column = line.column();
    placed.step.who = line.TakeWord(UsageOf(*first));
    return first;
  }
  Subject subject = Subject::kAnyone;
  if (ServerIndex(line.Peek().value) && line.Peek().kind == Token::Kind::kWord) {
    subject = Subject::kServer;
    placed.step.who = line.TakeWord("a server");
  } else if (line.TryWord("disk")) {
    subject = Subject::kDisk;
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

// `most` stays 0 if the span is one duration.
void TakeSpan(ScenarioLine& line, absl::Duration& least, absl::Duration& most) {
  const auto [first, last] = line.TakeSpan(kTimeBounds);
  least = first;
  if (last > first) most = last;
}

void TakeRepeat(ScenarioLine& line, Step& step) {
  if (!line.Peek().value.starts_with('x') || line.Peek().kind != Token::Kind::kWord) return;
  step.count = line.TakePrefixedNumber('x', kRepeatBounds);
  if (line.TryWord("every")) TakeSpan(line, step.every, step.max_every);
}

void TakeStagger(ScenarioLine& line, Step& step) {
  if (line.TryWord("stagger")) TakeSpan(line, step.stagger, step.max_stagger);
}

void TakeName(ScenarioLine& line, Step& step) {
  if (line.Peek().kind != Token::Kind::kText) return;
  if (line.Peek().value.empty()) return line.Fail("a name of at least one byte");
  step.text = line.TakeText("\"NAME\"");
}

void TakeSettings(ScenarioLine& line, Step& step) {
  std::vector<LimitWord> left(ReloadedLimits().begin(), ReloadedLimits().end());
  do {
    const LimitWord* const found = line.TakeChoice(left);
    if (found == nullptr) return;
    const LimitWord limit = *found;
    std::erase_if(left, [&](const LimitWord& other) { return other.word == limit.word; });
    step.settings.push_back({std::string(limit.word), line.TakeNumber(limit.bounds)});
  } while (!line.AtEnd());
}

// Takes what an ADD says about a session; each of these may be left out.
void TakeSession(ScenarioLine& line, const Argument& argument, SessionRequest& session) {
  if (!line.TryWord(argument.lead)) return;
  switch (argument.field) {
    case Argument::Field::kSession:
      session.session = true;
      return;
    case Argument::Field::kOf:
      session.of = line.TakeWord("the name of a peer");
      return;
    case Argument::Field::kToken:
      session.token = line.TakeText("the token");
      return;
    case Argument::Field::kSince:
      session.since = line.TakeText("the position");
      return;
    default:
      session.history = line.TakeNumber(argument.bounds);
  }
}

void TakeArgument(ScenarioLine& line, const Argument& argument, Step& step) {
  if (argument.field >= Argument::Field::kSession) {
    return TakeSession(line, argument, step.session);
  }
  if (!argument.lead.empty()) line.TakeExactly(argument.lead);
  switch (argument.field) {
    case Argument::Field::kName:
      return TakeName(line, step);
    case Argument::Field::kText:
      step.text = line.TakeText("\"TEXT\"");
      return;
    case Argument::Field::kRepeat:
      return TakeRepeat(line, step);
    case Argument::Field::kStagger:
      return TakeStagger(line, step);
    case Argument::Field::kDuration:
      step.duration = line.TakeDuration(argument.bounds);
      return;
    case Argument::Field::kAmount:
      step.amount = line.TakeNumber(argument.bounds);
      return;
    case Argument::Field::kSettings:
      return TakeSettings(line, step);
    default:
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

void TakeReplyTime(ScenarioLine& line, Expectation& expected) {
  if (line.TryWord("within")) {
    expected.at_most = line.TakeDuration(kTimeBounds);
  } else if (line.TryWord("between")) {
    expected.at_least = line.TakeDuration(kTimeBounds);
    line.TakeExactly("and");
    const Bounds later = {Unit::kDuration, absl::ToInt64Nanoseconds(expected.at_least), kMaxTime};
    expected.at_most = line.TakeDuration(later);
  }
}

void TakeReplyFields(ScenarioLine& line, Expectation& expected) {
  if (!line.TryWord("with")) return;
  std::vector<std::string_view> words(ReplyFields().begin(), ReplyFields().end());
  do {
    const std::size_t column = line.column();
    FieldExpectation field{line.TakeWord("a header field"), ""};
    if (std::find(words.begin(), words.end(), field.name) == words.end()) {
      line.Fail(column, Choices(field.name, words), Quote(field.name));
    }
    if (expected.fields.empty()) words.emplace_back("then");
    field.value = line.TakeText("its value");
    expected.fields.push_back(std::move(field));
  } while (line.Peek().kind == Token::Kind::kWord && line.Peek().value != "then");
}

bool IsReplyTime(std::string_view word) { return word == "within" || word == "between"; }

void TakeExpectation(ScenarioLine& line, PlacedStep& placed) {
  Expectation expected;
  const Token& first = line.Peek();
  if (first.kind == Token::Kind::kWord && !StartsWithDigit(first.value) &&
      !IsReplyTime(first.value)) {
    placed.expected_column = line.column();
    expected.who = line.TakeWord("WHO");
  }
  TakeReplyTime(line, expected);
  expected.code = TakeCode(line);
  if (line.Peek().kind == Token::Kind::kText) expected.entity = line.TakeText("the entity");
  TakeReplyFields(line, expected);
  if (line.TryWord("then")) {
    line.TakeExactly("eof");
    expected.then_end = true;
  }
  placed.step.expected = std::move(expected);
}

// Takes what a step does, and its expectation.
void TakeAction(ScenarioLine& line, PlacedStep& placed) {
  const VerbShape* const shape = TakeVerbAndWho(line, placed);
  if (shape == nullptr) return;
  placed.step.verb = shape->verb;
  for (const Argument& argument : shape->arguments) TakeArgument(line, argument, placed.step);
  if (shape->has_reply && !line.AtEnd()) {
    if (!line.TryWord("expect")) line.Fail(absl::StrCat(UsageOf(*shape), " [expect ...]"));
    TakeExpectation(line, placed);
  }
}

absl::Duration TakeTime(ScenarioLine& line, absl::Duration before) {
  if (!line.Peek().value.starts_with("@+")) return line.TakeTime();
  const Bounds bounds = {Unit::kDuration, 0, kMaxTime - absl::ToInt64Nanoseconds(before)};
  const auto later = ParseWithin(bounds, std::string_view(line.Peek().value).substr(2));
  if (!later) line.Fail(absl::StrCat("@+ and ", Describe(bounds)));
  line.TakeWord("@+ and a duration");
  return before + absl::Nanoseconds(later.value_or(0));
}

}  // namespace

PlacedStep TakeStep(ScenarioLine& line, absl::Duration before) {
  PlacedStep placed;
  placed.step.at = TakeTime(line, before);
  TakeAction(line, placed);
  return placed;
}

PlacedStep TakeReaction(ScenarioLine& line) {
  PlacedStep placed;
  Trigger trigger;
  placed.trigger_column = line.column();
  trigger.who = line.TakeWord("WHO");
  line.TakeExactly("hears");
  trigger.text = line.TakeText("\"TEXT\"");
  if (line.TryWord("each")) {
    line.TakeExactly("time");
    trigger.each_time = true;
  }
  if (line.TryWord("after")) placed.step.at = line.TakeDuration(kTimeBounds);
  line.TakeExactly("do");
  placed.step.when = std::move(trigger);
  if (line.Peek().value.starts_with('@')) line.Fail("a step without a time");
  TakeAction(line, placed);
  return placed;
}

void TakeHears(ScenarioLine& line, FinalExpectation& expectation) {
  const bool list = expectation.kind == FinalExpectation::Kind::kHears;
  if (list && line.TryWord("in")) {
    line.TakeExactly("any");
    line.TakeExactly("order");
    expectation.kind = FinalExpectation::Kind::kHearsInAny;
  }
  do {
    expectation.texts.push_back(line.TakeText("\"TEXT\""));
  } while (list && line.Peek().kind == Token::Kind::kText);
  if (expectation.kind == FinalExpectation::Kind::kHears && expectation.texts.size() == 1 &&
      !line.AtEnd()) {
    expectation.count = line.TakePrefixedNumber('x', kHeardBounds);
  }
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

#include "chathttp/sim/scenario/printer.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/sim/scenario/grammar.h"
#include "chathttp/sim/scenario/lexer.h"
#include "chathttp/sim/scenario/names.h"
#include "chathttp/sim/scenario/net.h"
#include "chathttp/sim/scenario/quantity.h"

namespace chathttp::sim {
namespace {

constexpr std::size_t kWhoColumn = 8;
constexpr std::size_t kExpectColumn = 48;

// Pads `text` to `column`, or adds a space if it is longer.
void Pad(std::string& text, std::size_t column) {
  text.append(std::max(column, text.size() + 1) - text.size(), ' ');
}

std::string PrintWhoAndVerb(const Step& step, const VerbShape& shape) {
  const absl::string_view verb = AbslView(shape.word);
  switch (shape.subject) {
    case Subject::kLink:
      return absl::StrCat("link ", step.who, " ", verb);
    case Subject::kPeers:
    case Subject::kSet:
    case Subject::kSides:
      return absl::StrCat(verb, " ", step.who);
    case Subject::kAnyone:
    case Subject::kSomePeers:
    case Subject::kServer:
      return absl::StrCat(step.who, " ", verb);
    case Subject::kDisk:
      return absl::StrCat("disk ", verb);
    case Subject::kOperator:
      return std::string(verb);
  }
  return "";
}

std::string PrintSpan(absl::Duration least, absl::Duration most) {
  const std::string first = PrintDuration(least);
  return most > least ? absl::StrCat(first, "..", PrintDuration(most)) : first;
}

std::string PrintRepeat(const Step& step) {
  const bool spaced = step.every != absl::ZeroDuration() || step.max_every != absl::ZeroDuration();
  if (step.count == 1 && !spaced) return "";
  const std::string every = spaced ? " every " + PrintSpan(step.every, step.max_every) : "";
  return absl::StrCat(" x", step.count, every);
}

std::string PrintStagger(const Step& step) {
  if (std::max(step.stagger, step.max_stagger) == absl::ZeroDuration()) return "";
  return " stagger " + PrintSpan(step.stagger, step.max_stagger);
}

std::string PrintSettings(const std::vector<LimitSetting>& settings) {
  std::string text;
  for (const LimitSetting& setting : settings) {
    const Unit unit = FindWord(Limits(), setting.key)->bounds.unit;
    absl::StrAppend(&text, " ", setting.key, " ", PrintQuantity(unit, setting.value));
  }
  return text;
}

std::string PrintSession(const SessionRequest& session, const Argument& argument) {
  const auto optional = [&](const std::optional<std::string>& text) {
    return text ? absl::StrCat(" ", AbslView(argument.lead), " ", Quote(*text)) : "";
  };
  switch (argument.field) {
    case Argument::Field::kSession:
      return session.session ? " session" : "";
    case Argument::Field::kOf:
      return session.of.empty() ? "" : absl::StrCat(" of ", session.of);
    case Argument::Field::kToken:
      return optional(session.token);
    case Argument::Field::kSince:
      return optional(session.since);
    default:
      return session.history ? absl::StrCat(" history ", *session.history) : "";
  }
}

std::string PrintArgument(const Step& step, const Argument& argument) {
  const absl::string_view lead = AbslView(argument.lead);
  const std::string before = lead.empty() ? " " : absl::StrCat(" ", lead, " ");
  switch (argument.field) {
    case Argument::Field::kName:
      return step.text.empty() ? "" : absl::StrCat(" ", Quote(step.text));
    case Argument::Field::kText:
      return absl::StrCat(" ", Quote(step.text));
    case Argument::Field::kRepeat:
      return PrintRepeat(step);
    case Argument::Field::kStagger:
      return PrintStagger(step);
    case Argument::Field::kDuration:
      return absl::StrCat(before, PrintDuration(step.duration));
    case Argument::Field::kAmount:
      return absl::StrCat(before, PrintQuantity(argument.bounds.unit, step.amount));
    case Argument::Field::kSettings:
      return PrintSettings(step.settings);
    default:
      return PrintSession(step.session, argument);
  }
  return "";
}

std::string PrintReplyTime(const Expectation& expected) {
  if (expected.at_most == absl::InfiniteDuration()) return "";
  const std::string most = PrintDuration(expected.at_most);
  if (expected.at_least == absl::ZeroDuration()) return absl::StrCat("within ", most, " ");
  return absl::StrCat("between ", PrintDuration(expected.at_least), " and ", most, " ");
}

std::string PrintExpectation(const Expectation& expected) {
  std::string text = "expect ";
  if (!expected.who.empty()) absl::StrAppend(&text, expected.who, " ");
  absl::StrAppend(&text, PrintReplyTime(expected), expected.code);
  if (expected.entity) absl::StrAppend(&text, " ", Quote(*expected.entity));
  for (const FieldExpectation& field : expected.fields) {
    const bool first = &field == expected.fields.data();
    absl::StrAppend(&text, first ? " with " : " ", field.name, " ", Quote(field.value));
  }
  if (expected.then_end) text += " then eof";
  return text;
}

std::string PrintTrigger(const Trigger& trigger, absl::Duration after) {
  std::string text = absl::StrCat("when ", trigger.who, " hears ", Quote(trigger.text));
  if (trigger.each_time) text += " each time";
  if (after != absl::ZeroDuration()) absl::StrAppend(&text, " after ", PrintDuration(after));
  return text + " do ";
}

std::string PrintHears(const FinalExpectation& expectation) {
  const auto forms = HearsForms();
  const auto form = std::find_if(forms.begin(), forms.end(), [&](const HearsForm& other) {
    return other.kind == expectation.kind;
  });
  std::string text = absl::StrCat("expect ", AbslView(form->before), expectation.who, " hears ",
                                  AbslView(form->after));
  const auto quote = [](std::string* out, const std::string& heard) { *out += Quote(heard); };
  text += absl::StrJoin(expectation.texts, " ", quote);
  if (expectation.count > 0) absl::StrAppend(&text, " x", expectation.count);
  return text;
}

std::string PrintFinal(const FinalExpectation& expectation) {
  switch (expectation.kind) {
    case FinalExpectation::Kind::kSees:
      return absl::StrCat("expect ", expectation.who, " sees ", expectation.count,
                          expectation.count == 1 ? " message" : " messages");
    case FinalExpectation::Kind::kEffect:
      return absl::StrCat("expect effect ", absl::StrJoin(expectation.effects, ","));
    case FinalExpectation::Kind::kHears:
    case FinalExpectation::Kind::kHearsInAny:
    case FinalExpectation::Kind::kOneHears:
    case FinalExpectation::Kind::kNoneHears:
      return PrintHears(expectation);
    case FinalExpectation::Kind::kEvicted:
    case FinalExpectation::Kind::kExpired:
    case FinalExpectation::Kind::kTurnedAway:
      break;
  }
  const auto words = ServerCounts();
  const auto word = std::find_if(words.begin(), words.end(), [&](const ServerCount& count) {
    return count.kind == expectation.kind;
  });
  return absl::StrCat("expect server ", AbslView(word->word), " ", expectation.count);
}

// Whether one line `net WHO ...` expresses both.
bool AreBothDirections(const NetSetting& there, const NetSetting& back) {
  NetSetting turned = back;
  std::swap(turned.from, turned.to);
  turned.address = there.address;  // these are of the participants
  turned.proxy = there.proxy;
  turned.via = there.via;
  return there.to == kServerName && turned == there;
}

void AppendNets(const std::vector<NetSetting>& nets, std::string& text) {
  for (std::size_t i = 0; i < nets.size(); ++i) {
    const NetSetting& net = nets[i];
    if (i + 1 < nets.size() && AreBothDirections(net, nets[i + 1])) {
      absl::StrAppend(&text, "net ", net.from, PrintNetOptions(net), "\n");
      ++i;
    } else {
      absl::StrAppend(&text, "net ", net.from, "->", net.to, PrintNetOptions(net), "\n");
    }
  }
}

std::string PrintJournal(const JournalSetting& journal) {
  const auto words = SyncWords();
  const auto word = std::find_if(words.begin(), words.end(),
                                 [&](const SyncWord& other) { return other.sync == journal.sync; });
  std::string text = absl::StrCat("journal ", AbslView(word->word));
  if (journal.latency > absl::ZeroDuration()) {
    absl::StrAppend(&text, " latency ", PrintDuration(journal.latency));
  }
  if (journal.file_bytes != JournalSetting::kDefaultBytes) {
    absl::StrAppend(&text, " file ", PrintQuantity(Unit::kBytes, journal.file_bytes));
  }
  return text;
}

void AppendHead(const Scenario& scenario, std::string& text) {
  if (!scenario.name.empty()) absl::StrAppend(&text, "scenario ", scenario.name, "\n");
  const auto modes = ModeWords();
  const auto mode = std::find_if(modes.begin(), modes.end(),
                                 [&](const ModeWord& word) { return word.mode == scenario.mode; });
  absl::StrAppend(&text, "seed ", scenario.seed, "\nmode ", AbslView(mode->word), "\n");
  if (!scenario.effects_required) text += "effects optional\n";
  for (const LimitSetting& limit : scenario.limits) {
    const Unit unit = FindWord(Limits(), limit.key)->bounds.unit;
    absl::StrAppend(&text, "limit ", limit.key, " ", PrintQuantity(unit, limit.value), "\n");
  }
  if (scenario.journal) absl::StrAppend(&text, PrintJournal(*scenario.journal), "\n");
  if (!scenario.exempt.empty()) {
    absl::StrAppend(&text, "exempt ", absl::StrJoin(scenario.exempt, " "), "\n");
  }
  AppendNets(scenario.nets, text);
  if (!scenario.clients.empty()) {
    absl::StrAppend(&text, "clients ", PrintNames(scenario.clients), "\n");
  }
  if (!scenario.peers.empty()) absl::StrAppend(&text, "peers ", PrintNames(scenario.peers), "\n");
  if (!scenario.sessions.empty()) {
    absl::StrAppend(&text, "sessions ", PrintNames(scenario.sessions), "\n");
  }
  if (!scenario.programs.empty()) {
    absl::StrAppend(&text, "programs ", PrintNames(scenario.programs), "\n");
  }
}

}  // namespace

std::string PrintStep(const Step& step) {
  const VerbShape& shape = ShapeOf(step.verb);
  std::string text =
      step.when ? PrintTrigger(*step.when, step.at) : absl::StrCat("@", PrintDuration(step.at));
  if (!step.when) Pad(text, kWhoColumn);
  text += PrintWhoAndVerb(step, shape);
  for (const Argument& argument : shape.arguments) text += PrintArgument(step, argument);
  if (step.expected) {
    Pad(text, kExpectColumn);
    text += PrintExpectation(*step.expected);
  }
  return text;
}

std::string PrintScenario(const Scenario& scenario) {
  std::string text;
  AppendHead(scenario, text);
  for (const Step& step : scenario.steps) absl::StrAppend(&text, PrintStep(step), "\n");
  if (scenario.heal) absl::StrAppend(&text, "heal @", PrintDuration(*scenario.heal), "\n");
  absl::StrAppend(&text, "settle ", PrintDuration(scenario.settle), "\n");
  for (const FinalExpectation& expectation : scenario.expectations) {
    absl::StrAppend(&text, PrintFinal(expectation), "\n");
  }
  return text;
}

}  // namespace chathttp::sim

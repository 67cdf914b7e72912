#include "chathttp/sim/scenario/parser.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/sim/scenario/check.h"
#include "chathttp/sim/scenario/grammar.h"
#include "chathttp/sim/scenario/line.h"
#include "chathttp/sim/scenario/names.h"
#include "chathttp/sim/scenario/net.h"
#include "chathttp/sim/scenario/step.h"
#include "chathttp/transport/ports/ip_address.h"

namespace chathttp::sim {
namespace {

class Parser {
 public:
  explicit Parser(std::string_view file) : file_(file) {}

  absl::StatusOr<Scenario> Run(std::string_view text);

 private:
  using Check = std::function<std::optional<Mismatch>(const Scenario&)>;
  // A check that needs the whole scenario, and the position of its error.
  struct PendingCheck {
    std::size_t line;
    std::size_t column;
    Check check;
  };
  struct Keyword {
    std::string_view word;
    void (Parser::*parse)(ScenarioLine&);
    bool once;
  };
  static const std::array<Keyword, 16> kKeywords;

  void ParseLine(ScenarioLine& line);
  void ParseName(ScenarioLine& line);
  void ParseSeed(ScenarioLine& line);
  void ParseMode(ScenarioLine& line);
  void ParseLimits(ScenarioLine& line);
  void ParseJournal(ScenarioLine& line);
  void ParseExempt(ScenarioLine& line);
  void ParseNet(ScenarioLine& line);
  void ParseClients(ScenarioLine& line) { ParseNames(line, scenario_.clients); }
  void ParsePeers(ScenarioLine& line) { ParseNames(line, scenario_.peers); }
  void ParseSessions(ScenarioLine& line) { ParseNames(line, scenario_.sessions); }
  void ParsePrograms(ScenarioLine& line) { ParseNames(line, scenario_.programs); }
  void ParseHeal(ScenarioLine& line) { scenario_.heal = line.TakeTime(); }
  void ParseSettle(ScenarioLine& line) { scenario_.settle = line.TakeDuration(kTimeBounds); }
  void ParseEffects(ScenarioLine& line);
  void ParseExpectation(ScenarioLine& line);
  void ParseExpectationOf(ScenarioLine& line, FinalExpectation& expectation);
  void ParseStep(ScenarioLine& line);
  void ParseReaction(ScenarioLine& line) { AddStep(TakeReaction(line)); }
  void AddStep(PlacedStep placed);

  void ParseNames(ScenarioLine& line, std::vector<std::string>& names);
  void Declare(ScenarioLine& line, const std::string& word, std::size_t column,
               std::vector<std::string>& names);
  void CheckWhoLater(std::size_t column, Subject subject, const std::string& who);
  void CheckServerLater(std::size_t column, const std::string& name) {
    if (!name.empty()) CheckWhoLater(column, Subject::kServer, name);
  }
  void CheckLater(std::size_t column, Check check) {
    pending_.push_back({line_, column, std::move(check)});
  }
  absl::Status Error(std::size_t line, std::size_t column, const std::string& expected,
                     const std::string& got) const;

  std::string_view file_;
  std::size_t line_ = 0;
  Scenario scenario_;
  absl::Duration last_at_;                                // of the last step with a time
  std::map<std::string, std::size_t> declared_;           // name -> line
  std::map<std::string, std::size_t, std::less<>> seen_;  // keyword -> line
  std::vector<PendingCheck> pending_;
};

constexpr std::array<Parser::Keyword, 16> Parser::kKeywords = {{
    {"scenario", &Parser::ParseName, true},
    {"seed", &Parser::ParseSeed, true},
    {"mode", &Parser::ParseMode, true},
    {"limit", &Parser::ParseLimits, false},
    {"journal", &Parser::ParseJournal, true},
    {"exempt", &Parser::ParseExempt, false},
    {"net", &Parser::ParseNet, false},
    {"clients", &Parser::ParseClients, false},
    {"peers", &Parser::ParsePeers, false},
    {"sessions", &Parser::ParseSessions, false},
    {"programs", &Parser::ParsePrograms, false},
    {"when", &Parser::ParseReaction, false},
    {"heal", &Parser::ParseHeal, true},
    {"settle", &Parser::ParseSettle, true},
    {"effects", &Parser::ParseEffects, true},
    {"expect", &Parser::ParseExpectation, false},
}};

absl::StatusOr<Scenario> Parser::Run(std::string_view text) {
  if (text.size() > kMaxScenarioBytes) {
    return Error(1, 1, absl::StrCat("at most ", kMaxScenarioBytes, " bytes"),
                 absl::StrCat(text.size()));
  }
  while (!text.empty()) {
    const std::size_t size = std::min(text.find('\n'), text.size());
    std::string_view content = text.substr(0, size);
    text.remove_prefix(std::min(size + 1, text.size()));
    if (++line_ > kMaxScenarioLines) {
      return Error(line_, 1, absl::StrCat("at most ", kMaxScenarioLines, " lines"), "more");
    }
    if (content.ends_with('\r')) content.remove_suffix(1);
    ScenarioLine line(content);
    if (!line.AtEnd()) ParseLine(line);
    line.TakeEnd();
    if (const std::optional<SyntaxError>& wrong = line.error()) {
      return Error(line_, wrong->column, wrong->expected, wrong->got);
    }
  }
  for (const PendingCheck& pending : pending_) {
    if (const std::optional<Mismatch> wrong = pending.check(scenario_)) {
      return Error(pending.line, pending.column, wrong->expected, wrong->got);
    }
  }
  return std::move(scenario_);
}

void Parser::ParseLine(ScenarioLine& line) {
  if (line.Peek().value.starts_with('@')) return ParseStep(line);
  const std::size_t column = line.column();
  const Keyword* const keyword = line.TakeChoice(kKeywords);
  if (keyword == nullptr) return;
  const auto [first, is_first] = seen_.try_emplace(std::string(keyword->word), line_);
  if (keyword->once && !is_first) {
    line.Fail(column, absl::StrCat(Quote(keyword->word), " only once"),
              absl::StrCat("it again after line ", first->second));
    return;
  }
  (this->*keyword->parse)(line);
}

void Parser::ParseName(ScenarioLine& line) { scenario_.name = line.TakeWord("a name"); }

void Parser::ParseSeed(ScenarioLine& line) {
  const std::string& word = line.Peek().value;
  const char* const end = word.data() + word.size();
  const auto [rest, error] = std::from_chars(word.data(), end, scenario_.seed);
  if (word.empty() || rest != end || error != std::errc()) {
    line.Fail("a number from 0 to 18446744073709551615");
  }
  line.TakeWord("a number");
}

void Parser::ParseMode(ScenarioLine& line) {
  if (const ModeWord* const word = line.TakeChoice(ModeWords())) scenario_.mode = word->mode;
}

void Parser::ParseLimits(ScenarioLine& line) {
  do {
    const std::size_t column = line.column();
    const LimitWord* const limit = line.TakeChoice(Limits());
    if (limit == nullptr) return;
    const auto is_same = [&](const LimitSetting& other) { return other.key == limit->word; };
    if (std::any_of(scenario_.limits.begin(), scenario_.limits.end(), is_same)) {
      line.Fail(column, "each limit only once", absl::StrCat(Quote(limit->word), " again"));
    }
    if (limit->word == kBacklogLimit || limit->word == kTextLimit) {
      CheckLater(line.column(), CheckBacklog);
    }
    scenario_.limits.push_back({std::string(limit->word), line.TakeNumber(limit->bounds)});
  } while (!line.AtEnd());
}

void Parser::ParseJournal(ScenarioLine& line) {
  CheckLater(line.column(), CheckJournal);
  JournalSetting& journal = scenario_.journal.emplace();
  if (const SyncWord* const word = line.TakeChoice(SyncWords())) journal.sync = word->sync;
  if (line.TryWord("latency")) {
    journal.latency = absl::Nanoseconds(line.TakeNumber(kLatencyBounds));
  }
  if (line.TryWord("file")) journal.file_bytes = line.TakeNumber(kJournalFileBounds);
}

void Parser::ParseExempt(ScenarioLine& line) {
  do {
    if (const auto network = ParseIpNetwork(line.Peek().value); !network.ok()) {
      line.Fail("a network like 10.0.0.0/8 or 2001:db8::/32");
    }
    scenario_.exempt.push_back(line.TakeWord("a network"));
  } while (!line.AtEnd());
}

void Parser::ParseNet(ScenarioLine& line) {
  const std::size_t column = line.column();
  const std::string who = line.TakeWord("FROM->TO, or WHO for both directions to the server");
  NetSetting net;
  TakeNetOptions(line, net);
  if (const std::optional<Sides> sides = SplitSides(who, "->")) {
    net.from = sides->first;
    net.to = sides->second;
    if ((!net.address.empty() || net.proxy || !net.via.empty()) && net.to != kServerName) {
      line.Fail(column, "WHO or WHO->server with address, proxy and via", Quote(who));
    }
    CheckServerLater(column, net.via);
    if (net.proxy == ProxyForm::kNone) CheckWhoLater(column, Subject::kPeers, net.from);
    scenario_.nets.push_back(net);
    CheckWhoLater(column, Subject::kLink, who);
    return;
  }
  net.from = who;
  net.to = kServerName;
  scenario_.nets.push_back(net);
  if (net.proxy == ProxyForm::kNone) CheckWhoLater(column, Subject::kPeers, who);
  CheckServerLater(column, net.via);
  std::swap(net.from, net.to);
  net.via.clear();
  net.address.clear();
  net.proxy.reset();
  scenario_.nets.push_back(net);
  CheckWhoLater(column, Subject::kAnyone, who);
}

void Parser::ParseNames(ScenarioLine& line, std::vector<std::string>& names) {
  do {
    const std::size_t column = line.column();
    const std::string word = line.TakeWord("a name");
    for (const std::string& part : SplitList(word)) {
      if (!part.empty()) Declare(line, part, column, names);
    }
  } while (!line.AtEnd());
}

void Parser::Declare(ScenarioLine& line, const std::string& word, std::size_t column,
                     std::vector<std::string>& names) {
  const std::vector<std::string> declared = DeclaredNames(word);
  if (declared.empty()) return line.Fail(column, DescribeParticipantProblem(""), Quote(word));
  for (const std::string& name : declared) {
    const std::string problem = DescribeParticipantProblem(name);
    if (!problem.empty()) return line.Fail(column, problem, Quote(name));
    const auto [other, is_new] = declared_.try_emplace(name, line_);
    if (!is_new) {
      return line.Fail(column, "each name only once",
                       absl::StrCat(Quote(name), ", which was declared in line ", other->second));
    }
    names.push_back(name);
  }
  if (declared_.size() > kMaxParticipants) {
    line.Fail(column, absl::StrCat("at most ", kMaxParticipants, " names"),
              absl::StrCat(declared_.size()));
  }
}

void Parser::ParseEffects(ScenarioLine& line) {
  line.TakeExactly("optional");
  scenario_.effects_required = false;
}

void Parser::ParseExpectation(ScenarioLine& line) {
  FinalExpectation expectation;
  expectation.line = static_cast<int>(line_);
  if (line.TryWord(kServerName)) {
    const ServerCount* const count = line.TakeChoice(ServerCounts());
    if (count != nullptr) expectation.kind = count->kind;
    expectation.count = line.TakeNumber(kSeenBounds);
  } else if (line.TryWord("effect")) {
    expectation.kind = FinalExpectation::Kind::kEffect;
    expectation.effects = TakeEffects(line);
  } else {
    ParseExpectationOf(line, expectation);
  }
  scenario_.expectations.push_back(std::move(expectation));
}

void Parser::ParseExpectationOf(ScenarioLine& line, FinalExpectation& expectation) {
  expectation.kind = FinalExpectation::Kind::kHears;
  if (line.TryWord("no")) {
    expectation.kind = FinalExpectation::Kind::kNoneHears;
  } else if (line.TryWord("exactly")) {
    line.TakeExactly("one");
    line.TakeExactly("of");
    expectation.kind = FinalExpectation::Kind::kOneHears;
  }
  const std::size_t column = line.column();
  expectation.who = line.TakeWord("\"server\", \"effect\" or WHO");
  CheckWhoLater(column, Subject::kAnyone, expectation.who);
  if (line.TryWord("hears")) return TakeHears(line, expectation);
  if (expectation.kind != FinalExpectation::Kind::kHears) return line.TakeExactly("hears");
  expectation.kind = FinalExpectation::Kind::kSees;
  if (!line.TryWord("sees")) line.Fail(Choices(line.Peek().value, {"sees", "hears"}));
  expectation.count = line.TakeNumber(kSeenBounds);
  if (!line.TryWord("message")) line.TakeExactly("messages");
}

void Parser::ParseStep(ScenarioLine& line) {
  PlacedStep placed = TakeStep(line, last_at_);
  last_at_ = placed.step.at;
  AddStep(std::move(placed));
}

void Parser::AddStep(PlacedStep placed) {
  Step& step = placed.step;
  step.line = static_cast<int>(line_);
  const VerbShape& shape = ShapeOf(step.verb);
  if (step.when) CheckWhoLater(placed.trigger_column, Subject::kAnyone, step.when->who);
  CheckWhoLater(placed.who_column, shape.subject, step.who);
  if (step.session != SessionRequest{}) {
    CheckWhoLater(placed.who_column, Subject::kPeers, step.who);
  }
  if (!step.session.of.empty()) {
    CheckLater(placed.verb_column, [of = step.session.of](const Scenario& scenario) {
      return CheckPeer(scenario, of);
    });
  }
  if (shape.fault) {
    CheckLater(placed.verb_column,
               [step](const Scenario& scenario) { return CheckFault(scenario, step); });
  }
  if (step.expected && !step.expected->who.empty()) {
    CheckLater(placed.expected_column, [step](const Scenario& scenario) {
      return CheckSome(scenario, step.who, step.expected->who);
    });
  }
  scenario_.steps.push_back(std::move(step));
}

void Parser::CheckWhoLater(std::size_t column, Subject subject, const std::string& who) {
  CheckLater(column, [=](const Scenario& scenario) { return CheckWho(scenario, subject, who); });
}

absl::Status Parser::Error(std::size_t line, std::size_t column, const std::string& expected,
                           const std::string& got) const {
  return absl::InvalidArgumentError(absl::StrCat(AbslView(file_), ":", line, ":", column,
                                                 ": expected ", expected, ", got ", got));
}

}  // namespace

absl::StatusOr<Scenario> ParseScenario(std::string_view text, std::string_view file) {
  return Parser(file).Run(text);
}

}  // namespace chathttp::sim

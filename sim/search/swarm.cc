#include "chathttp/sim/search/swarm.h"

#include <algorithm>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/sim/network/draw.h"
#include "chathttp/sim/scenario/grammar.h"
#include "chathttp/sim/scenario/parser.h"
#include "chathttp/sim/scenario/printer.h"
#include "chathttp/sim/search/generator.h"
#include "chathttp/transport/ports/mark.h"

namespace chathttp::sim {
namespace {

bool SameVerdict(const RunResult& one, const RunResult& other) {
  return std::equal(one.violations.begin(), one.violations.end(), other.violations.begin(),
                    other.violations.end(), [](const Violation& a, const Violation& b) {
                      return a.invariant == b.invariant && a.message == b.message;
                    });
}

std::string DescribeDifference(const RunResult& one, const RunResult& other) {
  const auto [mine, theirs] = std::mismatch(one.checkpoints.begin(), one.checkpoints.end(),
                                            other.checkpoints.begin(), other.checkpoints.end());
  if (mine != one.checkpoints.end() || theirs != other.checkpoints.end()) {
    return absl::StrCat("two runs differ from second ", mine - one.checkpoints.begin(), " on");
  }
  return one.digest != other.digest ? "two runs differ in their last second"
                                    : "two equal runs have different verdicts";
}

// Ignores line numbers: a generated scenario has none.
bool EqualExceptLines(const Scenario& generated, Scenario read) {
  for (Step& step : read.steps) step.line = 0;
  for (FinalExpectation& expectation : read.expectations) expectation.line = 0;
  return generated == read;
}

// The message with each number but 0 replaced by #, and without the nearest response.
std::string Gist(std::string_view message) {
  constexpr std::string_view kDigits = "0123456789";
  message = message.substr(0, message.find(", the nearest "));
  std::string text;
  while (!message.empty()) {
    const std::size_t size = std::min(message.find_first_not_of(kDigits), message.size());
    const std::string_view number = message.substr(0, size);
    text += number.find_first_not_of('0') == std::string_view::npos ? number : "#";
    message.remove_prefix(size);
    const std::size_t words = std::min(message.find_first_of(kDigits), message.size());
    text += message.substr(0, words);
    message.remove_prefix(words);
  }
  return text;
}

void AddCounts(const std::map<std::string, std::uint64_t>& counts,
               std::map<std::string, std::uint64_t>& sums) {
  for (const auto& [name, count] : counts) sums[name] += count;
}

}  // namespace

RunResult RunTwice(const Scenario& scenario, const RunOptions& options) {
  RunResult result = Run(scenario, options);
  RunOptions of_second = options;
  of_second.judged = !result.ok();  // what two runs without a violation may differ in is the digest
  const RunResult again = Run(scenario, of_second);
  if (result.digest != again.digest || !SameVerdict(result, again)) {
    result.violations.insert(result.violations.begin(),
                             {kDeterminism, DescribeDifference(result, again)});
  }
  return result;
}

bool Breaks(const Scenario& scenario, const std::string& invariant, const RunOptions& options) {
  const RunResult result =
      invariant == kDeterminism ? RunTwice(scenario, options) : Run(scenario, options);
  return std::any_of(result.violations.begin(), result.violations.end(),
                     [&](const Violation& violation) { return violation.invariant == invariant; });
}

bool BreaksAlike(const Scenario& scenario, const Violation& violation, const RunOptions& options) {
  if (violation.invariant != "expectation") return Breaks(scenario, violation.invariant, options);
  const RunResult result = Run(scenario, options);
  const std::string message = Gist(violation.message);
  return std::any_of(
      result.violations.begin(), result.violations.end(), [&](const Violation& other) {
        return other.invariant == violation.invariant && Gist(other.message) == message;
      });
}

SeedResult RunSeed(std::uint64_t seed, std::optional<Mode> mode) {
  const Scenario generated = Generate(seed, mode);
  SeedResult result{.seed = seed, .mode = generated.mode, .run = {}};
  const absl::StatusOr<Scenario> read = ParseScenario(PrintScenario(generated), "generated");
  if (!read.ok()) {
    result.run.violations = {{kLanguage, std::string(read.status().message())}};
    return result;
  }
  result.run = RunTwice(*read);
  if (!EqualExceptLines(generated, *read)) {
    result.run.violations.push_back({kLanguage, "the printed scenario does not mean the same"});
  }
  return result;
}

void Swarm::Add(const SeedResult& result) {
  ++scenarios;
  ++modes[result.mode];
  events += result.run.events;
  turns += result.run.turns;
  deliveries += result.run.deliveries;
  simulated += result.run.simulated;
  AddCounts(result.run.effects, effects);
  AddCounts(result.run.marks, marks);
  digest += Mix(result.seed ^ Mix(result.run.digest));
  if (!result.run.ok()) findings.push_back({result.seed, result.run.violations});
}

void Swarm::Merge(const Swarm& later) {
  scenarios += later.scenarios;
  for (const auto& [mode, count] : later.modes) modes[mode] += count;
  events += later.events;
  turns += later.turns;
  deliveries += later.deliveries;
  simulated += later.simulated;
  AddCounts(later.effects, effects);
  AddCounts(later.marks, marks);
  digest += later.digest;
  findings.insert(findings.end(), later.findings.begin(), later.findings.end());
}

std::vector<std::string> CoverageGaps(const Swarm& swarm) {
  std::vector<std::string> gaps;
  const auto check = [&](std::string_view kind, std::string_view name,
                         const std::map<std::string, std::uint64_t>& reached) {
    const auto found = reached.find(std::string(name));
    if (found != reached.end() && found->second > 0) return;
    gaps.push_back(absl::StrCat(AbslView(kind), " ", AbslView(name)));
  };
  for (const std::string_view effect : Effects()) check("effect", effect, swarm.effects);
  if (kMarksAreCounted) {
    for (const std::string_view mark : kMarks) check("mark", mark, swarm.marks);
  }
  std::sort(gaps.begin(), gaps.end());
  return gaps;
}

}  // namespace chathttp::sim

#include "chathttp/sim/search/report.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/sim/scenario/grammar.h"
#include "chathttp/sim/scenario/printer.h"
#include "chathttp/transport/ports/mark.h"

namespace chathttp::sim {
namespace {

// A value with a unit: "1.25 M", "12.3 k".
std::string Rounded(double value) {
  if (value >= 1e6) return absl::StrFormat("%.2f M", value / 1e6);
  if (value >= 1e4) return absl::StrFormat("%.1f k", value / 1e3);
  return absl::StrFormat("%.0f", value);
}

void AppendCount(std::string_view kind, std::string_view name,
                 const std::map<std::string, std::uint64_t>& counts, std::string& text) {
  const auto found = counts.find(std::string(name));
  const std::uint64_t count = found == counts.end() ? 0 : found->second;
  absl::StrAppendFormat(&text, "%-6s  %-28s  %10d\n", AbslView(kind), AbslView(name), count);
}

}  // namespace

Verdict Worse(Verdict one, Verdict other) {
  const auto rank = [](Verdict verdict) {
    switch (verdict) {
      case Verdict::kOk:
        return 0;
      case Verdict::kGap:
        return 1;
      case Verdict::kBroken:
        return 2;
      case Verdict::kNondeterministic:
        return 3;
    }
    return 0;
  };
  return rank(one) < rank(other) ? other : one;
}

Verdict VerdictOf(const std::vector<Violation>& violations) {
  Verdict verdict = Verdict::kOk;
  for (const Violation& violation : violations) {
    const bool differs = violation.invariant == kDeterminism;
    verdict = Worse(verdict, differs ? Verdict::kNondeterministic : Verdict::kBroken);
  }
  return verdict;
}

Verdict VerdictOf(const Swarm& swarm, bool coverage) {
  Verdict verdict = coverage && !CoverageGaps(swarm).empty() ? Verdict::kGap : Verdict::kOk;
  for (const Finding& finding : swarm.findings) {
    verdict = Worse(verdict, VerdictOf(finding.violations));
  }
  return verdict;
}

std::string ReplayOf(std::uint64_t seed, std::optional<Mode> mode) {
  std::string flag;
  for (const ModeWord& word : ModeWords()) {
    if (mode == word.mode) flag = absl::StrCat("--mode=", AbslView(word.word), " ");
  }
  return absl::StrCat("chat_sim trace ", flag, seed);
}

std::string DescribeReplay(std::string_view command) {
  return absl::StrCat("replay it with: ", AbslView(command), "\n");
}

std::string DescribeViolations(std::string_view what, const std::vector<Violation>& violations) {
  std::string text;
  for (const Violation& violation : violations) {
    absl::StrAppend(&text, AbslView(what), ": ", Describe(violation), "\n");
  }
  return text;
}

std::string DescribeFinding(const Finding& finding) {
  std::vector<Violation> firsts;
  for (const Violation& violation : finding.violations) {
    const auto is_same = [&](const Violation& first) {
      return first.invariant == violation.invariant;
    };
    if (std::none_of(firsts.begin(), firsts.end(), is_same)) firsts.push_back(violation);
  }
  return DescribeViolations(absl::StrCat("seed ", finding.seed), firsts);
}

std::string DescribeSwarm(const Swarm& swarm) {
  std::string modes;
  for (const auto& [mode, count] : swarm.modes) {
    const auto words = ModeWords();
    const auto word =
        std::find_if(words.begin(), words.end(),
                     [mode = mode](const ModeWord& other) { return other.mode == mode; });
    absl::StrAppend(&modes, modes.empty() ? "" : ", ", count, " ", AbslView(word->word));
  }
  return absl::StrCat(swarm.scenarios, " scenarios (", modes, "), ", swarm.findings.size(),
                      " failed, digest ", absl::Hex(swarm.digest, absl::kZeroPad16), "\n");
}

std::string DescribePace(const Swarm& swarm, absl::Duration wall) {
  const double seconds = std::max(absl::ToDoubleSeconds(wall), 1e-9);
  const auto twice = [&](std::uint64_t count) {
    return Rounded(2.0 * static_cast<double>(count) / seconds);
  };
  return absl::StrCat(
      Rounded(60.0 * static_cast<double>(swarm.scenarios) / seconds), " scenarios a minute, ",
      twice(swarm.events), " events/s, ", twice(swarm.deliveries), " deliveries/s, ",
      Rounded(2.0 * absl::ToDoubleSeconds(swarm.simulated) / seconds), " s simulated a second\n");
}

std::string DescribeCensus(const Swarm& swarm) {
  std::string text;
  for (const std::string_view effect : Effects()) {
    AppendCount("effect", effect, swarm.effects, text);
  }
  if (!kMarksAreCounted) return text + "marks are not counted in this build: use preset swarm\n";
  for (const std::string_view mark : kMarks) AppendCount("mark", mark, swarm.marks, text);
  return text;
}

std::string DescribeRun(std::string_view what, const RunResult& result) {
  const std::string verdict = absl::StrCat(AbslView(what), result.ok() ? ": ok, " : ": FAILED, ");
  const std::string outcome =
      absl::StrCat(result.deliveries, " deliveries, ",
                   absl::FormatDuration(absl::Trunc(result.simulated, absl::Milliseconds(1))));
  if (result.events == 0) return absl::StrCat(verdict, outcome, " on real sockets\n");
  return absl::StrCat(verdict, "digest ", absl::Hex(result.digest, absl::kZeroPad16), ", ",
                      result.events, " events, ", outcome, " simulated\n");
}

std::string AsFile(const Scenario& scenario, const std::vector<Violation>& violations,
                   std::string_view name) {
  const int comments = static_cast<int>(violations.size()) + 1;
  std::string text;
  for (Violation violation : violations) {
    if (violation.line > 0) violation.line += comments;
    absl::StrAppend(&text, "# ", Describe(violation), "\n");
  }
  absl::StrAppend(&text, "# ", DescribeReplay(absl::StrCat("chat_sim run ", AbslView(name))));
  return text + PrintScenario(scenario);
}

std::string TestSnippet(std::string_view name, const Scenario& scenario) {
  return absl::StrCat("TEST(Scenario, ", AbslView(name),
                      ") {\n  EXPECT_THAT(RunScenario(R\"chat(\n", PrintScenario(scenario),
                      ")chat\").violations, testing::IsEmpty());\n}\n");
}

}  // namespace chathttp::sim

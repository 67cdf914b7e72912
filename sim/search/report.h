// Formats the results of runs and searches as text.
//
//   std::cout << DescribeViolations("seed 17", result.violations);
//   std::cout << DescribeSwarm(swarm) << DescribePace(swarm, wall);
//   file << TestSnippet("Seed17", shrunk, violation);
//
// Each text ends with a line feed, or is empty. Pure functions.
#ifndef CHATHTTP_SIM_SEARCH_REPORT_H_
#define CHATHTTP_SIM_SEARCH_REPORT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "chathttp/sim/run/run.h"
#include "chathttp/sim/scenario/scenario.h"
#include "chathttp/sim/search/swarm.h"

namespace chathttp::sim {

// The exit code of a program that runs or searches; the most severe result counts.
enum class Verdict : int {
  kOk = 0,
  kBroken = 1,            // an invariant
  kNondeterministic = 3,  // two runs of a scenario differ
  kGap = 4,               // a search did not reach a required effect or mark
};
[[nodiscard]] Verdict VerdictOf(const std::vector<Violation>& violations);
[[nodiscard]] Verdict Worse(Verdict one, Verdict other);
// `coverage`: whether coverage gaps count. They do for seeds of all modes.
[[nodiscard]] Verdict VerdictOf(const Swarm& swarm, bool coverage);

// The command that shows the run of a seed: "chat_sim trace 17". `mode`: as for Generate.
[[nodiscard]] std::string ReplayOf(std::uint64_t seed, std::optional<Mode> mode);

// "replay it with: chat_sim trace 17"
[[nodiscard]] std::string DescribeReplay(std::string_view command);

// One line for each violation: "seed 17: order: alice#0 ...".
[[nodiscard]] std::string DescribeViolations(std::string_view what,
                                             const std::vector<Violation>& violations);

// One line for each invariant that the seed breaks.
[[nodiscard]] std::string DescribeFinding(const Finding& finding);

// "4096 scenarios (1024 clean, 2560 faulty, 512 hostile), 0 failed, digest ..."; a function of the
// seeds alone.
[[nodiscard]] std::string DescribeSwarm(const Swarm& swarm);

// Rates per wall time. Each scenario runs twice.
[[nodiscard]] std::string DescribePace(const Swarm& swarm, absl::Duration wall);

// Every effect and mark with its count, including 0.
[[nodiscard]] std::string DescribeCensus(const Swarm& swarm);

// "scenario.chat: digest ..., 1234 events, 56 deliveries, 61s simulated"
[[nodiscard]] std::string DescribeRun(std::string_view what, const RunResult& result);

// The text of a scenario file. A comment holds `violations`, which name lines of this file, and the
// command that runs the file, called `name`.
[[nodiscard]] std::string AsFile(const Scenario& scenario, const std::vector<Violation>& violations,
                                 std::string_view name);

// The source of a GoogleTest that fails while `scenario` breaks an invariant.
[[nodiscard]] std::string TestSnippet(std::string_view name, const Scenario& scenario);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_SEARCH_REPORT_H_

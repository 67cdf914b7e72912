// What came of runs and searches, in words.
//
//   std::cout << DescribeViolations("seed 17", result.violations);
//   std::cout << DescribeSwarm(swarm) << DescribePace(swarm, wall);
//   file << TestSnippet("Seed17", shrunk, violation);
//
// Each text ends with a line feed, or is empty. Pure functions.
#ifndef CHATHTTP_SIM_SEARCH_REPORT_H_
#define CHATHTTP_SIM_SEARCH_REPORT_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "sim/run/run.h"
#include "sim/scenario/scenario.h"
#include "sim/search/swarm.h"

namespace chathttp::sim {

// How a program that ran or searched ends, the worst of what it found.
enum class Verdict : int {
  kOk = 0,
  kBroken = 1,            // an invariant
  kNondeterministic = 3,  // two runs of one scenario differ
  kGap = 4,               // a search never reached what it must reach
};
[[nodiscard]] Verdict VerdictOf(const std::vector<Violation>& violations);
[[nodiscard]] Verdict Worse(Verdict one, Verdict other);
// `coverage`: whether gaps count, as they do for seeds of all modes.
[[nodiscard]] Verdict VerdictOf(const Swarm& swarm, bool coverage);

// "seed 17: order: alice#0 ...", a line each.
[[nodiscard]] std::string DescribeViolations(std::string_view what,
                                             const std::vector<Violation>& violations);

// Of each invariant that the seed breaks, one line.
[[nodiscard]] std::string DescribeFinding(const Finding& finding);

// "4096 scenarios (1024 clean, 2560 faulty, 512 hostile), 0 failed, digest ..."; a function of the
// seeds alone.
[[nodiscard]] std::string DescribeSwarm(const Swarm& swarm);

// Rates, each scenario being run twice.
[[nodiscard]] std::string DescribePace(const Swarm& swarm, absl::Duration wall);

// Every effect and mark with how often it was reached, 0 too.
[[nodiscard]] std::string DescribeCensus(const Swarm& swarm);

// "scenario.chat: digest ..., 1234 events, 56 deliveries, 61s simulated"
[[nodiscard]] std::string DescribeRun(std::string_view what, const RunResult& result);

// A scenario as a file, with what it breaks as comment.
[[nodiscard]] std::string AsFile(const Scenario& scenario, const std::vector<Violation>& broken);

// A GoogleTest that fails as long as `scenario` breaks anything.
[[nodiscard]] std::string TestSnippet(std::string_view name, const Scenario& scenario);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_SEARCH_REPORT_H_

// A swarm: a search over the scenarios of many seeds. Each scenario is printed, parsed again and
// run twice; the swarm sums up the results.
//
//   Swarm swarm;
//   for (std::uint64_t seed = 1; seed <= 4096; ++seed) swarm.Add(RunSeed(seed, std::nullopt));
//   for (const Finding& finding : swarm.findings) Print(finding);
//   for (const std::string& gap : CoverageGaps(swarm)) Print(gap);
//
// Not thread-safe. Threads may fill swarms of their own; Merge in order of the seeds then gives the
// same result as one thread.
#ifndef CHATHTTP_SIM_SEARCH_SWARM_H_
#define CHATHTTP_SIM_SEARCH_SWARM_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "chathttp/sim/run/run.h"
#include "chathttp/sim/scenario/scenario.h"

namespace chathttp::sim {

// Violations outside the oracle: two runs of a scenario differ, or a scenario changes when it is
// printed and parsed.
inline constexpr char kDeterminism[] = "determinism";
inline constexpr char kLanguage[] = "language";

// Runs a scenario twice. If the runs differ, the first violation is "determinism" and names the
// first simulated second of a difference.
[[nodiscard]] RunResult RunTwice(const Scenario& scenario, const RunOptions& options = {});

// Whether `scenario` breaks `invariant`. Runs it twice if the invariant needs that.
[[nodiscard]] bool Breaks(const Scenario& scenario, const std::string& invariant,
                          const RunOptions& options = {});

// The same for the invariant of `violation`. An expectation must fail with the same message, except
// for numbers other than 0.
[[nodiscard]] bool BreaksAlike(const Scenario& scenario, const Violation& violation,
                               const RunOptions& options = {});

// The result of a seed.
struct SeedResult {
  std::uint64_t seed = 0;
  Mode mode = Mode::kFaulty;
  RunResult run;
};
[[nodiscard]] SeedResult RunSeed(std::uint64_t seed, std::optional<Mode> mode);

// A seed that breaks an invariant.
struct Finding {
  std::uint64_t seed = 0;
  std::vector<Violation> violations;  // the shrinker uses the first one
};

struct Swarm {
  std::uint64_t scenarios = 0;
  std::map<Mode, std::uint64_t> modes;
  std::uint64_t events = 0;
  std::uint64_t turns = 0;
  std::uint64_t deliveries = 0;
  absl::Duration simulated;
  std::map<std::string, std::uint64_t> effects;
  std::map<std::string, std::uint64_t> marks;
  std::uint64_t digest = 0;  // over all runs, independent of their order
  std::vector<Finding> findings;

  void Add(const SeedResult& result);
  // The seeds of `later` follow the seeds of this swarm.
  void Merge(const Swarm& later);
};

// A swarm of this many seeds must not have coverage gaps.
inline constexpr std::uint64_t kSeedsForCoverage = 4'096;

// One line for each fault effect and code mark that was never reached, sorted. Marks are left out in
// a build that does not count them (see transport/ports/mark.h).
[[nodiscard]] std::vector<std::string> CoverageGaps(const Swarm& swarm);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_SEARCH_SWARM_H_

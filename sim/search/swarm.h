// A search: scenarios of many seeds, each printed, parsed again and run twice, and what came of
// all of them.
//
//   Swarm swarm;
//   for (std::uint64_t seed = 1; seed <= 4096; ++seed) swarm.Add(RunSeed(seed, std::nullopt));
//   for (const Finding& finding : swarm.findings) Print(finding);
//   for (const std::string& gap : CoverageGaps(swarm)) Print(gap);
//
// Values; parts that were made on several threads are put together with Merge, in order of the
// seeds, and then are what one thread would have made.
#ifndef CHATHTTP_SIM_SEARCH_SWARM_H_
#define CHATHTTP_SIM_SEARCH_SWARM_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "sim/run/run.h"
#include "sim/scenario/scenario.h"

namespace chathttp::sim {

// Violations that no oracle finds: two runs of a scenario that differ, and a scenario whose text
// does not mean the same.
inline constexpr char kDeterminism[] = "determinism";
inline constexpr char kLanguage[] = "language";

// Runs a scenario twice; `effects_required` as in RunOptions. If the runs differ, "determinism"
// comes first among the violations, with the first simulated second in which they do.
[[nodiscard]] RunResult RunTwice(const Scenario& scenario, bool effects_required);

// Whether `scenario` still breaks `invariant`: runs it as often as that needs.
[[nodiscard]] bool Breaks(const Scenario& scenario, const std::string& invariant);

// What came of a seed.
struct SeedResult {
  std::uint64_t seed = 0;
  Mode mode = Mode::kFaulty;
  RunResult run;
};
[[nodiscard]] SeedResult RunSeed(std::uint64_t seed, std::optional<Mode> mode);

// A seed that breaks an invariant.
struct Finding {
  std::uint64_t seed = 0;
  std::vector<Violation> violations;  // the first is the one to be shrunk
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
  std::uint64_t digest = 0;  // over the digests of all, in whatever order
  std::vector<Finding> findings;

  void Add(const SeedResult& result);
  // `later` has the seeds behind those of this one.
  void Merge(const Swarm& later);
};

// A swarm of so many seeds has no excuse for gaps.
inline constexpr std::uint64_t kSeedsForCoverage = 4'096;

// The effects of faults and the marks in the code that were never reached, one line each; sorted.
[[nodiscard]] std::vector<std::string> CoverageGaps(const Swarm& swarm);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_SEARCH_SWARM_H_

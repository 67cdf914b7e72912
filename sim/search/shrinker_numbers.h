// Smaller values for what stands in a scenario: for each place, candidates from the simplest on.
//
//   for (const Scenario& simpler : SimplerSteps(scenario, 3)) Try(simpler);
//
// Pure functions.
#ifndef CHATHTTP_SIM_SEARCH_SHRINKER_NUMBERS_H_
#define CHATHTTP_SIM_SEARCH_SHRINKER_NUMBERS_H_

#include <cstddef>
#include <vector>

#include "sim/scenario/scenario.h"

namespace chathttp::sim {

// One field of one step simpler: text, counts, durations, amounts, time.
[[nodiscard]] std::vector<Scenario> SimplerSteps(const Scenario& scenario, std::size_t index);

// One option of one net less or simpler; both directions alike where they are alike.
[[nodiscard]] std::vector<Scenario> SimplerNets(const Scenario& scenario, std::size_t index);

// Seed, mode, heal and settle.
[[nodiscard]] std::vector<Scenario> SimplerHead(const Scenario& scenario);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_SEARCH_SHRINKER_NUMBERS_H_

// Proposes simpler values for the fields of a scenario, the simplest first.
//
//   for (const Scenario& simpler : SimplerSteps(scenario, 3)) Try(simpler);
//
// Pure functions.
#ifndef CHATHTTP_SIM_SEARCH_SHRINKER_NUMBERS_H_
#define CHATHTTP_SIM_SEARCH_SHRINKER_NUMBERS_H_

#include <cstddef>
#include <vector>

#include "chathttp/sim/scenario/scenario.h"

namespace chathttp::sim {

// Each candidate has one simpler field in step `index`: text, trigger, count, durations, amount or time.
[[nodiscard]] std::vector<Scenario> SimplerSteps(const Scenario& scenario, std::size_t index);

// Each candidate has one option of net `index` removed or simplified. If the opposite direction has
// an equal option, it changes as well.
[[nodiscard]] std::vector<Scenario> SimplerNets(const Scenario& scenario, std::size_t index);

// Candidates with a simpler seed, mode, heal or settle.
[[nodiscard]] std::vector<Scenario> SimplerHead(const Scenario& scenario);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_SEARCH_SHRINKER_NUMBERS_H_

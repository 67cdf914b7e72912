// Makes a failing scenario small: delta debugging over participants and lines, then numbers and
// texts, until nothing more can go.
//
//   Scenario small = Shrink(scenario, [&](const Scenario& candidate) {
//     return FailsAlike(Run(candidate));
//   });
//
// The result fulfils the predicate as `scenario` does, can be parsed from its printed form, and is
// a function of the two alone. The predicate is called at most `max_tries` times.
#ifndef CHATHTTP_SIM_SEARCH_SHRINKER_H_
#define CHATHTTP_SIM_SEARCH_SHRINKER_H_

#include <cstddef>

#include "absl/functional/function_ref.h"
#include "sim/scenario/scenario.h"

namespace chathttp::sim {

using StillFails = absl::FunctionRef<bool(const Scenario&)>;

[[nodiscard]] Scenario Shrink(const Scenario& scenario, StillFails still_fails,
                              std::size_t max_tries = 4'000);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_SEARCH_SHRINKER_H_

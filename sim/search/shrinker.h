// Minimises a failing scenario: delta debugging over participants and lines, then over numbers and
// texts, until no single reduction is possible.
//
//   Scenario small = Shrink(scenario, [&](const Scenario& candidate) {
//     return FailsAlike(Run(candidate));
//   });
//
// The result satisfies the predicate, as `scenario` must, and can be parsed from its printed form.
// It depends only on the arguments. Shrink calls the predicate at most `max_tries` times.
#ifndef CHATHTTP_SIM_SEARCH_SHRINKER_H_
#define CHATHTTP_SIM_SEARCH_SHRINKER_H_

#include <cstddef>

#include "absl/functional/function_ref.h"
#include "chathttp/sim/scenario/scenario.h"

namespace chathttp::sim {

using StillFails = absl::FunctionRef<bool(const Scenario&)>;

[[nodiscard]] Scenario Shrink(const Scenario& scenario, StillFails still_fails,
                              std::size_t max_tries = 4'000);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_SEARCH_SHRINKER_H_

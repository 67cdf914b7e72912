// Removes participants and the steps that only they perform from a scenario.
//
//   Scenario without_bob = Without(scenario, "bob");
//   // "alice,bob connect" -> "alice connect", "link bob->server clog 1s" is removed
//
// Pure functions.
#ifndef CHATHTTP_SIM_SEARCH_SHRINKER_CAST_H_
#define CHATHTTP_SIM_SEARCH_SHRINKER_CAST_H_

#include <string>

#include "chathttp/sim/scenario/scenario.h"

namespace chathttp::sim {

[[nodiscard]] Scenario Without(Scenario scenario, const std::string& name);

// Gives `other` the steps that only `name` performs, and removes `name`.
[[nodiscard]] Scenario PlayedBy(Scenario scenario, const std::string& name,
                                const std::string& other);

// Merges pairs of steps at one instant that differ only in their participants.
[[nodiscard]] Scenario Joined(Scenario scenario);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_SEARCH_SHRINKER_CAST_H_

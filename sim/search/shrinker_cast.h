// Takes participants out of a scenario, with all that only they do.
//
//   Scenario without_bob = Without(scenario, "bob");
//   // "alice,bob connect" -> "alice connect", "link bob->server clog 1s" -> nothing
//
// Pure functions.
#ifndef CHATHTTP_SIM_SEARCH_SHRINKER_CAST_H_
#define CHATHTTP_SIM_SEARCH_SHRINKER_CAST_H_

#include <string>

#include "sim/scenario/scenario.h"

namespace chathttp::sim {

[[nodiscard]] Scenario Without(Scenario scenario, const std::string& name);

// Gives `other` the steps that only `name` takes, and takes `name` out.
[[nodiscard]] Scenario PlayedBy(Scenario scenario, const std::string& name,
                                const std::string& other);

// Makes one step of two at one instant that differ in who takes them only.
[[nodiscard]] Scenario Joined(Scenario scenario);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_SEARCH_SHRINKER_CAST_H_

// What several participants of a generated scenario do together to bring about what chance alone
// rarely would: a name that is wanted the moment it is free, a member that stops reading while the
// others talk on, much that is said at one instant, something done at the very instant of a limit.
//
//   WritePatterns(plan, scenario);   // adds to steps, not in order of time
//
// Pure functions of the plan and of what is in `scenario` already.
#ifndef CHATHTTP_SIM_SEARCH_GENERATOR_PATTERNS_H_
#define CHATHTTP_SIM_SEARCH_GENERATOR_PATTERNS_H_

#include <string>

#include "sim/scenario/scenario.h"
#include "sim/search/generator_plan.h"

namespace chathttp::sim {

// The patterns that the plan has switched on, but for the contender.
void WritePatterns(const Plan& plan, Scenario& scenario);

// Has the last participant want the names of those that end, at about that moment.
void WriteContender(const Plan& plan, Scenario& scenario);

// A name of small letters as it is, or with a capital: the same name.
[[nodiscard]] std::string Respelled(Chooser& choose, std::string name);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_SEARCH_GENERATOR_PATTERNS_H_

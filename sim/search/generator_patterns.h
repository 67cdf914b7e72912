// Generates coordinated steps of several participants for situations that independent steps rarely
// reach: a request for a name the moment it becomes free, a member that stops reading while others
// post, many messages at one instant, a request exactly at a time limit.
//
//   WritePatterns(plan, scenario);   // appends to steps, not in order of time
//
// Pure functions of the plan and of the present content of `scenario`.
#ifndef CHATHTTP_SIM_SEARCH_GENERATOR_PATTERNS_H_
#define CHATHTTP_SIM_SEARCH_GENERATOR_PATTERNS_H_

#include <string>

#include "chathttp/sim/scenario/scenario.h"
#include "chathttp/sim/search/generator_plan.h"

namespace chathttp::sim {

// Adds the patterns that the plan has switched on, except the contender.
void WritePatterns(const Plan& plan, Scenario& scenario);

// Makes the last participant request the names of participants at about the time they end.
void WriteContender(const Plan& plan, Scenario& scenario);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_SEARCH_GENERATOR_PATTERNS_H_

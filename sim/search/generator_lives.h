// Generates the steps of each participant on its own: connect, log in, send messages, end in one of
// several ways, and perhaps return.
//
//   WriteLives(plan, scenario);   // appends to steps, not in order of time
//
// A pure function of the plan and of the limits in `scenario`.
#ifndef CHATHTTP_SIM_SEARCH_GENERATOR_LIVES_H_
#define CHATHTTP_SIM_SEARCH_GENERATOR_LIVES_H_

#include "chathttp/sim/scenario/scenario.h"
#include "chathttp/sim/search/generator_plan.h"

namespace chathttp::sim {

void WriteLives(const Plan& plan, Scenario& scenario);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_SEARCH_GENERATOR_LIVES_H_

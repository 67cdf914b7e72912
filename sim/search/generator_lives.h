// What the participants of a generated scenario do, each by itself: come, log in, speak, and go in
// one way or another, perhaps to come again.
//
//   WriteLives(plan, scenario);   // adds to steps, not in order of time
//
// Pure function of the plan and of the limits in `scenario`.
#ifndef CHATHTTP_SIM_SEARCH_GENERATOR_LIVES_H_
#define CHATHTTP_SIM_SEARCH_GENERATOR_LIVES_H_

#include "sim/scenario/scenario.h"
#include "sim/search/generator_plan.h"

namespace chathttp::sim {

void WriteLives(const Plan& plan, Scenario& scenario);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_SEARCH_GENERATOR_LIVES_H_

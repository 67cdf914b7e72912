// Generates the limits and links of a scenario.
//
//   WriteSetting(plan, scenario);   // appends to limits and nets
//
// Pure function of the plan.
#ifndef CHATHTTP_SIM_SEARCH_GENERATOR_SETTING_H_
#define CHATHTTP_SIM_SEARCH_GENERATOR_SETTING_H_

#include "chathttp/sim/scenario/scenario.h"
#include "chathttp/sim/search/generator_plan.h"

namespace chathttp::sim {

void WriteSetting(const Plan& plan, Scenario& scenario);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_SEARCH_GENERATOR_SETTING_H_

// The limits and links of a generated scenario.
//
//   WriteSetting(plan, scenario);   // adds to limits and nets
//
// Pure function of the plan.
#ifndef CHATHTTP_SIM_GENERATOR_SETTING_H_
#define CHATHTTP_SIM_GENERATOR_SETTING_H_

#include "sim/generator_plan.h"
#include "sim/scenario.h"

namespace chathttp::sim {

void WriteSetting(const Plan& plan, Scenario& scenario);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_GENERATOR_SETTING_H_

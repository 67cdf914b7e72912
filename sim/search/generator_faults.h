// The faults of links, of sets and of the server in a generated scenario.
//
//   WriteFaults(plan, scenario);   // adds to steps, not in order of time
//
// Pure function of the plan. Faults of participants (reset, pause-reading) belong to their lives.
#ifndef CHATHTTP_SIM_SEARCH_GENERATOR_FAULTS_H_
#define CHATHTTP_SIM_SEARCH_GENERATOR_FAULTS_H_

#include "sim/scenario/scenario.h"
#include "sim/search/generator_plan.h"

namespace chathttp::sim {

void WriteFaults(const Plan& plan, Scenario& scenario);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_SEARCH_GENERATOR_FAULTS_H_

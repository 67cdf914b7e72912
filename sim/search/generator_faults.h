// Generates the faults of links, sets and the server.
//
//   WriteFaults(plan, scenario);   // appends to steps, not in order of time
//
// A pure function of the plan. generator_lives.h generates faults of participants (reset,
// pause-reading).
#ifndef CHATHTTP_SIM_SEARCH_GENERATOR_FAULTS_H_
#define CHATHTTP_SIM_SEARCH_GENERATOR_FAULTS_H_

#include "chathttp/sim/scenario/scenario.h"
#include "chathttp/sim/search/generator_plan.h"

namespace chathttp::sim {

void WriteFaults(const Plan& plan, Scenario& scenario);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_SEARCH_GENERATOR_FAULTS_H_

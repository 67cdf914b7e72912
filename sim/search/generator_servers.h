// Writes several servers into some scenarios: the server of each participant, the delays of their log,
// and faults of servers and of their way to it.
//
//   WriteServers(plan, scenario);
#ifndef CHATHTTP_SIM_SEARCH_GENERATOR_SERVERS_H_
#define CHATHTTP_SIM_SEARCH_GENERATOR_SERVERS_H_

#include "chathttp/sim/scenario/scenario.h"
#include "chathttp/sim/search/generator_plan.h"

namespace chathttp::sim {

void WriteServers(const Plan& plan, Scenario& scenario);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_SEARCH_GENERATOR_SERVERS_H_

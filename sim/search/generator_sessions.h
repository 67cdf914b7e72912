// Members with sessions, which lose their connections and come back. Used by Generate.
#ifndef CHATHTTP_SIM_SEARCH_GENERATOR_SESSIONS_H_
#define CHATHTTP_SIM_SEARCH_GENERATOR_SESSIONS_H_

#include "chathttp/sim/scenario/scenario.h"
#include "chathttp/sim/search/generator_plan.h"

namespace chathttp::sim {

// Changes logins that the scenario has, and adds losses and returns. Only of one server.
void WriteSessions(const Plan& plan, Scenario& scenario);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_SEARCH_GENERATOR_SESSIONS_H_

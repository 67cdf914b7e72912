// Plays a scenario in real time against a server over the loopback interface.
//
//   sim::RunResult result = RunReal(scenario);
//
// Participants and checks are those of the simulator; time and connections are real. Ends the
// program as bad usage if the scenario has faults, or if there is no event loop.
#ifndef CHATHTTP_APPS_SIMULATOR_REAL_H_
#define CHATHTTP_APPS_SIMULATOR_REAL_H_

#include "chathttp/sim/run/run.h"
#include "chathttp/sim/scenario/scenario.h"

namespace chathttp {

[[nodiscard]] sim::RunResult RunReal(const sim::Scenario& scenario);

}  // namespace chathttp

#endif  // CHATHTTP_APPS_SIMULATOR_REAL_H_

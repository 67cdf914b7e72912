// Runs a scenario without faults on real ports, to validate the simulator: the server, participants
// and checks are the same, but network and time are those of the machine.
//
//   LivePorts ports{network, loop, [&](absl::Duration wait) { loop.Turn(wait); }};
//   RunResult result = RunLive(scenario, ports);
//
// `net` lines have no effect. After the last step the run continues until no bytes have moved for
// half a second, or until `settle` has passed. The result has no digest, marks or effects.
#ifndef CHATHTTP_SIM_RUN_LIVE_RUN_H_
#define CHATHTTP_SIM_RUN_LIVE_RUN_H_

#include <functional>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "chathttp/sim/run/run.h"
#include "chathttp/sim/scenario/scenario.h"
#include "chathttp/transport/ports/network.h"
#include "chathttp/transport/ports/scheduler.h"

namespace chathttp::sim {

struct LivePorts {
  Network& network;
  Scheduler& scheduler;
  std::function<void(absl::Duration max_wait)> turn;  // runs one turn of the scheduler's loop
};

// InvalidArgument if the scenario has steps or limits that need the simulator.
[[nodiscard]] absl::Status CheckLive(const Scenario& scenario);

// Requires CheckLive(scenario).ok(). The server listens at an ephemeral port of 127.0.0.1. If the
// run cannot finish, the result has the violation "stuck".
[[nodiscard]] RunResult RunLive(const Scenario& scenario, const LivePorts& ports);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_RUN_LIVE_RUN_H_

// Plays a scenario without faults on ports that are not simulated, to keep the simulator honest:
// the same server, participants and checks, but connections and time of the machine.
//
//   LivePorts ports{network, loop, [&](absl::Duration wait) { loop.Turn(wait); }};
//   RunResult result = RunLive(scenario, ports);
//
// Lines `net` have no effect. After the last step the run goes on until nothing has moved for half
// a second, at the longest for `settle`. The result has neither digest nor marks nor effects. The
// ports know nothing of this: it is for a program to bring them together.
#ifndef CHATHTTP_SIM_RUN_LIVE_RUN_H_
#define CHATHTTP_SIM_RUN_LIVE_RUN_H_

#include <functional>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "sim/run/run.h"
#include "sim/scenario/scenario.h"
#include "transport/ports/network.h"
#include "transport/ports/scheduler.h"

namespace chathttp::sim {

struct LivePorts {
  Network& network;
  Scheduler& scheduler;
  std::function<void(absl::Duration max_wait)> turn;  // of the scheduler's loop, once
};

// OK, or InvalidArgument: the scenario has steps or limits that need the simulator.
[[nodiscard]] absl::Status CheckLive(const Scenario& scenario);

// `scenario` fulfils CheckLive. Listens at some port of 127.0.0.1. Ports that do not work are the
// violation "stuck".
[[nodiscard]] RunResult RunLive(const Scenario& scenario, const LivePorts& ports);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_RUN_LIVE_RUN_H_

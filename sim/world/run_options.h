// The options of a run that its scenario does not hold.
#ifndef CHATHTTP_SIM_WORLD_RUN_OPTIONS_H_
#define CHATHTTP_SIM_WORLD_RUN_OPTIONS_H_

#include <cstdint>
#include <functional>

#include "chathttp/sim/world/own_participant.h"
#include "chathttp/sim/world/trace_event.h"

namespace chathttp::sim {

struct RunOptions {
  std::function<void(const TraceEvent&)> trace = nullptr;  // may be empty
  OwnParticipants programs = {};                           // of the line `programs` of the scenario
  // How many bytes may cross the ports of all participants. A run that exceeds it is "stuck":
  // somebody writes without end.
  std::uint64_t max_port_bytes = std::uint64_t{2} << 30;
  bool judged = true;  // false: for the digest alone; only what stops a run is reported
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_WORLD_RUN_OPTIONS_H_

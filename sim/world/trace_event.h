// One line of a trace of a run.
#ifndef CHATHTTP_SIM_WORLD_TRACE_EVENT_H_
#define CHATHTTP_SIM_WORLD_TRACE_EVENT_H_

#include <string>

#include "absl/time/time.h"

namespace chathttp::sim {

// What crossed a port, for traces.
struct TraceEvent {
  absl::Duration at;
  std::string who;     // whose side of the connection; "server" is told by its peers only
  std::string what;    // "connected", "sent", "received", "eof", "reset", "fault", ...
  std::string detail;  // first line of a message, or the fault
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_WORLD_TRACE_EVENT_H_

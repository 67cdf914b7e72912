// One event of the trace of a run.
#ifndef CHATHTTP_SIM_WORLD_TRACE_EVENT_H_
#define CHATHTTP_SIM_WORLD_TRACE_EVENT_H_

#include <string>

#include "absl/time/time.h"

namespace chathttp::sim {

// A message or event at the port of a participant.
struct TraceEvent {
  absl::Duration at;
  std::string who;  // the participant, or "server"
  std::string
      what;  // "connected", "sent", "received", "eof", "reset", "fault", "ended", "crash", ...
  std::string detail;     // first line of a message, the fault, or whom the server "ended" and why
  std::string peer = {};  // of what the server "read" or "wrote": the participant
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_WORLD_TRACE_EVENT_H_

// Why a step of a participant had no request or no reply, for the messages of failed expectations.
// Part of the oracle.
#ifndef CHATHTTP_SIM_ORACLE_STEP_REASON_H_
#define CHATHTTP_SIM_ORACLE_STEP_REASON_H_

#include <string>

#include "absl/time/time.h"
#include "chathttp/sim/world/record.h"

namespace chathttp::sim {

// ": the connection ended at 2s"; empty if it was open to the end of the run.
std::string ReasonOfEnd(const ConnectionRecord& connection);

// Why `who` sent nothing for a step at `at`, which says `text` or logs in as `text`:
// ": not connected, the connection ended at 2s". Empty if the record does not tell.
std::string ReasonNotSent(const WorldRecord& record, const std::string& who,
                          const std::string& text, absl::Duration at);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_ORACLE_STEP_REASON_H_

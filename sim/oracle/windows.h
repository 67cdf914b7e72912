// Matches the logins of connections with the sessions of the log, one to one, and compares the
// broadcasts that each login received with its window. Part of the oracle.
//
// Invariants "order", "complete", "invention", "sender-order", "one-left", "nothing-after-leave",
// "list", "isolation", and of a slow consumer "memory" and "time-limits".
#ifndef CHATHTTP_SIM_ORACLE_WINDOWS_H_
#define CHATHTTP_SIM_ORACLE_WINDOWS_H_

#include <vector>

#include "chathttp/sim/oracle/evidence.h"
#include "chathttp/sim/oracle/log.h"
#include "chathttp/sim/oracle/replay.h"

namespace chathttp::sim {

// `accounts`: of each connection of the record.
void JudgeWindows(Evidence& evidence, const RoomLog& log, const std::vector<Account>& accounts,
                  const std::vector<Episode>& episodes);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_ORACLE_WINDOWS_H_

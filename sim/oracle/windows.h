// Brings logins as their connections saw them together with sessions as the log shows them, one to
// one, and holds what was heard against the window of each. For the oracle.
//
// Invariants "order", "complete", "invention", "sender-order", "one-left", "nothing-after-leave",
// "list", "isolation", and of a slow consumer "memory" and "time-limits".
#ifndef CHATHTTP_SIM_ORACLE_WINDOWS_H_
#define CHATHTTP_SIM_ORACLE_WINDOWS_H_

#include <vector>

#include "sim/oracle/evidence.h"
#include "sim/oracle/log.h"
#include "sim/oracle/replay.h"

namespace chathttp::sim {

// `accounts`: of each connection of the record.
void JudgeWindows(Evidence& evidence, const RoomLog& log, const std::vector<Account>& accounts,
                  const std::vector<Episode>& episodes);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_ORACLE_WINDOWS_H_

// Checks the server's counters and leftovers against the record of its peers: equal where the
// evidence is complete, within bounds where a connection ended unread. Part of the oracle.
//
// Invariants "memory", "spin", "conservation" and "drain".
#ifndef CHATHTTP_SIM_ORACLE_SERVER_H_
#define CHATHTTP_SIM_ORACLE_SERVER_H_

#include <vector>

#include "chathttp/sim/oracle/evidence.h"
#include "chathttp/sim/oracle/log.h"
#include "chathttp/sim/oracle/replay.h"
#include "chathttp/sim/oracle/transcript.h"

namespace chathttp::sim {

// `transcripts` and `accounts`: of each connection of the record.
void JudgeServer(Evidence& evidence, const RoomLog& log, const std::vector<Transcript>& transcripts,
                 const std::vector<Account>& accounts);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_ORACLE_SERVER_H_

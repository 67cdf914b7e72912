// Checks the lives of several servers of one room along the one order of their log. Part of the oracle.
#ifndef CHATHTTP_SIM_ORACLE_CHECK_ORDER_H_
#define CHATHTTP_SIM_ORACLE_CHECK_ORDER_H_

#include <vector>

#include "chathttp/sim/oracle/away_order.h"
#include "chathttp/sim/oracle/checks.h"
#include "chathttp/sim/oracle/evidence.h"
#include "chathttp/sim/oracle/room_order.h"

namespace chathttp::sim {

// "list": when the settle phase ends, each server has taken the whole log, and its room is that of the
// log. At the end of each turn it had as many members. "one-left": no member is left whose connection,
// or server, has ended. "one-reply": no request waits any more. "complete": each member has heard all.
void CheckSettled(Evidence& evidence, const Life& life);
// "quiet": a member that is away at the server leaves exactly when its time is over, once.
void CheckAway(Evidence& evidence, const Life& life, const std::vector<AwaySpan>& spans);
void CheckGhosts(Evidence& evidence, const RoomOrder& order);

// "memory": nothing is left on the heap when the servers are gone.
void CheckHeapLeft(Evidence& evidence);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_ORACLE_CHECK_ORDER_H_

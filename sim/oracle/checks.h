// The checks of one life of a server, each of one or a few invariants of docs/simulation.md. Part of
// the oracle.
#ifndef CHATHTTP_SIM_ORACLE_CHECKS_H_
#define CHATHTTP_SIM_ORACLE_CHECKS_H_

#include <cstdint>
#include <vector>

#include "absl/time/time.h"
#include "chathttp/sim/oracle/conversation.h"
#include "chathttp/sim/oracle/evidence.h"
#include "chathttp/sim/oracle/life_order.h"
#include "chathttp/sim/oracle/operator_log.h"
#include "chathttp/sim/oracle/pace.h"
#include "chathttp/sim/oracle/room_log.h"
#include "chathttp/sim/world/server_record.h"

namespace chathttp::sim {

// One life of a server, as far as it is understood.
struct Life {
  const ServerRecord& server;
  const RoomLog& log;
  const Pace& pace;
  const OptionsLog& options;
  const OperatorLog& commands;
  const std::vector<Conversation>& conversations;  // of its connections
  const LifeOrder* order = nullptr;                // of a server of several

  // Whether a turn, or the one before it, was held up: what was due then may be late.
  bool MayBeLate(std::size_t turn) const {
    // Without room in the log of several servers, no input is served, and that comes first.
    if (turn < server.turns.size() && server.turns[turn].log_full) return true;
    if (turn > 0 && turn <= server.turns.size() && server.turns[turn - 1].log_full) return true;
    return pace.HeldUp(turn) || (turn > 0 && pace.HeldUp(turn - 1));
  }

  // When the server can act on what is due at `at`: not while its process is stopped.
  absl::Duration Awake(absl::Duration at) const {
    for (const auto& [from, to] : server.pauses) {
      if (from <= at && at <= to) at = to;
    }
    return at;
  }
};

// Bytes of G that were written to the witness by the end of each turn.
std::vector<std::uint64_t> LoggedBytes(const Life& life);

// "prompt": the server reads input and serves requests in the turn in which they come. "fairness": it
// serves input that waits before input that comes later. "memory": it serves no throttled connection.
void CheckPrompt(Evidence& evidence, const Life& life);
// "pace": flood control serves nobody early.
void CheckPace(Evidence& evidence, const Life& life);
// "fairness": no connection exceeds a limit of a turn.
void CheckFairness(Evidence& evidence, const Life& life);
// "time-limits": each limit of time strikes exactly when it is due.
void CheckTimeLimits(Evidence& evidence, const Life& life);
// "one-left": logins end when their connections do, and for a reason. "quiet": those of members that
// may come back end when their time is over.
void CheckLeaving(Evidence& evidence, const Life& life);
// "datetime": of the notices; the others are compared where they are read.
void CheckDatetimes(Evidence& evidence, const Life& life);
// "memory": the server holds no more than it must send; it closes slow consumers, and nobody else.
void CheckMemory(Evidence& evidence, const Life& life);
// "memory": the server counts the bytes of unfinished requests, and ends the connections that exceed
// their limit, and no others.
void CheckPartial(Evidence& evidence, const Life& life);
// "memory": the heap has room only for what the server needs, and nothing is left at the end.
void CheckHeap(Evidence& evidence, const Life& life);
// "address": each connection counts for the address that it comes from, or that its proxy tells.
void CheckArrivals(Evidence& evidence, const Life& life);
// "operator": each command does what its answer says.
void CheckCommands(Evidence& evidence, const Life& life);
// "reload": a change of the options is in force as a whole, or not at all.
void CheckReloads(Evidence& evidence, const Life& life);
// "conservation": the counters of the server, one by one, and its population. "address": who
// may connect.
void CheckCounters(Evidence& evidence, const Life& life);
// "spin": each turn has something to do.
void CheckTurns(Evidence& evidence, const Life& life);
// "drain": a stop answers and closes everything.
void CheckStop(Evidence& evidence, const Life& life);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_ORACLE_CHECKS_H_

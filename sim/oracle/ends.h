// Pairs the two ends of each connection: the record of a participant and that of the server. Part of
// the oracle.
#ifndef CHATHTTP_SIM_ORACLE_ENDS_H_
#define CHATHTTP_SIM_ORACLE_ENDS_H_

#include <cstddef>
#include <vector>

#include "chathttp/sim/oracle/conversation.h"
#include "chathttp/sim/oracle/evidence.h"
#include "chathttp/sim/oracle/room_log.h"
#include "chathttp/sim/world/record.h"

namespace chathttp::sim {

// The server's end of a participant's connection; null: the server never saw it.
struct Ends {
  const ConnectionRecord* client = nullptr;
  const ServerConnection* server = nullptr;
  const Conversation* conversation = nullptr;
};

// Of each connection of the record. `conversations`: of each life of the server.
std::vector<Ends> PairEnds(const WorldRecord& record,
                           const std::vector<std::vector<Conversation>>& conversations);

// "carriage": what one end sent is what the other end received, in order, and then the end of the
// stream. "complete": all of it, if nothing prevented it.
void CheckCarriage(Evidence& evidence, const std::vector<Ends>& ends);

// "isolation": nobody that reads is taken for one that does not.
void CheckPatience(Evidence& evidence, const std::vector<Ends>& ends);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_ORACLE_ENDS_H_

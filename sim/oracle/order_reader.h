// Reads one connection of a server of several along the one order of their room: what the server wrote
// must be, byte for byte, the front of what the model writes. Part of the oracle.
//
// Where conversation.h learns from the events of the server when a request was served, the log tells
// it here: a login, a text and a logout are served when they are appended, and answered when they come
// back. Reports the same invariants.
#ifndef CHATHTTP_SIM_ORACLE_ORDER_READER_H_
#define CHATHTTP_SIM_ORACLE_ORDER_READER_H_

#include <cstddef>

#include "chathttp/sim/oracle/conversation.h"
#include "chathttp/sim/oracle/evidence.h"
#include "chathttp/sim/oracle/life_order.h"
#include "chathttp/sim/oracle/operator_log.h"
#include "chathttp/sim/oracle/pace.h"
#include "chathttp/sim/oracle/room_log.h"
#include "chathttp/sim/world/server_record.h"

namespace chathttp::sim {

// Of the connection with this index. The arguments outlive the result.
Conversation ReadInOrder(Evidence& evidence, const ServerRecord& server, const LifeOrder& life,
                         const RoomLog& log, const Pace& pace, const OptionsLog& options,
                         const OperatorLog& commands, std::size_t connection);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_ORACLE_ORDER_READER_H_

// What the reply to a login says of its session, and which broadcasts from before it follow. Written
// from docs/protocol.md, "Coming back". Part of the oracle. Pure functions.
#ifndef CHATHTTP_SIM_ORACLE_LOGIN_REPLY_H_
#define CHATHTTP_SIM_ORACLE_LOGIN_REPLY_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "chathttp/sim/oracle/reply.h"
#include "chathttp/sim/oracle/room_log.h"
#include "chathttp/sim/world/server_record.h"

namespace chathttp::sim {

struct LoginReply {
  std::string lines;       // of the head, each with its line feed
  std::uint64_t from = 0;  // the number of the last broadcast that does not follow
  std::uint64_t to = 0;    // of the last one from before the reply
};

// `number`: of the last broadcast before the reply, which is the own "entered". `token`: of its
// session; empty if it has none.
LoginReply ReplyToNewcomer(const ServerRecord& server, const RoomLog& log, const SessionAsk& ask,
                           std::uint64_t number, std::string_view token);

// `entered`: the number of the "entered" of the member that comes back.
LoginReply ReplyToReturn(const ServerRecord& server, const RoomLog& log, const SessionAsk& ask,
                         std::uint64_t number, std::uint64_t entered);

// Why a token that holds must not be used; empty if it may.
std::string ProblemOfReturn(const ServerRecord& server, const SessionAsk& ask,
                            std::string_view holder, std::string_view name, std::uint64_t number);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_ORACLE_LOGIN_REPLY_H_

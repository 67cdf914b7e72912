// What the reply to a login says of its session, and which broadcasts from before it follow. Written
// from docs/protocol.md, "Coming back". Part of the oracle. Pure functions.
#ifndef CHATHTTP_SIM_ORACLE_LOGIN_REPLY_H_
#define CHATHTTP_SIM_ORACLE_LOGIN_REPLY_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chathttp/sim/oracle/reply.h"
#include "chathttp/sim/oracle/room_log.h"
#include "chathttp/sim/world/raw_codec.h"
#include "chathttp/sim/world/server_record.h"
#include "chathttp/transport/journal/past_room.h"
#include "chathttp/transport/server/server_options.h"

namespace chathttp::sim {

// What a server that answers a login knows of the room.
struct KnownPast {
  const ServerOptions& options;
  std::uint64_t epoch = 0;
  std::vector<EpochEnd> ended;  // epochs before it whose broadcasts it knows
  // The bytes of the broadcasts behind number `from` up to `to`; nullopt if some are not known.
  std::function<std::optional<std::uint64_t>(std::uint64_t from, std::uint64_t to)> bytes_between;
};
// Of a server that has its room for itself. The arguments outlive the result.
KnownPast PastOf(const ServerRecord& server, const RoomLog& log);

struct LoginReply {
  std::string lines;       // of the head, each with its line feed
  std::uint64_t from = 0;  // the number of the last broadcast that does not follow
  std::uint64_t to = 0;    // of the last one from before the reply
};

// `number`: of the last broadcast before the reply, which is the own "entered". `token`: of its
// session; empty if it has none.
LoginReply ReplyToNewcomer(const KnownPast& past, const SessionAsk& ask, std::uint64_t number,
                           std::string_view token);

// `entered`: the number of the "entered" of the member that comes back.
LoginReply ReplyToReturn(const KnownPast& past, const SessionAsk& ask, std::uint64_t number,
                         std::uint64_t entered);

// Why a token that holds must not be used; empty if it may. `now`: the position of the room.
std::string ProblemOfReturn(const std::optional<RawPosition>& since, std::string_view holder,
                            std::string_view name, const RawPosition& now);

// The token in the reply that was written at an offset, with zeros for what was not written of it.
std::string WrittenToken(std::string_view out, std::size_t at);
// For messages: the lines of a head behind those that all heads have.
std::string_view LinesAtEnd(std::string_view raw);
std::string WithLines(std::string_view lines);
// The invariant that another reply to a login breaks.
std::string_view InvariantOfLogin(const SessionAsk& ask, std::string_view out, std::size_t at);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_ORACLE_LOGIN_REPLY_H_

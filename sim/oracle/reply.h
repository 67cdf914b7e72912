// The reply that docs/protocol.md requires for a request, byte for byte. Part of the oracle, so
// written from the page and not from transport/. Pure functions.
#ifndef CHATHTTP_SIM_ORACLE_REPLY_H_
#define CHATHTTP_SIM_ORACLE_REPLY_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "chathttp/domain/limits.h"
#include "chathttp/sim/world/raw_codec.h"
#include "chathttp/transport/server/server_options.h"

namespace chathttp::sim {

struct Reply {
  enum class Kind {
    kPrivate,  // code and entity
    kLogin,    // OK, or 401 or 500 if the room is so
    kSaid,     // the broadcast itself
    kList,     // the list of the room
    kPing,     // OK, without an event
    kLogout,   // OK
  };
  Kind kind = Kind::kPrivate;
  int code = 200;
  std::string entity = {};
  std::string event = {};  // the reason that the operator is told; empty: the entity
  bool fatal = false;      // nothing but the end of the stream follows
};

// What an ADD asks of sessions and of the past.
struct SessionAsk {
  std::string problem;  // it is refused with this; then nothing else is set
  bool wanted = false;  // a session
  std::string_view token = {};
  std::optional<RawPosition> since = std::nullopt;
  std::uint64_t history = 0;
  bool any = false;  // it has one of these header fields
};
SessionAsk ReadSessionAsk(const RawRequestView& request);

// `login`: the name that its connection is logged in under.
Reply ReplyTo(const RawRequestView& request, const std::optional<std::string_view>& login,
              const RoomLimits& limits);

// Other replies of a server.
Reply Refused(int code, std::string entity);
Reply NameIsTaken();
Reply RoomIsFull(std::size_t members);
inline constexpr std::string_view kOkEntity = "OK...^.^";
inline constexpr std::string_view kGreetingEntity = "test";

// "2015-11-29 10:07:40", in UTC.
std::string DatetimeOf(absl::Time wall);

// A whole response.
std::string ResponseBytes(const ServerOptions& options, int code, std::string_view entity,
                          std::string_view datetime);
// Where its Datetime begins, which depends on the code.
std::size_t DatetimeOffset(int code);
inline constexpr std::size_t kDatetimeBytes = 19;
constexpr std::string_view NoDatetime() { return "0000-00-00 00:00:00"; }  // where none is known

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_ORACLE_REPLY_H_

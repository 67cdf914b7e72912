// What a login asks of sessions, in the log of a room: see transport/ports/ordered_log.h.
#ifndef CHATHTTP_TRANSPORT_CODEC_SESSION_LOGIN_H_
#define CHATHTTP_TRANSPORT_CODEC_SESSION_LOGIN_H_

#include <optional>
#include <type_traits>

#include "chathttp/transport/codec/position.h"
#include "chathttp/transport/codec/session_token.h"

namespace chathttp {

// Each server decides on it in the order of the log.
struct SessionLogin {
  std::optional<TokenHash> begins = std::nullopt;   // the token of the session that begins with it
  std::optional<TokenHash> returns = std::nullopt;  // the token of the session that it goes on with
  std::optional<Position> since = std::nullopt;     // that the client knows

  friend bool operator==(const SessionLogin&, const SessionLogin&) = default;
};
static_assert(std::is_trivially_copyable_v<SessionLogin>);

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_CODEC_SESSION_LOGIN_H_

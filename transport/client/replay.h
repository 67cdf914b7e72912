// Which broadcasts are replayed after a login, and the position behind each of them. Part of the
// client. Source: docs/protocol.md, "Coming back".
//
//   Replay replay;
//   replay.Start(response, "new");    // the reply to a login
//   replay.Receive();                 // a broadcast: is it from before the reply?
//   replay.position();                // what to ask for after a loss
//
// Each function is O(1). Not thread-safe.
#ifndef CHATHTTP_TRANSPORT_CLIENT_REPLAY_H_
#define CHATHTTP_TRANSPORT_CLIENT_REPLAY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "chathttp/transport/codec/message.h"
#include "chathttp/transport/codec/position.h"

namespace chathttp {

class Replay {
 public:
  // `reply` accepts a login that asked for the session `requested`: nothing, kNewSession or a token.
  void Start(const ResponseView& reply, std::string_view requested);

  // Takes the next broadcast. Returns whether it is from before the reply.
  bool Receive();

  // The broadcasts from before the reply that are still to come.
  std::uint64_t left() const { return left_; }

  // The token; empty if the login has no session.
  const std::string& session() const { return session_; }

  // Behind the latest broadcast; nullopt if the login has no session.
  std::optional<Position> position() const;

 private:
  std::string session_;
  Position end_;               // behind the replay and all that came after it
  std::uint64_t entered_ = 0;  // the count of the own "entered" of this session; 0: not known
  std::uint64_t left_ = 0;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_CLIENT_REPLAY_H_

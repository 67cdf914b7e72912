#include "chathttp/transport/client/replay.h"

#include <algorithm>

namespace chathttp {

void Replay::Start(const ResponseView& reply, std::string_view requested) {
  left_ = reply.replay;
  if (requested.empty() || reply.session.empty() || !reply.position) {
    session_.clear();
    return;
  }
  const bool resumed = reply.session == requested;
  if (!resumed) {
    entered_ = reply.position->count;
  } else if (reply.session != session_) {
    entered_ = 0;  // begun by another client
  }
  session_ = reply.session;
  end_ = *reply.position;
}

bool Replay::Receive() {
  if (left_ > 0) {
    --left_;
    return true;
  }
  if (!session_.empty()) ++end_.count;
  return false;
}

// Nobody gets a session's own "entered". So the position steps over it, as soon as the broadcast
// before it has come.
std::optional<Position> Replay::position() const {
  if (session_.empty()) return std::nullopt;
  const std::uint64_t behind = end_.count - std::min(left_, end_.count);
  const bool skips = entered_ > behind && entered_ <= end_.count;
  return Position{end_.epoch, behind - (skips && behind > 0 ? 1 : 0)};
}

}  // namespace chathttp

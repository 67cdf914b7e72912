#include "chathttp/sim/oracle/past_model.h"

#include <algorithm>

namespace chathttp::sim {

void PastModel::OnLogin(const RawResponse& reply, std::string_view requested) {
  left_ = ReadCount(reply.replay).value_or(0);
  const std::optional<RawPosition> position = ReadPosition(reply.position);
  if (requested.empty() || reply.session.empty() || !position) return session_.clear();
  if (reply.session != requested) {
    entered_ = position->count;
  } else if (reply.session != session_) {
    entered_ = 0;
  }
  session_ = reply.session;
  end_ = position_ = *position;
  position_.count -= std::min(left_, position_.count);
  const bool skips = position_.count < entered_ && entered_ <= end_.count;
  if (skips && position_.count > 0) --position_.count;
  if (left_ > 0) StepOver();
}

// It does not get its own "entered".
void PastModel::StepOver() {
  if (position_.count + 1 == entered_) ++position_.count;
}

bool PastModel::OnBroadcast() {
  const bool past = left_ > 0;
  ++position_.count;
  StepOver();
  if (past && --left_ == 0) position_ = end_;
  return past;
}

std::optional<Position> PastModel::position() const {
  if (!has_session()) return std::nullopt;
  return Position{position_.epoch, position_.count};
}

}  // namespace chathttp::sim

#include "chathttp/sim/oracle/held_session.h"

#include "chathttp/sim/oracle/rules.h"

namespace chathttp::sim {

std::string_view HeldSession::TokenFor(std::string_view name) const {
  return Folded(name) == Folded(name_) ? std::string_view(token_) : std::string_view();
}

void HeldSession::OnLoggedIn(const ReportedClientEvent& event) {
  token_ = event.session;
  refused_sessions_ = token_.empty();
  name_ = refused_sessions_ ? "" : event.name;
  limit_ = event.session_seconds > 0 ? absl::Seconds(event.session_seconds) : kUnknownLimit;
  refused_since_.reset();
}

void HeldSession::OnLoginLost(std::string_view name, absl::Duration now) {
  if (refused_sessions_) return;
  if (Folded(name) != Folded(name_)) {
    token_.clear();
    name_ = name;
  }
  if (refused_since_) refused_since_ = now;
}

absl::Duration HeldSession::LongestWait(absl::Duration now) const {
  constexpr int kLeastAttempts = 4;
  const bool lasts = !token_.empty() && now - lost_at_ < limit_;
  return lasts ? limit_ / kLeastAttempts : absl::InfiniteDuration();
}

bool HeldSession::MayHold(std::string_view name) const {
  return !name_.empty() && Folded(name) == Folded(name_);
}

absl::Duration HeldSession::TimeLeft(absl::Duration now) {
  if (!refused_since_) refused_since_ = now;
  const absl::Duration left = *refused_since_ + limit_ - now;
  if (left > absl::ZeroDuration()) return left;
  refused_since_.reset();
  name_.clear();
  token_.clear();
  return left;
}

}  // namespace chathttp::sim

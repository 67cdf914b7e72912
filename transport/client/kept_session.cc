#include "chathttp/transport/client/kept_session.h"

#include "chathttp/domain/user_name.h"

namespace chathttp {
namespace {

constexpr int kAttempts = 4;  // at least, while a session lasts

}  // namespace

std::string_view KeptSession::TokenFor(std::string_view name) const {
  return SameName(name, held_name_) ? std::string_view(token_) : std::string_view();
}

void KeptSession::Adopt(std::string_view name, std::string_view token, absl::Duration limit,
                        const Position& since) {
  Forget();
  held_name_ = name;
  token_ = token;
  limit_ = limit;
  since_ = since;
}

void KeptSession::OnLoggedIn(const ClientEvent& event) {
  since_.reset();
  token_ = event.session;
  without_sessions_ = token_.empty();
  held_name_ = without_sessions_ ? "" : event.name;
  limit_ = event.session_seconds > 0 ? absl::Seconds(event.session_seconds) : kUnknownLimit;
  refused_since_.reset();
}

absl::Duration KeptSession::LongestWait(absl::Time now) const {
  const bool lasts = !token_.empty() && now - lost_at_ < limit_;
  return lasts ? limit_ / kAttempts : absl::InfiniteDuration();
}

void KeptSession::OnLoginLost(std::string_view name, absl::Time now) {
  if (without_sessions_) return;
  if (!SameName(name, held_name_)) {
    token_.clear();
    held_name_ = name;
  }
  if (refused_since_) refused_since_ = now;
}

bool KeptSession::MayHold(std::string_view name) const {
  return !held_name_.empty() && SameName(name, held_name_);
}

absl::Duration KeptSession::TimeLeft(absl::Time now) {
  if (!refused_since_) refused_since_ = now;
  const absl::Duration left = *refused_since_ + limit_ - now;
  if (left <= absl::ZeroDuration()) {
    refused_since_.reset();
    held_name_.clear();
    token_.clear();
  }
  return left;
}

}  // namespace chathttp

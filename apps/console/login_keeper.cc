#include "apps/console/login_keeper.h"

#include <algorithm>
#include <utility>

namespace chathttp {

LoginKeeper::LoginKeeper(Scheduler& scheduler, LoginStore store)
    : scheduler_(scheduler), store_(std::move(store)) {}

std::optional<PastSession> LoginKeeper::Open(const Endpoint& endpoint, const std::string& name) {
  if (!store_.open || (endpoint == endpoint_ && name == name_)) return std::nullopt;
  endpoint_ = endpoint;
  name_ = name;
  moved_ = false;
  login_ = store_.open(endpoint, name);
  if (!login_) return std::nullopt;
  const absl::Duration limit = absl::Seconds(login_->seconds);
  if (scheduler_.WallNow() - login_->saved > limit + kNewTimeEach + kFoundWithin) {
    Forget();
    return std::nullopt;
  }
  const std::uint64_t last = login_->last.count;
  const std::uint64_t since = std::max(login_->first.count, last - std::min(last, kShownAgain));
  return PastSession{.name = login_->name,
                     .token = login_->token,
                     .limit = limit,
                     .since = {login_->last.epoch, std::min(since, last)}};
}

void LoginKeeper::OnSessionEvent(const SessionEvent& event) {
  switch (event.kind) {
    case SessionEvent::Kind::kLoggedIn:
      return OnLoggedIn(event);
    case SessionEvent::Kind::kMessage:
    case SessionEvent::Kind::kEntered:
    case SessionEvent::Kind::kLeft:
      if (!login_ || !event.position) return;
      login_->last = *event.position;
      moved_ = true;
      return;
    case SessionEvent::Kind::kNameRefused:
      return Forget();
    case SessionEvent::Kind::kEnded:
      if (event.ending == ClientEvent::Ending::kLeft) Forget();
      return;
    default:
      return;
  }
}

void LoginKeeper::OnLoggedIn(const SessionEvent& event) {
  if (!store_.keep || event.session.empty() || !event.position) return Forget();
  const bool goes_on = event.resumed && login_;
  login_ = KeptLogin{.name = std::string(event.name),
                     .token = std::string(event.session),
                     .seconds = event.session_seconds,
                     .first = goes_on ? login_->first : *event.position,
                     .last = *event.position};
  Keep();
}

void LoginKeeper::OnTick() {
  if (!login_) return;
  const absl::Duration age = scheduler_.WallNow() - login_->saved;
  if (age >= (moved_ ? kKeepEach : kNewTimeEach)) Keep();
}

void LoginKeeper::Keep() {
  moved_ = false;
  login_->saved = scheduler_.WallNow();
  store_.keep(*login_);
}

void LoginKeeper::Forget() {
  login_.reset();
  if (store_.forget) store_.forget();
}

}  // namespace chathttp

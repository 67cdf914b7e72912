#include "chathttp/sim/world/kept_session.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"

namespace chathttp::sim {
namespace {

bool IsTheRooms(const RawResponse& response) {
  return response.code == 200 && response.entity != "OK...^.^" &&
         !response.entity.starts_with("Online users:\n");
}

std::string SessionLine(std::string_view name, std::string_view value) {
  return value.empty() ? "" : absl::StrCat(AbslView(name), ": ", AbslView(value), "\n");
}

std::string HistoryLine(const SessionRequest& request) {
  return request.history ? absl::StrCat("History: ", *request.history, "\n") : "";
}

}  // namespace

std::string FirstSessionLines(const SessionRequest& request) {
  return SessionLine("Session", request.session ? "new" : "") + HistoryLine(request);
}

std::string KeptSession::Lines(const SessionRequest& request) const {
  std::string token = request.token.value_or(token_.empty() ? "new" : token_);
  if (request.token == "~" && !token_.empty()) {
    token = token_;
    token.back() = token.back() == '0' ? '1' : '0';
  }
  return SessionLine("Session", token) + SessionLine("Since", SinceOf(request)) +
         HistoryLine(request);
}

std::string KeptSession::SinceOf(const SessionRequest& request) const {
  const std::string_view since = request.since ? std::string_view(*request.since) : "";
  const bool ahead = since.starts_with('+');
  const auto distance = ReadCount(since.substr(std::min<std::size_t>(1, since.size())));
  RawPosition position = position_;
  if (request.since && !((ahead || since.starts_with('-')) && distance)) return *request.since;
  if (token_.empty()) return "";
  if (distance) {
    position.count =
        ahead ? position.count + *distance : position.count - std::min(position.count, *distance);
  }
  return ToText(position);
}

void KeptSession::Take(const RawResponse& response) {
  if (!response.session.empty() && !response.position.empty()) return Begin(response);
  if (IsTheRooms(response)) Count();
}

void KeptSession::Begin(const RawResponse& response) {
  replayed_ = *ReadPosition(response.position);
  if (response.session != token_) entered_ = replayed_.count;
  token_ = response.session;
  position_ = replayed_;
  replay_left_ = ReadCount(response.replay).value_or(0);
  if (replay_left_ == 0) return;
  position_.count -= std::min(position_.count, replay_left_);
  // It is among those that are counted, and not heard.
  const bool skipped = position_.count < entered_ && entered_ <= replayed_.count;
  if (skipped) position_.count -= std::min<std::uint64_t>(position_.count, 1);
}

void KeptSession::Count() {
  if (token_.empty()) return;
  ++position_.count;
  if (position_.count + 1 == entered_) ++position_.count;
  if (replay_left_ > 0 && --replay_left_ == 0) position_ = replayed_;
}

}  // namespace chathttp::sim

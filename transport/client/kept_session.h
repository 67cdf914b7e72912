// What a client knows about its session at the server: its token, and whether a name that is taken may
// be taken by itself. Part of the client. Source: docs/protocol.md, "Coming back".
//
//   KeptSession kept;
//   kept.OnLoggedIn(event);                 // with a token, or without
//   kept.TokenFor("Alice");                 // after a loss
//   kept.MayHold("Alice");                  // the name is taken: by us?
//   kept.TimeLeft(now);                     // then it may become free within this time
//
// A member whose connection is lost keeps its name at the server for Session_Seconds. So a login whose
// reply was lost may have taken the name that the next login asks for. Not thread-safe.
#ifndef CHATHTTP_TRANSPORT_CLIENT_KEPT_SESSION_H_
#define CHATHTTP_TRANSPORT_CLIENT_KEPT_SESSION_H_

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/time/time.h"
#include "chathttp/transport/client/chat_client.h"

namespace chathttp {

class KeptSession {
 public:
  // How long a name is tried if the server has not told how long it keeps one.
  static constexpr absl::Duration kUnknownLimit = absl::Seconds(150);

  // The token of the session under `name`; empty if there is none.
  std::string_view TokenFor(std::string_view name) const;

  // The name of the session with a token, in the spelling of its login; empty if there is none.
  std::string_view name() const { return token_.empty() ? std::string_view() : held_name_; }

  // Takes a kLoggedIn whose login asked for a session.
  void OnLoggedIn(const ClientEvent& event);

  // The connection of the login was lost.
  void OnLost(absl::Time now) { lost_at_ = now; }

  // The longest wait before the next attempt, so that several are made while the session lasts;
  // infinite if there is no session to come back to.
  absl::Duration LongestWait(absl::Time now) const;

  // The connection ended before the reply to a login as `name` that asked for a session.
  void OnLoginLost(std::string_view name, absl::Time now);

  // Takes the session of an earlier program; `since` is where it was.
  void Adopt(std::string_view name, std::string_view token, absl::Duration limit,
             const Position& since);

  // Where the session of an earlier program was; nullopt if this one has logged in.
  const std::optional<Position>& since() const { return since_; }

  // The server has ended the session, or will not take its token. So a name that is taken is not that of
  // an earlier program.
  void ForgetToken() {
    token_.clear();
    if (std::exchange(since_, std::nullopt)) held_name_.clear();
  }

  // Starts anew: with another server, or after a logout.
  void Forget() { *this = {}; }

  // Whether a login as `name` may be refused because the server keeps the name for this client.
  bool MayHold(std::string_view name) const;

  // The time in which the name may become free, after MayHold was true for a refused login; if it is
  // not positive, the name is not ours.
  absl::Duration TimeLeft(absl::Time now);

  // Whether TimeLeft was asked since the latest login and was positive.
  bool trying() const { return refused_since_.has_value(); }

  // A new series of attempts begins.
  void RestartTime() { refused_since_.reset(); }

 private:
  std::string token_;
  std::string held_name_;  // that the server may keep for this client; empty: none
  absl::Duration limit_ = kUnknownLimit;
  absl::Time lost_at_ = absl::InfinitePast();
  std::optional<Position> since_;
  bool without_sessions_ = false;            // the latest login got no session
  std::optional<absl::Time> refused_since_;  // the first refusal since the latest login
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_CLIENT_KEPT_SESSION_H_

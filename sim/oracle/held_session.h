// What a session knows of its session at the server, and how long it tries a name that is taken. Written
// from transport/client/chat_session.h and docs/protocol.md, "Coming back". Part of the oracle.
#ifndef CHATHTTP_SIM_ORACLE_HELD_SESSION_H_
#define CHATHTTP_SIM_ORACLE_HELD_SESSION_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "chathttp/sim/world/client_record.h"

namespace chathttp::sim {

class HeldSession {
 public:
  // The token for a login under this name; empty if there is none.
  std::string_view TokenFor(std::string_view name) const;
  // The name as it was spelt in its login.
  const std::string& name() const { return name_; }

  void OnLoggedIn(const ReportedClientEvent& event);
  // The connection was lost, while it was logged in or while a login had no reply.
  void OnLost(absl::Duration now) { lost_at_ = now; }
  void OnLoginLost(std::string_view name, absl::Duration now);
  void ForgetToken() { token_.clear(); }
  void Forget() { *this = {}; }

  // While the session lasts, several attempts are made: the longest wait between them.
  absl::Duration LongestWait(absl::Duration now) const;
  // Whether a name that is taken may be taken by this session.
  bool MayHold(std::string_view name) const;
  // For how long it is tried yet, from the first refusal on.
  absl::Duration TimeLeft(absl::Duration now);
  bool trying() const { return refused_since_.has_value(); }
  void RestartTime() { refused_since_.reset(); }

 private:
  std::string token_;
  std::string name_;  // that the server may keep; empty: none
  absl::Duration limit_ = kUnknownLimit;
  absl::Duration lost_at_ = -absl::InfiniteDuration();
  bool refused_sessions_ = false;  // the last login got none
  std::optional<absl::Duration> refused_since_;

  static constexpr absl::Duration kUnknownLimit = absl::Seconds(150);
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_ORACLE_HELD_SESSION_H_

// Which broadcasts a client gets from before its login, and the position behind each of them. Written
// from docs/protocol.md, "Coming back". Part of the oracle.
#ifndef CHATHTTP_SIM_ORACLE_PAST_MODEL_H_
#define CHATHTTP_SIM_ORACLE_PAST_MODEL_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "chathttp/sim/world/raw_codec.h"
#include "chathttp/transport/codec/position.h"

namespace chathttp::sim {

class PastModel {
 public:
  // The reply to a login that asked for the session `requested`: none, "new" or a token.
  void OnLogin(const RawResponse& reply, std::string_view requested);
  // Returns whether the broadcast is from before the login.
  bool OnBroadcast();

  bool has_session() const { return !session_.empty(); }
  const std::string& session() const { return session_; }
  // Broadcasts from before the login that are still to come.
  std::uint64_t left() const { return left_; }
  // Behind the last broadcast; nullopt without a session.
  std::optional<Position> position() const;

 private:
  void StepOver();

  std::string session_;
  RawPosition position_;
  RawPosition end_;            // behind the replay
  std::uint64_t entered_ = 0;  // the number of the own "entered"; 0: not known
  std::uint64_t left_ = 0;
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_ORACLE_PAST_MODEL_H_

// What a raw peer keeps of its session, as docs/protocol.md, "Coming back", says: the token, and the
// position, to which each broadcast adds 1. Written from the page, not from transport/client/.
//
//   KeptSession kept;
//   kept.Take(response);             // each response, in order
//   RawRequest("ADD", kept.name(), "", kept.Lines(step.session));
#ifndef CHATHTTP_SIM_WORLD_KEPT_SESSION_H_
#define CHATHTTP_SIM_WORLD_KEPT_SESSION_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "chathttp/sim/scenario/scenario.h"
#include "chathttp/sim/world/raw_codec.h"

namespace chathttp::sim {

class KeptSession {
 public:
  // The peer sends an ADD with this name.
  void SetName(std::string_view name) { name_ = name; }
  const std::string& name() const { return name_; }

  // The header lines of an ADD that comes back with this session, or asks for one if there is none.
  std::string Lines(const SessionRequest& request) const;

  void Take(const RawResponse& response);

 private:
  void Begin(const RawResponse& response);
  void Count();
  std::string SinceOf(const SessionRequest& request) const;

  std::string name_;
  std::string token_;
  RawPosition position_;
  std::uint64_t entered_ = 0;      // the count of its own "entered", which it does not hear
  std::uint64_t replay_left_ = 0;  // broadcasts
  RawPosition replayed_;           // the position behind them
};

// The same of an ADD that is the first.
std::string FirstSessionLines(const SessionRequest& request);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_WORLD_KEPT_SESSION_H_

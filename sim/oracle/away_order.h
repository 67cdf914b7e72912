// Which members were away at one life of a server of several, as that server saw it, and how it ended
// that. Part of the oracle, written from docs/protocol.md, "Coming back".
//
//   for (const AwaySpan& span : AwaySpansOf(evidence, life)) ...
//
// A member is away at the server that had its connection when it loses that. When a server is gone, its
// members with sessions are away at all others, and at itself, if it goes on under another number.
#ifndef CHATHTTP_SIM_ORACLE_AWAY_ORDER_H_
#define CHATHTTP_SIM_ORACLE_AWAY_ORDER_H_

#include <cstddef>
#include <optional>
#include <vector>

#include "chathttp/sim/oracle/evidence.h"
#include "chathttp/sim/oracle/life_order.h"
#include "chathttp/sim/world/server_record.h"

namespace chathttp::sim {

struct AwaySpan {
  enum class Cause {
    kLoss,      // of its connection
    kTooLate,   // it came back on a connection that was gone by then
    kHostGone,  // its server
  };
  std::size_t visit = 0;  // see RoomOrder
  Cause cause = Cause::kLoss;
  std::size_t connection = kNowhere;  // of kLoss
  Moment from;
  std::size_t until = 0;                // the command that ends it, if the server does not before
  const Moment* ended = nullptr;        // when the server took that; null: never
  const LifeOrder::Own* end = nullptr;  // the logout that the server appended
  bool IsOver(std::uint64_t order) const {
    return (ended != nullptr && ended->order < order) ||
           (end != nullptr && end->appended->when.order < order);
  }
};

// In order of time. Reports logouts that the server appended for members that were not away: "quiet".
std::vector<AwaySpan> AwaySpansOf(Evidence& evidence, const LifeOrder& life);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_ORACLE_AWAY_ORDER_H_

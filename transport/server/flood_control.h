// Who may send how much: the generic cell rate algorithm (ITU-T I.371, annex A). A peer pays for
// each request; it is served as long as it has not paid further ahead than a burst. No timer and no
// sweep: the state is one instant for each connection, until when its requests are paid for.
//
//   FloodControl control({.per_second = 2, .burst = 10});
//   if (control.OpensAt(paid_until) > now) wait;         // else serve a request, and then
//   paid_until = control.Pay(paid_until, now, control.CostOfText(entity_bytes));
//
// Instants and costs are in nanoseconds. Stateless, so thread-safe.
#ifndef CHATHTTP_TRANSPORT_SERVER_FLOOD_CONTROL_H_
#define CHATHTTP_TRANSPORT_SERVER_FLOOD_CONTROL_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "chathttp/transport/server/server_options.h"

namespace chathttp {

class FloodControl {
 public:
  explicit FloodControl(const FloodLimit& limit)
      : interval_(limit.per_second == 0 ? 0 : kSecond / limit.per_second),
        tolerance_(interval_ * (static_cast<std::int64_t>(limit.burst) - 1)) {}

  bool off() const { return interval_ == 0; }

  // When the next request may be served.
  std::int64_t OpensAt(std::int64_t paid_until) const { return paid_until - tolerance_; }

  std::int64_t Pay(std::int64_t paid_until, std::int64_t now, std::int64_t cost) const {
    return std::max(paid_until, now) + cost;
  }

  // A text is read by everybody.
  std::int64_t CostOfText(std::size_t bytes) const { return interval_ + Share(bytes, 1 << 10); }
  // A list may be long, but only the sender reads it.
  std::int64_t CostOfList(std::size_t bytes) const {
    return std::min(interval_ + Share(bytes, 8 << 10), kMostForList * interval_);
  }
  // A login or logout is a notice to everybody, and changes the list.
  std::int64_t CostOfNotice() const { return 3 * interval_; }
  std::int64_t CostOfRefusal() const { return 2 * interval_; }

 private:
  static constexpr std::int64_t kSecond = 1'000'000'000;
  static constexpr std::int64_t kMostForList = 11;

  std::int64_t Share(std::size_t bytes, std::size_t unit) const {
    return interval_ * static_cast<std::int64_t>(bytes / unit);
  }

  std::int64_t interval_;  // between requests; 0 if off
  std::int64_t tolerance_;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_SERVER_FLOOD_CONTROL_H_

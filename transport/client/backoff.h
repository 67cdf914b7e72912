// Exponential backoff with jitter: the waits before successive attempts. The jitter spreads the
// clients of a server that was restarted.
//
//   Backoff backoff({.first = absl::Seconds(1), .most = absl::Seconds(60)}, random);
//   RunAt(Now() + backoff.Next(), try_again);    // 0.5 to 1 s, then 1 to 2 s, 2 to 4 s, ...
//   backoff.Reset();                             // after a success that lasts
//
// Each function is O(1). Not thread-safe.
#ifndef CHATHTTP_TRANSPORT_CLIENT_BACKOFF_H_
#define CHATHTTP_TRANSPORT_CLIENT_BACKOFF_H_

#include <algorithm>
#include <cstdint>
#include <functional>
#include <utility>

#include "absl/time/time.h"

namespace chathttp {

class Backoff {
 public:
  struct Limits {
    absl::Duration first = absl::Seconds(1);  // the first wait, without jitter
    absl::Duration most = absl::Seconds(60);  // the longest wait
  };
  // Returns uniformly distributed 64-bit values.
  using Random = std::function<std::uint64_t()>;

  // Each wait is random between half and all of its length; without `random` it is all of it.
  Backoff(const Limits& limits, Random random)
      : limits_(limits), random_(std::move(random)), whole_(limits.first) {}

  // The wait before the next attempt.
  [[nodiscard]] absl::Duration Next() {
    const absl::Duration whole = whole_;
    whole_ = std::min(2 * whole_, limits_.most);
    if (!random_) return whole;
    const double half = static_cast<double>(random_() >> 11) * 0x1p-54;  // 0 to 0.5
    return whole * (1 - half);
  }

  // The next wait is limits.first again.
  void Reset() { whole_ = limits_.first; }

 private:
  Limits limits_;
  Random random_;
  absl::Duration whole_;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_CLIENT_BACKOFF_H_

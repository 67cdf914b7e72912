// How long to wait before each attempt in a row: doubled up to a limit, and drawn, so that clients
// of a server that was restarted do not come all at once.
//
//   Backoff backoff({.first = absl::Seconds(1), .most = absl::Seconds(60)}, random);
//   RunAt(Now() + backoff.Next(), try_again);    // 0.5 to 1 s, then 1 to 2 s, 2 to 4 s, ...
//   backoff.Reset();                             // after a success that lasts
//
// O(1). One thread.
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
    absl::Duration first = absl::Seconds(1);
    absl::Duration most = absl::Seconds(60);
  };
  // Equally distributed values of 64 bits.
  using Random = std::function<std::uint64_t()>;

  // Waits are drawn between one half and the whole; without `random` they are the whole.
  Backoff(const Limits& limits, Random random)
      : limits_(limits), random_(std::move(random)), whole_(limits.first) {}

  [[nodiscard]] absl::Duration Next() {
    const absl::Duration whole = whole_;
    whole_ = std::min(2 * whole_, limits_.most);
    if (!random_) return whole;
    const double half = static_cast<double>(random_() >> 11) * 0x1p-54;  // 0 to 0.5
    return whole * (1 - half);
  }

  void Reset() { whole_ = limits_.first; }

 private:
  Limits limits_;
  Random random_;
  absl::Duration whole_;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_CLIENT_BACKOFF_H_

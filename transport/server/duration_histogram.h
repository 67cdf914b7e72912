// A histogram of durations, as Prometheus has them: how many values were at most each bound.
//
//   DurationHistogram times;
//   times.Add(absl::Milliseconds(3), 2);   // two values of 3 ms
//
// Not thread-safe.
#ifndef CHATHTTP_TRANSPORT_SERVER_DURATION_HISTOGRAM_H_
#define CHATHTTP_TRANSPORT_SERVER_DURATION_HISTOGRAM_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>

#include "absl/time/time.h"

namespace chathttp {

class DurationHistogram {
 public:
  // From a few members on loopback to a room that has stopped to be a conversation.
  static constexpr std::array<absl::Duration, 8> kBounds = {
      absl::Microseconds(200), absl::Milliseconds(1),   absl::Milliseconds(5),
      absl::Milliseconds(20),  absl::Milliseconds(50),  absl::Milliseconds(100),
      absl::Milliseconds(500), absl::Milliseconds(2500)};

  // Adds `count` values of `each`. O(1).
  void Add(absl::Duration each, std::uint64_t count) {
    const auto bound = std::lower_bound(kBounds.begin(), kBounds.end(), each);
    buckets_[static_cast<std::size_t>(bound - kBounds.begin())] += count;
    sum_ += each * static_cast<std::int64_t>(count);
  }

  DurationHistogram& operator+=(const DurationHistogram& other) {
    for (std::size_t i = 0; i < buckets_.size(); ++i) buckets_[i] += other.buckets_[i];
    sum_ += other.sum_;
    return *this;
  }

  // The number of values that are greater than bound i-1 and at most bound i; the last bucket has no
  // bound.
  const std::array<std::uint64_t, kBounds.size() + 1>& buckets() const { return buckets_; }
  std::uint64_t count() const {
    return std::accumulate(buckets_.begin(), buckets_.end(), std::uint64_t{0});
  }
  absl::Duration sum() const { return sum_; }

 private:
  std::array<std::uint64_t, kBounds.size() + 1> buckets_ = {};
  absl::Duration sum_;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_SERVER_DURATION_HISTOGRAM_H_

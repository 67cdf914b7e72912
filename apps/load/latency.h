// A histogram of durations for percentiles, in fixed memory.
//
//   LatencyHistogram latencies;
//   latencies.Add(nanoseconds);
//   latencies.Percentile(99)   // in nanoseconds, at most 1.6 % above the true one
//
// Buckets grow with the value: 64 of them for each power of two. Add is O(1) and allocates nothing.
// Not thread-safe.
#ifndef CHATHTTP_APPS_LOAD_LATENCY_H_
#define CHATHTTP_APPS_LOAD_LATENCY_H_

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace chathttp {

class LatencyHistogram {
 public:
  void Add(std::int64_t nanoseconds) {
    ++counts_[BucketOf(static_cast<std::uint64_t>(std::max<std::int64_t>(nanoseconds, 0)))];
    ++total_;
  }

  [[nodiscard]] std::uint64_t total() const { return total_; }

  // The least value that at least `percent` of all values do not exceed; 0 if there are no values.
  [[nodiscard]] std::int64_t Percentile(double percent) const {
    const double wanted = static_cast<double>(total_) * percent / 100;
    std::uint64_t seen = 0;
    for (std::size_t bucket = 0; bucket < counts_.size(); ++bucket) {
      seen += counts_[bucket];
      if (seen > 0 && static_cast<double>(seen) >= wanted) return TopOf(bucket);
    }
    return 0;
  }

 private:
  static constexpr unsigned kFineBits = 6;
  static constexpr std::uint64_t kFine = std::uint64_t{1} << kFineBits;

  // Each value below 2 * kFine has its own bucket; above, buckets ignore the bits below the highest
  // seven.
  static std::size_t BucketOf(std::uint64_t value) {
    const auto width = static_cast<unsigned>(std::bit_width(value));
    const unsigned dropped = width > kFineBits + 1 ? width - kFineBits - 1 : 0;
    return static_cast<std::size_t>(dropped * kFine + (value >> dropped));
  }
  static std::int64_t TopOf(std::size_t bucket) {
    const std::uint64_t dropped = bucket < 2 * kFine ? 0 : bucket / kFine - 1;
    const std::uint64_t fine = bucket - dropped * kFine;
    return static_cast<std::int64_t>(((fine + 1) << dropped) - 1);
  }

  std::array<std::uint64_t, (64 - kFineBits) * kFine + kFine> counts_{};
  std::uint64_t total_ = 0;
};

}  // namespace chathttp

#endif  // CHATHTTP_APPS_LOAD_LATENCY_H_

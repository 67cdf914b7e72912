// Random choices of the generator for one topic of a seed. They do not depend on the choices of
// other topics.
//
//   Chooser choose(seed, "limits");
//   if (choose.OneIn(4)) limit = choose.Skewed(16, 4096);
//
// Not thread-safe.
#ifndef CHATHTTP_SIM_SEARCH_CHOOSER_H_
#define CHATHTTP_SIM_SEARCH_CHOOSER_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/time/time.h"
#include "chathttp/sim/network/draw.h"

namespace chathttp::sim {

class Chooser {
 public:
  Chooser(std::uint64_t seed, std::string_view topic)
      : draws_(seed, Purpose::kGenerate, EntityOf(topic)) {}

  bool OneIn(std::uint64_t n) { return draws_.Uniform(1, n) == 1; }

  // Uniform from `min` to `max`, both included; 0 <= min <= max.
  std::int64_t Between(std::int64_t min, std::int64_t max) {
    return static_cast<std::int64_t>(
        draws_.Uniform(static_cast<std::uint64_t>(min), static_cast<std::uint64_t>(max)));
  }

  // From `min` to `max` with each doubling equally likely, which favours small numbers. `min` > 0.
  std::int64_t Skewed(std::int64_t min, std::int64_t max) {
    const int doublings =
        static_cast<int>(std::bit_width(static_cast<std::uint64_t>(max / min))) - 1;
    const std::int64_t low = min << Between(0, doublings);
    return Between(low, max < 2 * low ? max : 2 * low - 1);
  }

  absl::Duration Between(absl::Duration min, absl::Duration max) {
    return UniformDuration(draws_, min, max);
  }

  template <class List>
  const auto& Pick(const List& list) {
    return list[draws_.Uniform(0, std::size(list) - 1)];
  }

 private:
  DrawSequence draws_;
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_SEARCH_CHOOSER_H_

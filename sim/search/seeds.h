// Parses the seeds and modes of a command line.
//
//   ParseSeeds("1..4096")  -> SeedRange{1, 4096}
//   ParseSeeds("17")       -> SeedRange{17, 17}
//   ParseMode("hostile")   -> Mode::kHostile
//
// Pure functions.
#ifndef CHATHTTP_SIM_SEARCH_SEEDS_H_
#define CHATHTTP_SIM_SEARCH_SEEDS_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "chathttp/sim/scenario/scenario.h"

namespace chathttp::sim {

struct SeedRange {
  std::uint64_t first = 1;
  std::uint64_t last = 1;  // at least `first`

  // 0 for the range of all 2^64 seeds.
  std::uint64_t size() const { return last - first + 1; }

  friend bool operator==(const SeedRange&, const SeedRange&) = default;
};

// Accepts a decimal number below 2^64 or "FIRST..LAST"; nullopt otherwise.
[[nodiscard]] std::optional<SeedRange> ParseSeeds(std::string_view text);

[[nodiscard]] std::optional<Mode> ParseMode(std::string_view word);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_SEARCH_SEEDS_H_

// Parses and prints the numbers in a scenario: counts, sizes, durations and time offsets.
//
//   ParseQuantity(Unit::kBytes, "16K")       -> 16384
//   PrintQuantity(Unit::kDuration, 1500000)  -> "1.5ms"
//   Describe({Unit::kDuration, 1, 1000})     -> "a duration from 1ns to 1us"
//
// Durations and offsets are whole nanoseconds. Pure functions.
#ifndef CHATHTTP_SIM_SCENARIO_QUANTITY_H_
#define CHATHTTP_SIM_SCENARIO_QUANTITY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/time/time.h"

namespace chathttp::sim {

enum class Unit {
  kCount,     // 200
  kBytes,     // 700, 16K, 1M (powers of 1024)
  kDuration,  // 0, 10ms, 1.5s, 1h30m
  kOffset,    // a duration with its sign: -1h, +2s
  kRate,      // 2/10: so many a second after so many at once; see RateOf
};

struct Bounds {
  Unit unit = Unit::kCount;
  std::int64_t min = 0;
  std::int64_t max = 0;
};

// A rate as a number: any number from kOneASecond on is a rate, so that numbers can be made smaller.
inline constexpr std::int64_t kOneASecond = 1'000'000;
struct Rate {
  std::int64_t per_second;
  std::int64_t burst;
};
constexpr Rate RateOf(std::int64_t value) { return {value / kOneASecond, value % kOneASecond + 1}; }

// Nullopt if `text` is malformed, not a whole number of nanoseconds, or out of the range of int64.
[[nodiscard]] std::optional<std::int64_t> ParseQuantity(Unit unit, std::string_view text);

// The shortest text for which ParseQuantity returns `value`.
[[nodiscard]] std::string PrintQuantity(Unit unit, std::int64_t value);

// The same for a duration of whole nanoseconds.
[[nodiscard]] std::string PrintDuration(absl::Duration duration);

// The value of `text`, if it is within `bounds`.
[[nodiscard]] std::optional<std::int64_t> ParseWithin(const Bounds& bounds, std::string_view text);

// Two values within `bounds`, the first not above the second: "1..700", or "700" for both.
[[nodiscard]] std::optional<std::pair<std::int64_t, std::int64_t>> ParseSpan(const Bounds& bounds,
                                                                             std::string_view text);

// The description of a number within `bounds`, for errors.
[[nodiscard]] std::string Describe(const Bounds& bounds);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_SCENARIO_QUANTITY_H_

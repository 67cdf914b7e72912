// A position in the broadcasts of a room: `E.S` means that S broadcasts were sent before this point.
// Source: docs/protocol.md, "Coming back". Pure functions, safe from any thread.
#ifndef CHATHTTP_TRANSPORT_CODEC_POSITION_H_
#define CHATHTTP_TRANSPORT_CODEC_POSITION_H_

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"

namespace chathttp {

// The epoch changes when a server starts again: if it was killed, the same count may stand for another
// broadcast than what somebody has heard. The count goes on.
struct Position {
  std::uint64_t epoch = 0;
  std::uint64_t count = 0;

  friend auto operator<=>(const Position&, const Position&) = default;
};

// The least epoch of a server that starts at this time of day: in ms since 1970, at least 1. A later start
// has a higher one, unless the clock was set back.
std::uint64_t FreshEpoch(absl::Time wall);

// "7.120".
std::string ToString(const Position& position);

// The position with this text; nullopt if it has another form. Each number has 1 to 19 digits.
[[nodiscard]] std::optional<Position> ParsePosition(std::string_view text);

// The number that 1 to 19 decimal digits give; nullopt for anything else.
[[nodiscard]] std::optional<std::uint64_t> ParseCount(std::string_view digits);

// The value of `Gap` if nobody knows how many broadcasts are lost.
inline constexpr std::string_view kUnknownGapValue = "unknown";

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_CODEC_POSITION_H_

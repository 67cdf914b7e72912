// How long a piece of a stream is on its way.
//
//   Latency latency = UniformLatency(absl::Milliseconds(1), absl::Milliseconds(20));
//   absl::Duration next = DrawLatency(latency, draws);
//
// Durations are not negative and of whole nanoseconds. Values and pure functions.
#ifndef CHATHTTP_SIM_NETWORK_LATENCY_H_
#define CHATHTTP_SIM_NETWORK_LATENCY_H_

#include <cstdint>

#include "absl/time/time.h"
#include "sim/network/draw.h"

namespace chathttp::sim {

struct Latency {
  enum class Kind { kFixed, kUniform, kExponential, kBimodal };
  Kind kind = Kind::kFixed;
  absl::Duration first =
      {};  // fixed: it; uniform: least; exponential: mean; bimodal: the usual one
  absl::Duration second = {};  // uniform: most; exponential: least; bimodal: the rare one
  std::int64_t percent = 0;    // bimodal: how often the rare one
  friend bool operator==(const Latency&, const Latency&) = default;
};

inline Latency FixedLatency(absl::Duration latency) { return {.first = latency}; }
inline Latency UniformLatency(absl::Duration least, absl::Duration most) {
  return {.kind = Latency::Kind::kUniform, .first = least, .second = most};
}

// The latency of the next piece.
[[nodiscard]] absl::Duration DrawLatency(const Latency& latency, DrawSequence& draws);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_NETWORK_LATENCY_H_

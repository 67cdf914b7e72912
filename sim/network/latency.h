// The latency of the pieces of a stream.
//
//   Latency latency = UniformLatency(absl::Milliseconds(1), absl::Milliseconds(20));
//   absl::Duration next = DrawLatency(latency, draws);
//
// Durations are whole nanoseconds and not negative. Values and pure functions.
#ifndef CHATHTTP_SIM_NETWORK_LATENCY_H_
#define CHATHTTP_SIM_NETWORK_LATENCY_H_

#include <cstdint>

#include "absl/time/time.h"
#include "chathttp/sim/network/draw.h"

namespace chathttp::sim {

struct Latency {
  enum class Kind { kFixed, kUniform, kExponential, kBimodal };
  Kind kind = Kind::kFixed;
  // fixed: the latency; uniform: the minimum; exponential: the mean; bimodal: the usual latency
  absl::Duration first = {};
  // uniform: the maximum; exponential: the minimum; bimodal: the rare latency
  absl::Duration second = {};
  std::int64_t percent = 0;  // bimodal: probability of the rare latency
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

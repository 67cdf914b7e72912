#include "chathttp/sim/network/latency.h"

#include <algorithm>

namespace chathttp::sim {

absl::Duration DrawLatency(const Latency& latency, DrawSequence& draws) {
  switch (latency.kind) {
    case Latency::Kind::kFixed:
      return latency.first;
    case Latency::Kind::kUniform:
      return UniformDuration(draws, latency.first, latency.second);
    case Latency::Kind::kExponential: {
      const auto mean = static_cast<std::uint64_t>(absl::ToInt64Nanoseconds(latency.first));
      const auto drawn = static_cast<std::int64_t>(Exponential(draws.Bits(), mean));
      return std::max(latency.second, absl::Nanoseconds(drawn));
    }
    case Latency::Kind::kBimodal: {
      const auto percent = static_cast<std::uint64_t>(latency.percent);
      return draws.Uniform(0, 99) < percent ? latency.second : latency.first;
    }
  }
  return absl::ZeroDuration();
}

}  // namespace chathttp::sim

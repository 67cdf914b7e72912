// Draws faults for a network that a test drives by hand, without a scenario.
//
//   const std::vector<DrawnFault> faults = DrawFaults(seed, {"server", "alice", "bob"});
//   Schedule(faults, network);
//   scheduler.RunFor(kFaultsEnd);   // all faults have ended by then
//
// A function of its arguments.
#ifndef CHATHTTP_SIM_NETWORK_DRAWN_FAULTS_H_
#define CHATHTTP_SIM_NETWORK_DRAWN_FAULTS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "chathttp/sim/network/sim_network.h"

namespace chathttp::sim {

inline constexpr absl::Duration kFaultsEnd = absl::Minutes(1);

// A fault of the link from one host to another. The time counts from Schedule.
struct DrawnFault {
  enum class Kind {
    kClog,       // no byte arrives
    kPartition,  // the same in both directions
    kBandwidth,  // amount: bytes per second
    kDelay,      // amount: additional latency in nanoseconds
    kCut,        // all connections between the hosts are reset; no duration
  };
  Kind kind = Kind::kClog;
  std::string from;
  std::string to;
  absl::Duration at;
  absl::Duration duration;
  std::int64_t amount = 0;
  friend bool operator==(const DrawnFault&, const DrawnFault&) = default;
};

// "at 1.5s: clog from alice to server for 300ms"
[[nodiscard]] std::string Describe(const DrawnFault& fault);

// 1 to 8 faults in order of time, between pairs of `hosts`; none if there are fewer than two. All end
// before kFaultsEnd.
[[nodiscard]] std::vector<DrawnFault> DrawFaults(std::uint64_t seed,
                                                 const std::vector<std::string>& hosts);

// Sets timers that begin and end the faults. The network outlives them.
void Schedule(const std::vector<DrawnFault>& faults, SimNetwork& network);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_NETWORK_DRAWN_FAULTS_H_

// Draws: pseudorandom numbers that depend only on their purpose.
//
//   DrawSequence chunk(seed, Purpose::kChunk, connection);
//   std::uint64_t bytes = chunk.Uniform(1, 700);
//
// A draw is a function of (seed, purpose, entity, counter). Draws do not share a stream of numbers:
// a run without one entity gives all others the same draws as before. Draws are integers, so they
// are the same on every platform. The functions are pure; a DrawSequence is not thread-safe.
#ifndef CHATHTTP_SIM_NETWORK_DRAW_H_
#define CHATHTTP_SIM_NETWORK_DRAW_H_

#include <cstdint>
#include <string_view>

#include "absl/time/time.h"

namespace chathttp::sim {

// The values are fixed: a new purpose must not change the draws of the old ones.
enum class Purpose : std::uint64_t {
  kTie = 1,         // order of timers at one instant
  kWake = 2,        // delay before a turn starts
  kConnection = 3,  // entity of a connection, drawn from the entity of its host
  kHandshake = 4,   // latency of the packets that open a connection
  kChunk = 5,       // sizes of the pieces of a stream
  kLatency = 6,     // latency of the pieces of a stream
  kArrivalTie = 7,  // order of an arrival among the events of one instant
  kNoticeTie = 8,   // order of a notice among the events of one instant
  kSwizzle = 9,     // order in which a swizzle clogs and unclogs links
  kSpurious = 10,   // spurious notices
  kSession = 11,    // the random numbers that a session is given
  kEvery = 12,      // times between the repetitions of a step
  kStagger = 13,    // times between the participants of a step
  kFault = 14,      // faults for a network without a scenario
  kLog = 15,        // times of commands on the way to the ordered log and back
  kDeparture = 16,  // time until the other servers of a room miss one that was killed
  kDisk = 17,       // what a crash leaves on a disk, and its faults
  kJournal = 18,    // times that the writes of a journal take
  kToken = 19,      // tokens of a server
  kGenerate = 32,   // scenarios
};

// Spreads every bit of `value` over the whole result; a bijection (the finaliser of SplitMix64,
// Steele, Lea and Flood 2014).
[[nodiscard]] inline std::uint64_t Mix(std::uint64_t value) {
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

// 64 equally likely bits.
[[nodiscard]] std::uint64_t Draw(std::uint64_t seed, Purpose purpose, std::uint64_t entity,
                                 std::uint64_t counter);

// The entity of a name. It does not depend on the other names of a run.
[[nodiscard]] std::uint64_t EntityOf(std::string_view name);

// Maps 64 drawn bits to a number from `min` to `max`, both included; `min` <= `max`. The relative
// bias is below (max - min + 1) / 2^64.
[[nodiscard]] std::uint64_t Uniform(std::uint64_t bits, std::uint64_t min, std::uint64_t max);

// Maps 64 drawn bits to an exponentially distributed number of the given mean (below 2^56), rounded
// down. The result is at most 45 times the mean.
[[nodiscard]] std::uint64_t Exponential(std::uint64_t bits, std::uint64_t mean);

// The successive draws of one purpose for one entity.
class DrawSequence {
 public:
  DrawSequence(std::uint64_t seed, Purpose purpose, std::uint64_t entity);

  std::uint64_t Bits();
  std::uint64_t Uniform(std::uint64_t min, std::uint64_t max) {
    return sim::Uniform(Bits(), min, max);
  }

 private:
  std::uint64_t key_;  // the hash of seed, purpose and entity
  std::uint64_t counter_ = 0;
};

// The next duration of `draws`, in whole nanoseconds. 0 <= `min` <= `max`, both included.
[[nodiscard]] absl::Duration UniformDuration(DrawSequence& draws, absl::Duration min,
                                             absl::Duration max);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_NETWORK_DRAW_H_

// Draws: random-looking numbers that are a function of what they are for.
//
//   DrawSequence chunk(seed, Purpose::kChunk, connection);
//   std::uint64_t bytes = chunk.Uniform(1, 700);
//
// A draw depends on (seed, purpose, entity, counter) and on nothing else: there is no shared
// stream of numbers, so taking one entity out of a run leaves the draws of all others as they
// were. Integers only: the same on every platform. Pure functions, safe from any thread; a
// DrawSequence is used by one.
#ifndef CHATHTTP_SIM_NETWORK_DRAW_H_
#define CHATHTTP_SIM_NETWORK_DRAW_H_

#include <cstdint>
#include <string_view>

#include "absl/time/time.h"

namespace chathttp::sim {

// The values are fixed: a new purpose must not re-roll the old ones.
enum class Purpose : std::uint64_t {
  kTie = 1,         // order of timers at one instant
  kWake = 2,        // how late a turn begins
  kConnection = 3,  // makes the entity of a connection from that of its host
  kHandshake = 4,   // latency of what makes a connection
  kChunk = 5,       // where a stream is cut
  kLatency = 6,     // of the pieces of a stream
  kArrivalTie = 7,  // order of arrivals among the events of one instant
  kNoticeTie = 8,   // the same of notices
  kSwizzle = 9,     // in which order links are clogged and unclogged
  kSpurious = 10,   // notices without cause
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

// An entity that depends on a name only, not on what other names there are.
[[nodiscard]] std::uint64_t EntityOf(std::string_view name);

// Makes 64 drawn bits a number from `min` to `max`, both included. The odds of two results differ
// by less than (max - min + 1) / 2^64 of themselves: nothing a run could show.
[[nodiscard]] std::uint64_t Uniform(std::uint64_t bits, std::uint64_t min, std::uint64_t max);

// Makes 64 drawn bits an exponentially distributed number of the given mean (below 2^56), rounded
// down; at most 45 times the mean.
[[nodiscard]] std::uint64_t Exponential(std::uint64_t bits, std::uint64_t mean);

// The draws of one purpose for one entity, one after the other.
class DrawSequence {
 public:
  DrawSequence(std::uint64_t seed, Purpose purpose, std::uint64_t entity);

  std::uint64_t Bits();
  std::uint64_t Uniform(std::uint64_t min, std::uint64_t max) {
    return sim::Uniform(Bits(), min, max);
  }

 private:
  std::uint64_t key_;  // all that is the same in each draw
  std::uint64_t counter_ = 0;
};

// The next duration of `draws` from `min` to `max`, in whole nanoseconds; both are not negative.
[[nodiscard]] absl::Duration UniformDuration(DrawSequence& draws, absl::Duration min,
                                             absl::Duration max);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_NETWORK_DRAW_H_

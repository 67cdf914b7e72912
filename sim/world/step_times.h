// The times of the repetitions of a step and of its participants. They are drawn from the seed of the
// scenario and from what the step does, so that they outlive the deletion of other lines.
//
//   StepTimes times(scenario.seed, step);
//   times.DelayOf(2)     // of the third participant, since the step
//   times.GapBefore(1)   // from the first repetition to the second
//
// Pure functions. The step outlives the object.
#ifndef CHATHTTP_SIM_WORLD_STEP_TIMES_H_
#define CHATHTTP_SIM_WORLD_STEP_TIMES_H_

#include <cstddef>
#include <cstdint>

#include "absl/time/time.h"
#include "chathttp/sim/scenario/scenario.h"

namespace chathttp::sim {

class StepTimes {
 public:
  StepTimes(std::uint64_t seed, const Step& step);

  bool staggered() const;

  // Since the step. O(index).
  absl::Duration DelayOf(std::size_t index) const;
  // Requires 0 < round < step.count. O(1).
  absl::Duration GapBefore(std::int64_t round) const;
  // From the step to the last repetition of the last participant. O(participants + repetitions).
  absl::Duration Length(std::size_t participants) const;

 private:
  std::uint64_t seed_;
  const Step& step_;
  std::uint64_t entity_;
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_WORLD_STEP_TIMES_H_

// Port: time and the turns of the event loop.
//
// A turn is one pass of the loop: the notices that are due (streams, connections, timers, in any
// order), then the tasks of AtEndOfTurn. Tasks run on the loop's thread, one after the other.
#ifndef CHATHTTP_TRANSPORT_PORTS_SCHEDULER_H_
#define CHATHTTP_TRANSPORT_PORTS_SCHEDULER_H_

#include <cstdint>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"

namespace chathttp {

// Names a timer of one scheduler; never used again. kNoTimer names none.
enum class TimerId : std::uint64_t {};
inline constexpr TimerId kNoTimer{0};

class Scheduler {
 public:
  using Task = absl::AnyInvocable<void()>;

  Scheduler() = default;
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;
  virtual ~Scheduler() = default;

  // Monotonic time since some arbitrary instant: only differences and order mean anything, and
  // setting the clock of the machine does not change it. Constant within a turn step.
  virtual absl::Time Now() const = 0;

  // The time of day, as people and `Datetime` know it. May jump in either direction.
  virtual absl::Time WallNow() const = 0;

  // Runs `task` once, in a later turn step, at or soon after `when` (on the scale of Now). A time
  // that has passed means the next turn. Timers run in order of `when`.
  virtual TimerId RunAt(absl::Time when, Task task) = 0;

  // Forgets a timer; no effect once it has run or for kNoTimer.
  virtual void Cancel(TimerId timer) = 0;

  // Runs `task` once, after all notices of this turn, in order of the calls. Called from such a
  // task: at the end of the next turn, which then comes without waiting.
  virtual void AtEndOfTurn(Task task) = 0;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_PORTS_SCHEDULER_H_

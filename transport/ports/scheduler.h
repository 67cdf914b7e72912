// Port: time and the turns of the event loop.
//
// The loop waits until something has happened, and then runs a turn: one pass over all that it has
// to tell. In a turn, the loop first gives the notices: it calls the observers of streams, the
// acceptors and callbacks of networks, and the timers that are due. Then it runs the tasks of
// AtEndOfTurn. Each of these calls is a turn step. Steps run one after the other and never inside
// each other, so a function that is called "in a later turn step" is not called before the current
// step has returned to the loop. The order of notices from different sources is not specified; but
// timers run in the order of their times, and tasks in the order of the calls.
//
//   turn:  notice, notice, timer, timer, ... | task, task, ...
//
// A step must not throw. Use a scheduler only on the loop's thread. Tests in chathttp/contract/ check what this header
// promises.
#ifndef CHATHTTP_TRANSPORT_PORTS_SCHEDULER_H_
#define CHATHTTP_TRANSPORT_PORTS_SCHEDULER_H_

#include <cstdint>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"
#include "chathttp/version.h"  // refuses compilers below C++20

namespace chathttp {

// Identifies a timer of one scheduler; never reused. kNoTimer identifies none.
enum class TimerId : std::uint64_t {};
inline constexpr TimerId kNoTimer{0};

class Scheduler {
 public:
  using Task = absl::AnyInvocable<void()>;

  Scheduler() = default;
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;
  virtual ~Scheduler() = default;

  // Monotonic time since an arbitrary instant: only differences and order are meaningful. Setting
  // the machine's clock does not change it. Never goes back; constant within a turn step.
  virtual absl::Time Now() const = 0;

  // Monotonic time on the scale of Now, to measure how long something takes within a turn step.
  // Never earlier than Now; Now itself where time stands still within a step, as in simulations.
  virtual absl::Time Instant() const { return Now(); }

  // The wall-clock time, for `Datetime` and for people. May jump in either direction.
  virtual absl::Time WallNow() const = 0;

  // Runs `task` once, in a later turn step, at or soon after `when` (on the scale of Now): not
  // earlier, and never if `when` is InfiniteFuture. Timers that are due in one turn all run in it,
  // in order of `when`. A timer for a time that has passed runs in the next turn that starts, or in
  // this one; if a timer or a task of AtEndOfTurn sets it, in the next one. `task` must not be empty
  // (asserted).
  virtual TimerId RunAt(absl::Time when, Task task) = 0;

  // Cancels a timer: it does not run, even if it is due in this turn. No effect if it runs or has
  // run, or for kNoTimer.
  virtual void Cancel(TimerId timer) = 0;

  // Runs `task` once, after all notices of this turn, in order of the calls. A call from inside
  // such a task runs its task at the end of the next turn, which then starts without waiting; so
  // does a call between turns. `task` must not be empty (asserted).
  virtual void AtEndOfTurn(Task task) = 0;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_PORTS_SCHEDULER_H_

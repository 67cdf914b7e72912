// Port: time and the turns of the event loop.
//
// A turn is one pass of the loop: first the pending notices (streams, connections, timers, in any
// order), then the tasks of AtEndOfTurn. Each notice or task is a turn step. Use a scheduler only
// on the loop's thread; its tasks run there, one after the other.
#ifndef CHATHTTP_TRANSPORT_PORTS_SCHEDULER_H_
#define CHATHTTP_TRANSPORT_PORTS_SCHEDULER_H_

#include <cstdint>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"

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
  // the machine's clock does not change it. Constant within a turn step.
  virtual absl::Time Now() const = 0;

  // The wall-clock time, for `Datetime` and for people. May jump in either direction.
  virtual absl::Time WallNow() const = 0;

  // Runs `task` once, in a later turn step, at or soon after `when` (on the scale of Now). If
  // `when` has passed, it runs in the next turn. Timers run in order of `when`.
  virtual TimerId RunAt(absl::Time when, Task task) = 0;

  // Cancels a timer. No effect if it has run, or for kNoTimer.
  virtual void Cancel(TimerId timer) = 0;

  // Runs `task` once, after all notices of this turn, in order of the calls. A call from inside
  // such a task runs its task at the end of the next turn, which then starts without waiting.
  virtual void AtEndOfTurn(Task task) = 0;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_PORTS_SCHEDULER_H_

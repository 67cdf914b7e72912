// A scheduler without a loop of its own: the program that knows the time and the ready descriptors
// runs its turns. It fits a game's frame loop, a test with time of its own, or a loop over poll(2).
//
//   HostScheduler scheduler(now, wall_now);
//   ...
//   while (running) {
//     WaitUntil(scheduler.next_due());                 // or for descriptors
//     scheduler.Turn(MonotonicNow(), absl::Now(), [&] { DeliverNoticesOfStreams(); });
//   }
//
// Streams in memory (memory_network.h) need no notices from outside: they use timers. Not
// thread-safe. The scheduler must outlive all objects that were made with it.
#ifndef CHATHTTP_TRANSPORT_PORTS_HOST_SCHEDULER_H_
#define CHATHTTP_TRANSPORT_PORTS_HOST_SCHEDULER_H_

#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/time/time.h"
#include "chathttp/transport/ports/scheduler.h"
#include "chathttp/transport/ports/timer_queue.h"

namespace chathttp {

class HostScheduler final : public Scheduler {
 public:
  // Now and WallNow return these values until the first turn.
  explicit HostScheduler(absl::Time now = absl::UnixEpoch(),
                         absl::Time wall_now = absl::UnixEpoch())
      : now_(now), wall_now_(wall_now) {}
  ~HostScheduler() override;

  // Scheduler. RunAt and Cancel: O(log timers).
  absl::Time Now() const override { return now_; }
  absl::Time WallNow() const override { return wall_now_; }
  TimerId RunAt(absl::Time when, Task task) override;
  void Cancel(TimerId timer) override;
  void AtEndOfTurn(Task task) override;

  // Runs one turn, in which Now and WallNow return these values: first `notices`, which calls the
  // observers of ready streams; then the timers that are due; then the tasks of AtEndOfTurn. If
  // `now` is earlier than in the last turn, Now stays; InfiniteFuture is no time (asserted). Returns next_due(). Must not be called
  // inside a turn (asserted).
  absl::Time Turn(
      absl::Time now, absl::Time wall_now, absl::FunctionRef<void()> notices = [] {});

  // When the next turn is due, on the scale of Now: Now if a turn is needed at once,
  // InfiniteFuture if only a notice can cause one. A call of RunAt, Cancel or AtEndOfTurn changes
  // it.
  absl::Time next_due() const {
    return end_of_turn_.empty() ? std::max(now_, timers_.next()) : now_;
  }

 private:
  absl::Time now_;
  absl::Time wall_now_;
  TimerQueue timers_;
  std::vector<Task> end_of_turn_;
  bool in_turn_ = false;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_PORTS_HOST_SCHEDULER_H_

// Timers, ordered by time and then by creation: the part that schedulers share.
//
//   TimerQueue timers;
//   TimerId id = timers.Add(now + absl::Seconds(1), [] { ... });
//   timers.Cancel(id);
//   timers.RunDue(now);
//
// Not thread-safe. A timer's task may call every method but RunDue.
#ifndef CHATHTTP_TRANSPORT_PORTS_TIMER_QUEUE_H_
#define CHATHTTP_TRANSPORT_PORTS_TIMER_QUEUE_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "chathttp/transport/ports/scheduler.h"

namespace chathttp {

class TimerQueue {
 public:
  // `task` must not be empty (asserted). O(log timers).
  TimerId Add(absl::Time when, Scheduler::Task task);

  // No effect on a timer that has run or never existed. O(log timers).
  void Cancel(TimerId timer);

  // The time at which the first timer is due; InfiniteFuture if there is none.
  absl::Time next() const;

  // Runs the timers that are due at `now` and existed when the call began. A timer that another
  // task cancels does not run. Must not be called inside a timer's task (asserted).
  void RunDue(absl::Time now);

  // Removes all timers without running them.
  void Clear();

 private:
  using Key = std::pair<absl::Time, TimerId>;

  absl::btree_map<Key, Scheduler::Task> tasks_;
  absl::flat_hash_map<TimerId, absl::Time> times_;
  std::vector<Key> due_;  // used by RunDue, kept for its capacity
  std::uint64_t last_id_ = 0;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_PORTS_TIMER_QUEUE_H_

// Timers in order of time, then of their making.
//
//   TimerQueue timers;
//   TimerId id = timers.Add(now + absl::Seconds(1), [] { ... });
//   timers.Cancel(id);
//   timers.RunDue(now);
//
// One thread; every member may be called from inside a timer's task.
#ifndef CHATHTTP_ADAPTERS_TIMER_QUEUE_H_
#define CHATHTTP_ADAPTERS_TIMER_QUEUE_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "transport/ports/scheduler.h"

namespace chathttp::posix {

class TimerQueue {
 public:
  // O(log timers).
  TimerId Add(absl::Time when, Scheduler::Task task);

  // No effect on a timer that has run or was never made. O(log timers).
  void Cancel(TimerId timer);

  // When the first timer is due; InfiniteFuture if there is none.
  absl::Time next() const;

  // Runs the timers that are due at `now` and that were there when this was called; one that is
  // cancelled by the task of another does not run.
  void RunDue(absl::Time now);

  // Forgets all timers.
  void Clear();

 private:
  using Key = std::pair<absl::Time, TimerId>;

  absl::btree_map<Key, Scheduler::Task> tasks_;
  absl::flat_hash_map<TimerId, absl::Time> times_;
  std::vector<Key> due_;  // of RunDue, kept for its capacity
  std::uint64_t last_id_ = 0;
};

}  // namespace chathttp::posix

#endif  // CHATHTTP_ADAPTERS_TIMER_QUEUE_H_

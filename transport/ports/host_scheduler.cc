#include "chathttp/transport/ports/host_scheduler.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace chathttp {

HostScheduler::~HostScheduler() {
  // Destroyed first: objects that the tasks own may call the scheduler from their destructors.
  timers_.Clear();
  const std::vector<Task> forgotten = std::exchange(end_of_turn_, {});
}

TimerId HostScheduler::RunAt(absl::Time when, Task task) {
  return timers_.Add(when, std::move(task));
}

void HostScheduler::Cancel(TimerId timer) { timers_.Cancel(timer); }

void HostScheduler::AtEndOfTurn(Task task) {
  assert(task);
  end_of_turn_.push_back(std::move(task));
}

absl::Time HostScheduler::Turn(absl::Time now, absl::Time wall_now,
                               absl::FunctionRef<void()> notices) {
  assert(!in_turn_ && now != absl::InfiniteFuture());
  in_turn_ = true;
  now_ = std::max(now_, now);
  wall_now_ = wall_now;
  notices();
  timers_.RunDue(now_);
  for (Task& task : std::exchange(end_of_turn_, {})) task();
  in_turn_ = false;
  return next_due();
}

}  // namespace chathttp

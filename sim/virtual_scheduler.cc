#include "sim/virtual_scheduler.h"

#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "sim/draw.h"

namespace chathttp::sim {
namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

// The first whole nanosecond at or after `time`, kNever at most.
std::int64_t CeilingNanos(absl::Time time) {
  const std::int64_t nanos = absl::ToUnixNanos(time);
  return nanos != kNever && absl::FromUnixNanos(nanos) < time ? nanos + 1 : nanos;
}

}  // namespace

TimerId VirtualScheduler::RunAt(absl::Time when, Task task) {
  const std::uint64_t tie = Draw(options_.seed, Purpose::kTie, 0, last_sequence_ + 1);
  return RunAt(when, tie, std::move(task));
}

TimerId VirtualScheduler::RunAt(absl::Time when, std::uint64_t tie, Task task) {
  const std::uint64_t sequence = ++last_sequence_;
  const std::int64_t time_ns = CeilingNanos(when);
  if (time_ns != kNever) {
    const Key key{time_ns, tie, sequence};
    queue_.emplace(key, std::move(task));
    timers_.emplace(sequence, key);
  }
  return TimerId{sequence};
}

void VirtualScheduler::Cancel(TimerId timer) {
  const auto found = timers_.find(static_cast<std::uint64_t>(timer));
  if (found == timers_.end()) return;
  // The task goes last: destroying it may come back here.
  const auto node = queue_.extract(found->second);
  timers_.erase(found);
}

bool VirtualScheduler::Step() {
  if (!status_.ok() || !HasWorkUntil(kNever)) return false;
  WaitForWork();
  ++counters_.turns;
  RunDueEvents();
  RunEndOfTurnTasks();
  return status_.ok();
}

bool VirtualScheduler::RunUntil(absl::FunctionRef<bool()> done, absl::Duration limit) {
  const std::int64_t end_ns = CeilingNanos(Now() + limit);
  while (!done()) {
    if (!HasWorkUntil(end_ns)) {
      AdvanceTo(end_ns);
      return done();
    }
    if (!Step()) return false;
  }
  return true;
}

void VirtualScheduler::RunFor(absl::Duration duration) {
  const std::int64_t end_ns = CeilingNanos(Now() + duration);
  while (HasWorkUntil(end_ns)) {
    if (!Step()) return;
  }
  AdvanceTo(end_ns);
}

bool VirtualScheduler::HasWorkUntil(std::int64_t end_ns) const {
  return !end_of_turn_.empty() || (!queue_.empty() && queue_.begin()->first.time_ns <= end_ns);
}

void VirtualScheduler::WaitForWork() {
  if (!end_of_turn_.empty() || queue_.begin()->first.time_ns <= now_ns_) return;
  const absl::Duration delay =
      UniformDuration(wake_draws_, absl::ZeroDuration(), options_.max_wake_delay);
  AdvanceTo(queue_.begin()->first.time_ns + absl::ToInt64Nanoseconds(delay));
}

void VirtualScheduler::AdvanceTo(std::int64_t time_ns) {
  if (time_ns <= now_ns_) return;
  now_ns_ = time_ns;
  events_at_instant_ = 0;
}

void VirtualScheduler::RunDueEvents() {
  const std::uint64_t newest = last_sequence_;
  Key visited{};
  for (auto next = queue_.begin(); next != queue_.end() && next->first.time_ns <= now_ns_;
       next = queue_.upper_bound(visited)) {
    visited = next->first;
    if (visited.sequence > newest) continue;
    auto node = queue_.extract(next);
    timers_.erase(visited.sequence);
    if (!Run(node.mapped())) return;
  }
}

void VirtualScheduler::RunEndOfTurnTasks() {
  std::vector<Task> tasks = std::exchange(end_of_turn_, {});
  for (Task& task : tasks) {
    if (!Run(task)) return;
  }
}

bool VirtualScheduler::Run(Task& task) {
  if (++events_at_instant_ > options_.max_events_per_instant) {
    status_ = absl::ResourceExhaustedError(
        absl::StrCat("events at one instant: the limit is ", options_.max_events_per_instant,
                     ", and time stands still at ", now_ns_, " ns: a loop without delay"));
    return false;
  }
  ++counters_.events;
  task();
  return true;
}

}  // namespace chathttp::sim

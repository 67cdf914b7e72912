#include "chathttp/transport/ports/timer_queue.h"

#include <cassert>
#include <utility>

namespace chathttp {

TimerId TimerQueue::Add(absl::Time when, Scheduler::Task task) {
  assert(task);
  const TimerId id{++last_id_};
  tasks_.emplace(Key(when, id), std::move(task));
  times_.emplace(id, when);
  return id;
}

void TimerQueue::Cancel(TimerId timer) {
  const auto time = times_.find(timer);
  if (time == times_.end()) return;
  const auto entry = tasks_.find(Key(time->second, timer));
  times_.erase(time);
  // Destroys the task last: destructors of objects that it owns may call the queue.
  const Scheduler::Task forgotten = std::move(entry->second);
  tasks_.erase(entry);
}

absl::Time TimerQueue::next() const {
  return tasks_.empty() ? absl::InfiniteFuture() : tasks_.begin()->first.first;
}

void TimerQueue::RunDue(absl::Time now) {
  assert(due_.empty());
  for (auto entry = tasks_.begin(); entry != tasks_.end() && entry->first.first <= now; ++entry) {
    due_.push_back(entry->first);
  }
  for (const Key& key : due_) {
    const auto entry = tasks_.find(key);
    if (entry == tasks_.end()) continue;
    Scheduler::Task task = std::move(entry->second);
    tasks_.erase(entry);
    times_.erase(key.second);
    task();
  }
  due_.clear();
}

void TimerQueue::Clear() {
  const auto forgotten = std::move(tasks_);
  tasks_.clear();
  times_.clear();
}

}  // namespace chathttp

#include "chathttp/transport/server/deadline_set.h"

namespace chathttp {
namespace {

constexpr std::size_t kKeptSlots = 64;  // slots that the table keeps even if it is empty

}  // namespace

DeadlineSet::DeadlineSet(Scheduler& scheduler, Scheduler::Task due)
    : scheduler_(scheduler), due_(std::move(due)) {}

DeadlineSet::~DeadlineSet() { scheduler_.Cancel(timer_); }

void DeadlineSet::Set(ConnectionId id, absl::Time deadline) {
  if (deadline == absl::InfiniteFuture()) return;
  const auto [entry, added] = by_id_.try_emplace(id, deadline);
  if (!added) {
    if (entry->second <= deadline) return;
    by_time_.erase({entry->second, id});
    entry->second = deadline;
  }
  by_time_.insert({deadline, id});
  Arm();
}

void DeadlineSet::Remove(ConnectionId id) {
  const auto entry = by_id_.find(id);
  if (entry == by_id_.end()) return;
  by_time_.erase({entry->second, id});
  by_id_.erase(entry);
  ShrinkTable();
}

// Frees memory after a burst of deadlines; a hash table does not shrink by itself. Amortised O(1).
void DeadlineSet::ShrinkTable() {
  if (by_id_.capacity() > kKeptSlots && by_id_.size() < by_id_.capacity() / 8) by_id_.rehash(0);
}

std::vector<ConnectionId> DeadlineSet::TakeExpired() {
  std::vector<ConnectionId> expired;
  const absl::Time now = scheduler_.Now();
  while (!by_time_.empty() && by_time_.begin()->first <= now) {
    expired.push_back(by_time_.begin()->second);
    by_id_.erase(expired.back());
    by_time_.erase(by_time_.begin());
  }
  ShrinkTable();
  Arm();
  return expired;
}

// The timer is set to the earliest deadline or before it: a removed deadline may leave its timer.
void DeadlineSet::Arm() {
  if (by_time_.empty() || armed_for_ <= by_time_.begin()->first) return;
  scheduler_.Cancel(timer_);
  armed_for_ = by_time_.begin()->first;
  timer_ = scheduler_.RunAt(armed_for_, [this] {
    timer_ = kNoTimer;
    armed_for_ = absl::InfiniteFuture();
    if (!by_time_.empty() && by_time_.begin()->first <= scheduler_.Now()) return due_();
    Arm();
  });
}

}  // namespace chathttp

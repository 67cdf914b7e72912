#include "chathttp/sim/network/virtual_scheduler.h"

#include <algorithm>
#include <cassert>
#include <functional>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "chathttp/sim/network/draw.h"

namespace chathttp::sim {
namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

// The first whole nanosecond at or after `time`, at most kNever.
std::int64_t CeilingNanos(absl::Time time) {
  const std::int64_t nanos = absl::ToUnixNanos(time);
  return nanos != kNever && absl::FromUnixNanos(nanos) < time ? nanos + 1 : nanos;
}

// A TimerId holds the sequence and, in the low bits, the slot.
constexpr int kSlotBits = 24;
constexpr std::size_t kMaxSlots = std::size_t{1} << kSlotBits;

}  // namespace

TimerId VirtualScheduler::RunAt(absl::Time when, Task task) {
  const std::uint64_t tie = Draw(options_.seed, Purpose::kTie, 0, last_sequence_ + 1);
  return RunAt(when, tie, std::move(task));
}

TimerId VirtualScheduler::RunAt(absl::Time when, std::uint64_t tie, Task task) {
  assert(task);
  const std::uint64_t sequence = ++last_sequence_;
  const std::int64_t time_ns = CeilingNanos(when);
  if (time_ns == kNever) return kNoTimer;
  const std::size_t slot = TakeSlot();
  slots_[slot] = {sequence, std::move(task)};
  queue_.push_back({time_ns, tie, sequence, slot});
  std::push_heap(queue_.begin(), queue_.end(), std::greater<>());
  return TimerId{sequence << kSlotBits | slot};
}

void VirtualScheduler::AtEndOfTurn(Task task) {
  assert(task);
  end_of_turn_.push_back(std::move(task));
}

void VirtualScheduler::Cancel(TimerId timer) {
  const auto id = static_cast<std::uint64_t>(timer);
  const std::size_t slot = id % kMaxSlots;
  if (timer == kNoTimer || slots_[slot].sequence != id >> kSlotBits) return;
  // The task is destroyed last: its destructor may call Cancel.
  const Task task = Free(slot);
  DropStale();
}

std::size_t VirtualScheduler::TakeSlot() {
  if (free_slots_.empty()) {
    assert(slots_.size() < kMaxSlots);
    free_slots_.push_back(slots_.size());
    slots_.emplace_back();
  }
  const std::size_t slot = free_slots_.back();
  free_slots_.pop_back();
  return slot;
}

Scheduler::Task VirtualScheduler::Free(std::size_t slot) {
  slots_[slot].sequence = 0;
  free_slots_.push_back(slot);
  return std::exchange(slots_[slot].task, nullptr);
}

void VirtualScheduler::DropFirst() {
  std::pop_heap(queue_.begin(), queue_.end(), std::greater<>());
  queue_.pop_back();
}

void VirtualScheduler::DropStale() {
  if (queue_.size() > 64 + 2 * pending_timers()) {
    std::erase_if(queue_, [this](const Entry& entry) { return IsStale(entry); });
    std::make_heap(queue_.begin(), queue_.end(), std::greater<>());
  }
  while (!queue_.empty() && IsStale(queue_.front())) DropFirst();
}

bool VirtualScheduler::Step() {
  if (!status_.ok() || !HasWorkUntil(kNever)) return false;
  WaitForWork();
  if (++turns_at_instant_ > options_.max_turns_per_instant) {
    status_ = absl::ResourceExhaustedError(
        absl::StrCat("turns at one instant: the limit is ", options_.max_turns_per_instant,
                     ", and time stands still: a loop without delay"));
    return false;
  }
  ++counters_.turns;
  RunDueEvents();
  RunEndOfTurnTasks();
  return true;
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
  return !end_of_turn_.empty() || (!queue_.empty() && queue_.front().time_ns <= end_ns);
}

void VirtualScheduler::WaitForWork() {
  if (!end_of_turn_.empty() || queue_.front().time_ns <= now_ns_) return;
  const absl::Duration delay =
      UniformDuration(wake_draws_, absl::ZeroDuration(), options_.max_wake_delay);
  AdvanceTo(queue_.front().time_ns + absl::ToInt64Nanoseconds(delay));
}

void VirtualScheduler::AdvanceTo(std::int64_t time_ns) {
  if (time_ns <= now_ns_) return;
  now_ns_ = time_ns;
  turns_at_instant_ = 0;
}

void VirtualScheduler::RunDueEvents() {
  due_.clear();
  while (!queue_.empty() && queue_.front().time_ns <= now_ns_) {
    due_.push_back(queue_.front());
    DropFirst();
  }
  for (const Entry& entry : due_) {
    if (IsStale(entry)) continue;
    Task task = Free(entry.slot);
    Run(task);
  }
  DropStale();
}

void VirtualScheduler::RunEndOfTurnTasks() {
  std::swap(end_of_turn_, running_);
  for (Task& task : running_) Run(task);
  running_.clear();
}

void VirtualScheduler::Run(Task& task) {
  ++counters_.events;
  task();
}

}  // namespace chathttp::sim

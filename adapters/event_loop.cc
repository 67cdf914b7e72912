#include "chathttp/adapters/event_loop.h"

#include <sys/eventfd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <ctime>
#include <limits>

#include "absl/time/clock.h"
#include "chathttp/adapters/system_error.h"

namespace chathttp::posix {
namespace {

absl::Time MonotonicNow() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return absl::TimeFromTimespec(now);
}

epoll_event MakeEvent(std::uint32_t events, WatchId watch) {
  epoll_event event{};
  event.events = events | EPOLLET;
  event.data.u64 = static_cast<std::uint64_t>(watch);
  return event;
}

WatchId MakeWatchId(std::uint32_t generation, std::uint32_t index) {
  return WatchId{std::uint64_t{generation} << 32 | index};
}

}  // namespace

absl::StatusOr<std::unique_ptr<EventLoop>> EventLoop::Create() {
  FileDescriptor epoll(epoll_create1(EPOLL_CLOEXEC));
  if (!epoll.valid()) return CallError(errno, "epoll_create1");
  FileDescriptor event(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!event.valid()) return CallError(errno, "eventfd");
  epoll_event mail = MakeEvent(EPOLLIN, kNoWatch);
  if (epoll_ctl(epoll.get(), EPOLL_CTL_ADD, event.get(), &mail) != 0) {
    return CallError(errno, "epoll_ctl");
  }
  auto mailbox = std::make_shared<Mailbox>(std::move(event));
  return std::unique_ptr<EventLoop>(new EventLoop(std::move(epoll), std::move(mailbox)));
}

EventLoop::EventLoop(FileDescriptor epoll, std::shared_ptr<Mailbox> mailbox)
    : epoll_(std::move(epoll)),
      mailbox_(std::move(mailbox)),
      now_(MonotonicNow()),
      batch_(kBatch) {}

EventLoop::~EventLoop() {
  // Destroyed first: objects that the tasks own may call the loop from their destructors.
  timers_.Clear();
  const std::vector<Task> forgotten = std::exchange(end_of_turn_, {});
}

absl::Time EventLoop::Instant() const { return MonotonicNow(); }

absl::Time EventLoop::WallNow() const { return absl::Now(); }

TimerId EventLoop::RunAt(absl::Time when, Task task) { return timers_.Add(when, std::move(task)); }

void EventLoop::Cancel(TimerId timer) { timers_.Cancel(timer); }

void EventLoop::AtEndOfTurn(Task task) {
  assert(task);
  end_of_turn_.push_back(std::move(task));
}

void EventLoop::Run() {
  while (!stop_) Turn(absl::InfiniteDuration());
  stop_ = false;
}

void EventLoop::Turn(absl::Duration max_wait) {
  assert(!in_turn_);
  in_turn_ = true;
  ++turns_;
  const std::size_t events = Poll(WaitMilliseconds(max_wait));
  now_ = MonotonicNow();
  DeliverWakes();
  DeliverBatch(events);
  if (timers_.next() <= now_) {
    DeliverArrived();
    timers_.RunDue(now_);
  }
  RunEndOfTurn();
  in_turn_ = false;
}

// Fills batch_ and returns the number of its events: 0 if a signal ended the wait.
std::size_t EventLoop::Poll(int wait_milliseconds) {
  const int events =
      epoll_wait(epoll_.get(), batch_.data(), static_cast<int>(batch_.size()), wait_milliseconds);
  return static_cast<std::size_t>(std::max(events, 0));
}

void EventLoop::DeliverBatch(std::size_t events) {
  for (std::size_t i = 0; i < events; ++i) {
    const WatchId watch{batch_[i].data.u64};
    watch == kNoWatch ? DeliverMail() : Deliver(watch, batch_[i].events);
  }
}

// Sets now_ and delivers all events that had arrived by then. The process may have been stopped
// since the last poll, so this polls again: otherwise a timer that became due meanwhile would run
// before input that arrived in time.
void EventLoop::DeliverArrived() {
  now_ = MonotonicNow();
  // The kernel returns the events in order of arrival, at most one for each descriptor. So this
  // many batches hold all events older than now_, however many arrive after it.
  for (std::size_t batches = slots_.size() / kBatch + 1; batches > 0; --batches) {
    const std::size_t events = Poll(0);
    DeliverBatch(events);
    if (events < kBatch) return;
  }
}

absl::Time EventLoop::next_due() const {
  return wakes_.empty() && end_of_turn_.empty() ? timers_.next() : now_;
}

int EventLoop::WaitMilliseconds(absl::Duration max_wait) const {
  absl::Duration wait = max_wait;
  const absl::Time next = next_due();
  if (next <= now_) return 0;
  if (next != absl::InfiniteFuture()) wait = std::min(wait, next - MonotonicNow());
  if (wait == absl::InfiniteDuration()) return -1;
  // Rounded up: a turn before the timer is due would do nothing.
  const std::int64_t milliseconds =
      absl::ToInt64Milliseconds(absl::Ceil(wait, absl::Milliseconds(1)));
  return static_cast<int>(
      std::clamp<std::int64_t>(milliseconds, 0, std::numeric_limits<int>::max()));
}

void EventLoop::DeliverWakes() {
  waking_.swap(wakes_);
  for (const auto& [watch, events] : waking_) Deliver(watch, events);
  waking_.clear();
}

void EventLoop::DeliverMail() {
  for (Task& task : mailbox_->TakeAll()) task();
}

void EventLoop::RunEndOfTurn() {
  ending_.swap(end_of_turn_);
  for (Task& task : ending_) task();
  ending_.clear();
}

void EventLoop::Deliver(WatchId watch, std::uint32_t events) {
  if (HasWatcher(watch)) slots_[IndexOf(watch)].watcher->OnReady(events);
}

std::uint32_t EventLoop::IndexOf(WatchId watch) {
  return static_cast<std::uint32_t>(static_cast<std::uint64_t>(watch));
}

bool EventLoop::HasWatcher(WatchId watch) const {
  const std::uint32_t index = IndexOf(watch);
  return index < slots_.size() && slots_[index].watcher != nullptr &&
         slots_[index].generation == static_cast<std::uint64_t>(watch) >> 32;
}

WatchId EventLoop::AddWatcher(Watcher& watcher, int descriptor) {
  if (descriptor < 0) return kNoWatch;
  const auto index = static_cast<std::uint32_t>(descriptor);
  if (index >= slots_.size()) slots_.resize(std::size_t{index} + 1);
  Slot& slot = slots_[index];
  assert(slot.watcher == nullptr);
  slot.watcher = &watcher;
  // Skips 0, so that no WatchId is ever kNoWatch.
  if (++slot.generation == 0) slot.generation = 1;
  return MakeWatchId(slot.generation, index);
}

int EventLoop::Attach(WatchId watch, std::uint32_t events) {
  if (!HasWatcher(watch)) return EBADF;
  epoll_event event = MakeEvent(events, watch);
  const int descriptor = static_cast<int>(IndexOf(watch));
  return epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, descriptor, &event) == 0 ? 0 : errno;
}

WatchId EventLoop::WatchOf(const Watcher& watcher, int descriptor) const {
  if (descriptor < 0) return kNoWatch;
  const auto index = static_cast<std::uint32_t>(descriptor);
  if (index >= slots_.size() || slots_[index].watcher != &watcher) return kNoWatch;
  return MakeWatchId(slots_[index].generation, index);
}

void EventLoop::Wake(WatchId watch, std::uint32_t events) { wakes_.emplace_back(watch, events); }

void EventLoop::RemoveWatcher(WatchId watch) {
  if (!HasWatcher(watch)) return;
  const std::uint32_t index = IndexOf(watch);
  slots_[index].watcher = nullptr;
  // Fails if the watcher was not attached.
  epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, static_cast<int>(index), nullptr);
}

}  // namespace chathttp::posix

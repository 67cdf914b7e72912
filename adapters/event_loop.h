// The event loop of a process or a thread: readiness of descriptors by epoll, timers by the
// monotonic clock, and the turns of transport/ports/scheduler.h.
//
//   auto loop = EventLoop::Create();
//   if (!loop.ok()) return loop.status();
//   PosixNetwork network(**loop);
//   ...
//   (*loop)->Run();
//
// A turn waits, then delivers at most kBatch readiness events, then the timers that are due, then
// the tasks of AtEndOfTurn. If a timer is due, the turn first delivers all events that had arrived
// by Now, in as many batches as needed: a process that was suspended handles its input before its
// timers. Not thread-safe, except Mailbox::Post. The loop outlives all objects made with it.
//
// Instead of Run, a loop of another library (Qt, GLib, libuv, poll(2)) may run the turns. It waits
// until descriptor() is readable, or until the next turn is due, and then runs one:
//
//   pollfd ready{.fd = loop.descriptor(), .events = POLLIN, .revents = 0};
//   while (running) {
//     poll(&ready, 1, loop.WaitMilliseconds());
//     loop.Turn(absl::ZeroDuration());
//   }
#ifndef CHATHTTP_ADAPTERS_EVENT_LOOP_H_
#define CHATHTTP_ADAPTERS_EVENT_LOOP_H_

#include <sys/epoll.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "chathttp/adapters/file_descriptor.h"
#include "chathttp/adapters/mailbox.h"
#include "chathttp/transport/ports/scheduler.h"
#include "chathttp/transport/ports/timer_queue.h"

namespace chathttp::posix {

// Gets a call when a descriptor may be ready.
class Watcher {
 public:
  // `events` are those of epoll_wait or of Wake. May remove watchers, including this one.
  virtual void OnReady(std::uint32_t events) = 0;

 protected:
  ~Watcher() = default;
};

// Identifies a watcher of one loop. An id is never reused, so an event of a closed descriptor
// cannot reach a later watcher. kNoWatch identifies none.
enum class WatchId : std::uint64_t {};
inline constexpr WatchId kNoWatch{0};

class EventLoop final : public Scheduler {
 public:
  static constexpr std::size_t kBatch = 512;

  // Error: ResourceExhausted (no descriptors left).
  static absl::StatusOr<std::unique_ptr<EventLoop>> Create();
  ~EventLoop() override;

  // CLOCK_MONOTONIC at the start of the turn, or later in it.
  absl::Time Now() const override { return now_; }
  absl::Time Instant() const override;
  absl::Time WallNow() const override;
  TimerId RunAt(absl::Time when, Task task) override;
  void Cancel(TimerId timer) override;
  void AtEndOfTurn(Task task) override;

  // Runs turns until Stop.
  void Run();

  // Runs one turn, which waits for at most `max_wait`. Must not be called inside a turn (asserted).
  void Turn(absl::Duration max_wait);

  // Readable (POLLIN) while there are events or posted tasks to deliver: then a turn is needed. Do
  // not read from it or close it. The same for the life of the loop.
  int descriptor() const { return epoll_.get(); }

  // When the next turn is due, on the scale of Now, which is CLOCK_MONOTONIC: not later than Now if
  // a turn is needed at once, InfiniteFuture if only descriptor() can cause one. Each turn, and each
  // call to the loop or to an object made with it, may change it: ask just before waiting.
  absl::Time next_due() const;

  // How long a wait may last until next_due(), as poll(2) and epoll_wait(2) take it: rounded up to
  // milliseconds, -1 for ever. At most `max_wait`.
  int WaitMilliseconds(absl::Duration max_wait = absl::InfiniteDuration()) const;

  // Ends Run after the current turn. Outside of Run, makes the next Run return at once. Does not
  // concern loops that call Turn themselves.
  void Stop() { stop_ = true; }

  // The number of turns so far.
  std::uint64_t turns() const { return turns_; }

  // Adds `watcher` for `descriptor`, which must have no other watcher. The watcher must live, and
  // the descriptor stay open, until RemoveWatcher. Returns kNoWatch if `descriptor` is negative.
  // Amortised O(1), no system call. Memory grows with the highest descriptor, and the kernel always
  // assigns the lowest free one: open(2).
  WatchId AddWatcher(Watcher& watcher, int descriptor);

  // Reports the epoll `events` of the watcher's descriptor, edge-triggered; events that hold
  // already come in the next turn. Call it at most once per watcher. Returns 0 or an errno value:
  // EPERM for regular files and the like, which are always ready; EBADF if the watcher is gone.
  [[nodiscard]] int Attach(WatchId watch, std::uint32_t events);

  // Returns the id that AddWatcher returned for `watcher` and `descriptor`, so that a watcher need
  // not store it; kNoWatch if `watcher` does not watch `descriptor`. O(1).
  WatchId WatchOf(const Watcher& watcher, int descriptor) const;

  // Delivers `events` to the watcher in the next turn, which starts without waiting.
  void Wake(WatchId watch, std::uint32_t events);

  // Removes the watcher: it gets no more events. No effect if it was removed before.
  void RemoveWatcher(WatchId watch);

  bool HasWatcher(WatchId watch) const;

  // Other threads post tasks for this loop here.
  const std::shared_ptr<Mailbox>& mailbox() const { return mailbox_; }

 private:
  struct Slot {
    Watcher* watcher = nullptr;
    std::uint32_t generation = 0;  // of the latest WatchId
  };

  EventLoop(FileDescriptor epoll, std::shared_ptr<Mailbox> mailbox);
  static std::uint32_t IndexOf(WatchId watch);
  std::size_t Poll(int wait_milliseconds);
  void DeliverBatch(std::size_t events);
  void DeliverArrived();
  void Deliver(WatchId watch, std::uint32_t events);
  void DeliverWakes();
  void DeliverMail();
  void RunEndOfTurn();

  const FileDescriptor epoll_;
  const std::shared_ptr<Mailbox> mailbox_;
  absl::Time now_;
  TimerQueue timers_;
  std::vector<Task> end_of_turn_;
  std::vector<Task> ending_;  // used by RunEndOfTurn, kept for its capacity
  std::vector<std::pair<WatchId, std::uint32_t>> wakes_;
  std::vector<std::pair<WatchId, std::uint32_t>> waking_;  // used by DeliverWakes, likewise
  std::vector<Slot> slots_;                                // by descriptor
  std::vector<epoll_event> batch_;
  std::uint64_t turns_ = 0;
  bool stop_ = false;
  bool in_turn_ = false;
};

}  // namespace chathttp::posix

#endif  // CHATHTTP_ADAPTERS_EVENT_LOOP_H_

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
// the tasks of AtEndOfTurn. If a timer is due, the turn first delivers all that had arrived by Now,
// in as many batches as it takes: a process that was suspended sees its input before its timers.
// Everything on one thread, except Mailbox::Post. The loop outlives all that was made with it.
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
#include "adapters/file_descriptor.h"
#include "adapters/mailbox.h"
#include "adapters/timer_queue.h"
#include "transport/ports/scheduler.h"

namespace chathttp::posix {

// Told that a descriptor may be ready.
class Watcher {
 public:
  // `events` as epoll_wait gives them or as Wake was told. May remove watchers, itself too.
  virtual void OnReady(std::uint32_t events) = 0;

 protected:
  ~Watcher() = default;
};

// Names a watcher of one loop; never used again, so that no event of a descriptor that is closed
// reaches another one. kNoWatch names none.
enum class WatchId : std::uint64_t {};
inline constexpr WatchId kNoWatch{0};

class EventLoop final : public Scheduler {
 public:
  static constexpr std::size_t kBatch = 512;

  // Error: ResourceExhausted (no descriptors left).
  static absl::StatusOr<std::unique_ptr<EventLoop>> Create();
  ~EventLoop() override;

  absl::Time Now() const override { return now_; }
  absl::Time WallNow() const override;
  TimerId RunAt(absl::Time when, Task task) override;
  void Cancel(TimerId timer) override;
  void AtEndOfTurn(Task task) override;

  // Turns until Stop.
  void Run();

  // One turn, which waits for at most `max_wait`. Not from inside a turn.
  void Turn(absl::Duration max_wait);

  // Ends Run after the turn in progress; outside of Run, the next one at once.
  void Stop() { stop_ = true; }

  // How many turns there have been.
  std::uint64_t turns() const { return turns_; }

  // Adds `watcher` for `descriptor`, which has no other watcher; both stay until removed, the
  // descriptor open. kNoWatch if it is negative. Amortised O(1), no system call. Memory grows with
  // the highest descriptor, and the kernel gives the lowest that is free: open(2).
  WatchId AddWatcher(Watcher& watcher, int descriptor);

  // Reports the epoll `events` of the watcher's descriptor, edge-triggered; those that are there
  // already come in the next turn. At most once per watcher. Returns 0 or an errno value: EPERM
  // for regular files and the like, which are always ready; EBADF if the watcher is gone.
  [[nodiscard]] int Attach(WatchId watch, std::uint32_t events);

  // What AddWatcher returned for `watcher` and `descriptor`, so that a watcher need not keep it;
  // kNoWatch if it is not the watcher of the descriptor. O(1).
  WatchId WatchOf(const Watcher& watcher, int descriptor) const;

  // Delivers `events` to the watcher in the next turn, which comes without waiting.
  void Wake(WatchId watch, std::uint32_t events);

  // Forgets the watcher: no event comes any more. No effect on one that is gone.
  void RemoveWatcher(WatchId watch);

  bool HasWatcher(WatchId watch) const;

  // Where other threads post tasks for this one.
  const std::shared_ptr<Mailbox>& mailbox() const { return mailbox_; }

 private:
  struct Slot {
    Watcher* watcher = nullptr;
    std::uint32_t generation = 0;  // of the latest WatchId
  };

  EventLoop(FileDescriptor epoll, std::shared_ptr<Mailbox> mailbox);
  static std::uint32_t IndexOf(WatchId watch);
  int WaitMilliseconds(absl::Duration max_wait) const;
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
  std::vector<Task> ending_;  // of RunEndOfTurn, kept for its capacity
  std::vector<std::pair<WatchId, std::uint32_t>> wakes_;
  std::vector<std::pair<WatchId, std::uint32_t>> waking_;  // of DeliverWakes, likewise
  std::vector<Slot> slots_;                                // by descriptor
  std::vector<epoll_event> batch_;
  std::uint64_t turns_ = 0;
  bool stop_ = false;
};

}  // namespace chathttp::posix

#endif  // CHATHTTP_ADAPTERS_EVENT_LOOP_H_

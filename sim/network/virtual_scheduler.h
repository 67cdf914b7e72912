// Virtual time: a Scheduler whose clock stands still while tasks run and then jumps to the next
// event.
//
//   VirtualScheduler scheduler({.seed = 4711});
//   scheduler.RunAt(scheduler.Now() + absl::Hours(60), [&] { late = true; });
//   EXPECT_TRUE(scheduler.RunUntil([&] { return late; }, absl::Hours(61)));
//
// Time is a whole number of nanoseconds and starts at 1 s. Events run in order of time; the seed
// determines the order of events at one instant. A turn runs all events that are due at its start;
// events added during a turn wait for the next turn, even if they are due at once.
//
// One scheduler serves all processes of a simulation: each of its turns is one turn of every
// process. How many events fall into one turn depends on max_wake_delay.
//
// The scheduler outlives every user of its timers. Not thread-safe.
#ifndef CHATHTTP_SIM_NETWORK_VIRTUAL_SCHEDULER_H_
#define CHATHTTP_SIM_NETWORK_VIRTUAL_SCHEDULER_H_

#include <cstddef>
#include <cstdint>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "chathttp/sim/network/draw.h"
#include "chathttp/transport/ports/scheduler.h"

namespace chathttp::sim {

class VirtualScheduler final : public Scheduler {
 public:
  struct Options {
    std::uint64_t seed = 1;
    // A turn that waits for an event starts up to this long after the event (uniform). It then runs
    // the events of that interval as well.
    absl::Duration max_wake_delay = absl::ZeroDuration();
    // Turns that may run at one instant; more indicate a loop without delay. Any number of events
    // may fall into one turn: thousands of clients that act at once need few turns.
    std::uint64_t max_turns_per_instant = 1'000'000;
  };
  struct Counters {
    std::uint64_t turns = 0;
    std::uint64_t events = 0;  // timers and end-of-turn tasks
  };

  explicit VirtualScheduler(const Options& options)
      : options_(options), wake_draws_(options.seed, Purpose::kWake, 0) {}

  // Scheduler. A timer beyond the year 2262 never runs. O(log(pending timers)).
  absl::Time Now() const override { return absl::FromUnixNanos(now_ns_); }
  absl::Time WallNow() const override { return Now() + wall_offset_; }
  TimerId RunAt(absl::Time when, Task task) override;
  void Cancel(TimerId timer) override;
  void AtEndOfTurn(Task task) override;

  // RunAt with a tie drawn by the caller: of two events at one instant, the one with the smaller
  // tie runs first. RunAt without `tie` draws one that depends on the number of timers set before.
  TimerId RunAt(absl::Time when, std::uint64_t tie, Task task);

  // Sets the wall clock: from now on WallNow() is Now() plus `offset`.
  void SetWallOffset(absl::Duration offset) { wall_offset_ = offset; }

  // Takes effect for turns that start from now on.
  void SetMaxWakeDelay(absl::Duration delay) { options_.max_wake_delay = delay; }

  // Runs one turn; jumps to the next event first if nothing is due. Returns false if there are no
  // events or status() is an error.
  bool Step();

  // Runs turns until `done` returns true. Returns false after `limit`, or if status() is an error.
  [[nodiscard]] bool RunUntil(absl::FunctionRef<bool()> done, absl::Duration limit);

  // Runs all turns of the next `duration` and advances the clock by it, unless status() is an
  // error.
  void RunFor(absl::Duration duration);

  // ResourceExhausted after more than max_turns_per_instant turns; nothing runs after that.
  const absl::Status& status() const { return status_; }

  const Counters& counters() const { return counters_; }

  // Timers that have neither run nor been cancelled.
  std::size_t pending_timers() const { return slots_.size() - free_slots_.size(); }

 private:
  // A timer in the queue; stale once its slot has another sequence.
  struct Entry {
    std::int64_t time_ns;
    std::uint64_t tie;
    std::uint64_t sequence;
    std::size_t slot;
    friend bool operator>(const Entry& a, const Entry& b) {
      return std::tie(a.time_ns, a.tie, a.sequence) > std::tie(b.time_ns, b.tie, b.sequence);
    }
  };
  struct Slot {
    std::uint64_t sequence = 0;  // 0: free
    Task task;
  };

  bool HasWorkUntil(std::int64_t end_ns) const;
  void WaitForWork();
  void AdvanceTo(std::int64_t time_ns);
  void RunDueEvents();
  void RunEndOfTurnTasks();
  void Run(Task& task);
  std::size_t TakeSlot();
  Task Free(std::size_t slot);
  bool IsStale(const Entry& entry) const { return slots_[entry.slot].sequence != entry.sequence; }
  void DropFirst();
  void DropStale();

  Options options_;
  DrawSequence wake_draws_;
  std::int64_t now_ns_ = 1'000'000'000;
  absl::Duration wall_offset_;
  std::vector<Entry> queue_;  // a heap with the earliest entry on top, which is never stale
  std::vector<Entry> due_;
  std::vector<Slot> slots_;
  std::vector<std::size_t> free_slots_;
  std::vector<Task> end_of_turn_;
  std::vector<Task> running_;
  std::uint64_t last_sequence_ = 0;
  std::uint64_t turns_at_instant_ = 0;
  Counters counters_;
  absl::Status status_;
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_NETWORK_VIRTUAL_SCHEDULER_H_

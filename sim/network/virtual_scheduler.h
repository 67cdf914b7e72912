// Virtual time: a Scheduler whose clock stands still while something runs and then jumps to the
// next event.
//
//   VirtualScheduler scheduler({.seed = 4711});
//   scheduler.RunAt(scheduler.Now() + absl::Hours(60), [&] { late = true; });
//   EXPECT_TRUE(scheduler.RunUntil([&] { return late; }, absl::Hours(61)));
//
// Time is a whole number of nanoseconds and starts at 1 s. Events run in order of their time; those
// of one instant in an order drawn from the seed. A turn takes all events that are due when it
// begins; what it adds waits for the next turn, even if it is due at once.
//
// One scheduler serves all processes of a simulation: a turn of it stands for one turn of each of
// them, and a process sees nothing of the others but the order of its own notices, which is drawn.
// How many events meet in one turn depends on how late a process wakes up: see max_wake_delay.
//
// Must outlive everything that set a timer here. One thread.
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
#include "sim/network/draw.h"
#include "transport/ports/scheduler.h"

namespace chathttp::sim {

class VirtualScheduler final : public Scheduler {
 public:
  struct Options {
    std::uint64_t seed = 1;
    // A turn that had to wait begins up to this much after its first event: drawn, uniform. The
    // events of the meantime are then part of it.
    absl::Duration max_wake_delay = absl::ZeroDuration();
    // Timers and tasks that may run before time moves on; more is a loop without delay.
    std::uint64_t max_events_per_instant = 1'000'000;
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
  void AtEndOfTurn(Task task) override { end_of_turn_.push_back(std::move(task)); }

  // RunAt with a tie drawn by the caller: of two events of one instant, that with the smaller tie
  // runs first. Ties of RunAt depend on how many timers were set before, by whomever.
  TimerId RunAt(absl::Time when, std::uint64_t tie, Task task);

  // Sets the clock on the wall: WallNow() is Now() plus `offset` from here on.
  void SetWallOffset(absl::Duration offset) { wall_offset_ = offset; }

  // Of turns that begin from here on.
  void SetMaxWakeDelay(absl::Duration delay) { options_.max_wake_delay = delay; }

  // Runs one turn, after a jump in time if nothing is due. False if there is nothing to run, ever,
  // or status() is an error.
  bool Step();

  // Runs turns until `done`; false if that did not come within `limit`, which has passed then, or
  // status() is an error.
  [[nodiscard]] bool RunUntil(absl::FunctionRef<bool()> done, absl::Duration limit);

  // Runs all turns of the next `duration`, which has passed then unless status() is an error.
  void RunFor(absl::Duration duration);

  // ResourceExhausted once max_events_per_instant was exceeded: nothing runs any more.
  const absl::Status& status() const { return status_; }

  const Counters& counters() const { return counters_; }

  // Timers that have neither run nor been cancelled.
  std::size_t pending_timers() const { return slots_.size() - free_slots_.size(); }

 private:
  // A timer in the queue; over once its slot has another sequence.
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
  bool Run(Task& task);
  std::size_t TakeSlot();
  Task Free(std::size_t slot);
  bool IsOver(const Entry& entry) const { return slots_[entry.slot].sequence != entry.sequence; }
  void DropFirst();
  void DropWhatIsOver();

  Options options_;
  DrawSequence wake_draws_;
  std::int64_t now_ns_ = 1'000'000'000;
  absl::Duration wall_offset_;
  std::vector<Entry> queue_;  // a heap, the first one on top; that one is not over
  std::vector<Entry> due_;
  std::vector<Slot> slots_;
  std::vector<std::size_t> free_slots_;
  std::vector<Task> end_of_turn_;
  std::vector<Task> running_;
  std::uint64_t last_sequence_ = 0;
  std::uint64_t events_at_instant_ = 0;
  Counters counters_;
  absl::Status status_;
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_NETWORK_VIRTUAL_SCHEDULER_H_

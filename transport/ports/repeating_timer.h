// Runs a task again and again, once in each period, until it is destroyed.
//
//   RepeatingTimer tick(scheduler, absl::Seconds(1), [&] { Redraw(); });
//
// The k-th run is due k periods after the timer was made: late turns do not add up. When a process
// was suspended for many periods, the task runs once, and then at the next multiple of the period.
// Not thread-safe. `scheduler` must outlive the timer. The task may destroy the timer.
#ifndef CHATHTTP_TRANSPORT_PORTS_REPEATING_TIMER_H_
#define CHATHTTP_TRANSPORT_PORTS_REPEATING_TIMER_H_

#include <cassert>
#include <memory>
#include <utility>

#include "absl/time/time.h"
#include "chathttp/transport/ports/scheduler.h"

namespace chathttp {

class RepeatingTimer {
 public:
  // The first run is due one `period` from now. `period` must be positive, and `task` not empty
  // (asserted).
  RepeatingTimer(Scheduler& scheduler, absl::Duration period, Scheduler::Task task)
      : scheduler_(scheduler),
        period_(period),
        task_(std::make_shared<Scheduler::Task>(std::move(task))),
        next_(scheduler.Now() + period) {
    assert(period > absl::ZeroDuration() && *task_);
    Schedule();
  }
  RepeatingTimer(const RepeatingTimer&) = delete;
  RepeatingTimer& operator=(const RepeatingTimer&) = delete;
  ~RepeatingTimer() { scheduler_.Cancel(timer_); }

 private:
  void Schedule() {
    timer_ = scheduler_.RunAt(next_, [this] { Run(); });
  }

  void Run() {
    const absl::Time now = scheduler_.Now();
    next_ = now - (now - next_) % period_ + period_;
    Schedule();
    // Keeps the task alive while it runs, even if it destroys the timer.
    const std::shared_ptr<Scheduler::Task> alive = task_;
    (*alive)();
  }

  Scheduler& scheduler_;
  const absl::Duration period_;
  const std::shared_ptr<Scheduler::Task> task_;
  absl::Time next_;
  TimerId timer_ = kNoTimer;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_PORTS_REPEATING_TIMER_H_

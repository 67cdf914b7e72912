// Asks the scheduler for one end-of-turn call at most, and none after its own end.
//
//   Turn turn(scheduler, [this] { Work(); });
//   turn.Request();   // any number of times: Work() runs once, at the end of the turn
//
// `scheduler` outlives the Turn; one thread, that of the loop.
#ifndef CHATHTTP_TRANSPORT_PORTS_TURN_H_
#define CHATHTTP_TRANSPORT_PORTS_TURN_H_

#include <memory>
#include <utility>

#include "transport/ports/scheduler.h"

namespace chathttp {

class Turn {
 public:
  Turn(Scheduler& scheduler, Scheduler::Task run)
      : scheduler_(scheduler), state_(std::make_shared<State>(State{std::move(run)})) {}

  // Has the task run at the end of this turn; from within the task, of the next one.
  void Request() {
    if (state_->requested) return;
    state_->requested = true;
    scheduler_.AtEndOfTurn([state = std::weak_ptr<State>(state_)] {
      // Holds the task while it runs, even if it destroys the Turn.
      if (const std::shared_ptr<State> alive = state.lock()) {
        alive->requested = false;
        alive->run();
      }
    });
  }

 private:
  struct State {
    Scheduler::Task run;
    bool requested = false;
  };

  Scheduler& scheduler_;
  std::shared_ptr<State> state_;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_PORTS_TURN_H_

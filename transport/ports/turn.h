// Coalesces requests for an end-of-turn task into one call. After the Turn is destroyed, its task
// does not run.
//
//   Turn turn(scheduler, [this] { Work(); });
//   turn.Request();   // any number of times: Work() runs once, at the end of the turn
//
// `scheduler` must outlive the Turn. Use it only on the loop's thread.
#ifndef CHATHTTP_TRANSPORT_PORTS_TURN_H_
#define CHATHTTP_TRANSPORT_PORTS_TURN_H_

#include <cassert>
#include <memory>
#include <utility>

#include "chathttp/transport/ports/scheduler.h"

namespace chathttp {

class Turn {
 public:
  // `run` must not be empty (asserted).
  Turn(Scheduler& scheduler, Scheduler::Task run)
      : scheduler_(scheduler), state_(std::make_shared<State>(State{std::move(run)})) {
    assert(state_->run);
  }

  // Runs the task at the end of this turn; called from the task itself, at the end of the next
  // turn.
  void Request() {
    if (state_->requested) return;
    state_->requested = true;
    scheduler_.AtEndOfTurn([state = std::weak_ptr<State>(state_)] {
      // Keeps the task alive while it runs, even if it destroys the Turn.
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

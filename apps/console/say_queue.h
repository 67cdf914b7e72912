// Texts on their way to the room, one at a time: the next one is given to the connection once the
// one before was said, or never will be.
//
//   SayQueue queue(scheduler, session, 1000, refused, changed);
//   queue.Add("one");       // given to the connection at once
//   queue.Add("two");       // waits
//   queue.Settle();         // "one" was said: "two" is given at the end of the turn
//
// One thread.
#ifndef CHATHTTP_APPS_CONSOLE_SAY_QUEUE_H_
#define CHATHTTP_APPS_CONSOLE_SAY_QUEUE_H_

#include <cstddef>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "apps/console/session.h"
#include "transport/ports/scheduler.h"
#include "transport/ports/turn.h"

namespace chathttp {

class SayQueue {
 public:
  using Refused = std::function<void(std::string_view text, std::string_view reason)>;

  // `scheduler` and `session` outlive the queue. `refused` is called for what the connection does
  // not take, `changed` when waiting() is another one though nobody called.
  SayQueue(Scheduler& scheduler, ConsoleSession& session, std::size_t max_waiting, Refused refused,
           std::function<void()> changed)
      : session_(session),
        max_waiting_(max_waiting),
        refused_(std::move(refused)),
        changed_(std::move(changed)),
        turn_(scheduler, [this] {
          SayNext();
          changed_();
        }) {}

  // False if too many wait.
  bool Add(std::string_view text);

  // The text on the way was said, or never will be. The connection is telling so right now, perhaps
  // with that text half put away: the next one is given to it when it is done.
  void Settle();

  // Gives all that waits to the connection, which says what it can before it leaves; what it does
  // not take goes on waiting.
  void HandOver();

  // Forgets and returns what waits.
  std::deque<std::string> TakeWaiting();

  // Nothing is on the way any more, as there is no connection, nor will there be.
  void Reset() { on_the_way_ = false; }

  [[nodiscard]] const std::deque<std::string>& waiting() const { return waiting_; }
  [[nodiscard]] bool on_the_way() const { return on_the_way_; }

 private:
  void SayNext();

  ConsoleSession& session_;
  std::size_t max_waiting_;
  Refused refused_;
  std::function<void()> changed_;
  Turn turn_;
  std::deque<std::string> waiting_;
  bool on_the_way_ = false;
};

}  // namespace chathttp

#endif  // CHATHTTP_APPS_CONSOLE_SAY_QUEUE_H_

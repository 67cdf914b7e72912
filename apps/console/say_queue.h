// The queue of texts to send, one in flight at a time: the connection gets the next text when the
// outcome of the previous one is known.
//
//   SayQueue queue(scheduler, session, 1000, refused, changed);
//   queue.Add("one");        // passed to the connection at once
//   queue.Add("two");        // waits
//   queue.FinishCurrent();   // "one" is delivered: "two" is passed on at the end of the turn
//
// Not thread-safe.
#ifndef CHATHTTP_APPS_CONSOLE_SAY_QUEUE_H_
#define CHATHTTP_APPS_CONSOLE_SAY_QUEUE_H_

#include <cstddef>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "apps/console/session.h"
#include "chathttp/transport/ports/scheduler.h"
#include "chathttp/transport/ports/turn.h"

namespace chathttp {

class SayQueue {
 public:
  using Refused = std::function<void(std::string_view text, std::string_view reason)>;

  // `scheduler` and `session` outlive the queue. `refused` is called for a text that the connection
  // does not take, `changed` when waiting() changes outside of a call to this object.
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

  // Returns false if the queue is full.
  bool Add(std::string_view text);

  // The outcome of the text in flight is known: delivered, refused or lost. Callable from an event
  // of the connection, so the next text is passed on only at the end of the turn.
  void FinishCurrent();

  // Passes all waiting texts to the connection, before it leaves. Texts that it does not take stay
  // in the queue.
  void Flush();

  // Removes and returns the waiting texts.
  std::deque<std::string> TakeWaiting();

  // Clears in_flight(), once the connection is closed for good.
  void Reset() { in_flight_ = false; }

  [[nodiscard]] const std::deque<std::string>& waiting() const { return waiting_; }
  [[nodiscard]] bool in_flight() const { return in_flight_; }

 private:
  void SayNext();

  ConsoleSession& session_;
  std::size_t max_waiting_;
  Refused refused_;
  std::function<void()> changed_;
  Turn turn_;
  std::deque<std::string> waiting_;
  bool in_flight_ = false;
};

}  // namespace chathttp

#endif  // CHATHTTP_APPS_CONSOLE_SAY_QUEUE_H_

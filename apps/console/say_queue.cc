#include "apps/console/say_queue.h"

#include <utility>

#include "chathttp/domain/absl_view.h"

namespace chathttp {

bool SayQueue::Add(std::string_view text) {
  if (waiting_.size() >= max_waiting_) return false;
  waiting_.emplace_back(text);
  SayNext();
  return true;
}

void SayQueue::FinishCurrent() {
  in_flight_ = false;
  turn_.Request();
}

void SayQueue::Flush() {
  while (!waiting_.empty() && session_.Say(waiting_.front()).ok()) waiting_.pop_front();
}

std::deque<std::string> SayQueue::TakeWaiting() { return std::exchange(waiting_, {}); }

void SayQueue::SayNext() {
  while (!in_flight_ && !waiting_.empty()) {
    const std::string text = std::move(waiting_.front());
    waiting_.pop_front();
    const absl::Status status = session_.Say(text);
    in_flight_ = status.ok();
    if (!status.ok()) refused_(text, StdView(status.message()));
  }
}

}  // namespace chathttp

#include "chathttp/sim/network/listener.h"

#include <utility>

#include "chathttp/sim/network/host.h"
#include "chathttp/sim/network/sim_network.h"

namespace chathttp::sim {

SimListener::SimListener(SimHost& host, std::uint16_t port, Acceptor& acceptor,
                         Descriptor descriptor)
    : host_(host), port_(port), acceptor_(acceptor), descriptor_(std::move(descriptor)) {}

SimListener::~SimListener() {
  host_.CloseListener(port_);
  host_.network().scheduler().Cancel(accept_);
  for (Waiting& waiting : waiting_) waiting.stream->Reset();
}

Endpoint SimListener::local() const { return {host_.address(), port_}; }

bool SimListener::full() const { return waiting_.size() >= host_.network().options().backlog; }

void SimListener::Enqueue(std::unique_ptr<SimStream> stream, std::string peer, std::uint64_t tie) {
  waiting_.push_back({std::move(stream), std::move(peer), tie});
  ScheduleAccept();
}

void SimListener::ScheduleAccept() {
  if (waiting_.empty() || accept_ != kNoTimer) return;
  VirtualScheduler& scheduler = host_.network().scheduler();
  accept_ = scheduler.RunAt(scheduler.Now(), waiting_.front().tie, [this] { AcceptNext(); });
}

// The acceptor may destroy the listener.
void SimListener::AcceptNext() {
  accept_ = kNoTimer;
  Waiting next = std::move(waiting_.front());
  waiting_.pop_front();
  ScheduleAccept();
  Descriptor descriptor = host_.TakeDescriptor();
  if (descriptor == nullptr) {
    next.stream->Record(Crossing::kOverflow);
    acceptor_.OnOverflow(*next.stream, next.peer);
    return;
  }
  next.stream->Hold(std::move(descriptor));
  next.stream->Record(Crossing::kAccept);
  acceptor_.OnAccept(std::move(next.stream), next.peer);
}

}  // namespace chathttp::sim

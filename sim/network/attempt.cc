#include "chathttp/sim/network/attempt.h"

#include <cassert>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "chathttp/sim/network/listener.h"
#include "chathttp/sim/network/sim_network.h"

namespace chathttp::sim {
namespace {

constexpr int kMaxOpenings = 7;

}  // namespace

SimAttempt::SimAttempt(SimHost& host, const Endpoint& to, std::uint64_t entity,
                       ConnectCallback done)
    : host_(host),
      server_(host.network().FindHost(to.host)),
      port_(to.port),
      entity_(entity),
      draws_(host.network().options().seed, Purpose::kHandshake, entity),
      done_(std::move(done)),
      descriptor_(host.TakeDescriptor()) {
  assert(done_);
  if (descriptor_ == nullptr) {
    FailSoon(host.NoDescriptor());
  } else if (server_ == nullptr) {
    FailSoon(absl::NotFoundError(absl::StrCat("no such host: ", to.host)));
  } else {
    SendOpening();
  }
}

SimAttempt::~SimAttempt() { host_.network().scheduler().Cancel(timer_); }

void SimAttempt::After(absl::Duration delay, Step step) {
  VirtualScheduler& scheduler = host_.network().scheduler();
  timer_ = scheduler.RunAt(scheduler.Now() + delay, draws_.Bits(), [this, step] {
    timer_ = kNoTimer;
    (this->*step)();
  });
}

void SimAttempt::FailSoon(absl::Status why) {
  outcome_ = std::move(why);
  After(absl::ZeroDuration(), &SimAttempt::Answer);
}

void SimAttempt::SendOpening() {
  ++openings_sent_;
  const NetworkOptions& options = host_.network().options();
  const absl::Duration delay =
      UniformDuration(draws_, options.min_connect_delay, options.max_connect_delay);
  const absl::Duration latency = host_.network().link(host_, *server_).LatencyOfPacket(draws_);
  if (latency > RetryWait()) return RetryLater();
  After(delay + latency, &SimAttempt::OpeningArrives);
}

void SimAttempt::OpeningArrives() {
  SimNetwork& network = host_.network();
  Link& way_back = network.link(*server_, host_);
  for (Link* link : {&network.link(host_, *server_), &way_back}) {
    if (!link->clogged()) continue;
    link->CountEffect(LinkFault::Kind::kClog);
    return RetryLater();
  }
  const absl::Duration latency = way_back.LatencyOfPacket(draws_);
  SimListener* listener = server_->ListenerAt(port_);
  if (latency > RetryWait() || (listener != nullptr && listener->full())) return RetryLater();
  if (listener == nullptr) {
    outcome_ = absl::UnavailableError("connection refused");
  } else {
    const std::string local = ToString({host_.address(), host_.NextPort()});
    SimNetwork::Streams streams = network.Establish(host_, *server_, entity_, local);
    streams.client->Hold(std::move(descriptor_));
    outcome_ = std::move(streams.client);
    listener->Enqueue(std::move(streams.server), local, draws_.Bits());
  }
  After(latency, &SimAttempt::Answer);
}

absl::Duration SimAttempt::RetryWait() const { return absl::Seconds(1 << (openings_sent_ - 1)); }

void SimAttempt::RetryLater() {
  if (openings_sent_ < kMaxOpenings) return After(RetryWait(), &SimAttempt::SendOpening);
  outcome_ = absl::DeadlineExceededError("connection timed out");
  After(RetryWait(), &SimAttempt::Answer);
}

// The callback may destroy the attempt.
void SimAttempt::Answer() {
  const auto crossing = outcome_.ok() ? Crossing::kConnected : Crossing::kNotConnected;
  host_.network().Record(crossing, entity_);
  descriptor_.reset();
  ConnectCallback done = std::move(done_);
  done(std::move(outcome_));
}

}  // namespace chathttp::sim

#include "chathttp/sim/network/link.h"

#include <algorithm>
#include <cassert>

namespace chathttp::sim {
namespace {

// The lower of two bandwidths. 0 means no limit.
std::int64_t Lesser(std::int64_t one, std::int64_t other) {
  if (one == 0 || other == 0) return std::max(one, other);
  return std::min(one, other);
}

}  // namespace

void Link::Begin(const LinkFault& fault) {
  faults_.push_back(fault);
  Recompute();
}

void Link::End(const LinkFault& fault) {
  const auto found = std::find(faults_.begin(), faults_.end(), fault);
  assert(found != faults_.end());
  faults_.erase(found);
  Recompute();
  for (LinkUser* user : users_) user->OnFaultEnd();
}

absl::Duration Link::LatencyOfPacket(DrawSequence& draws) {
  if (delay_ > absl::ZeroDuration()) CountEffect(LinkFault::Kind::kDelay);
  return DrawLatency(options_.latency, draws) + delay_;
}

absl::Time Link::ArrivalOf(std::size_t bytes, absl::Time now, absl::Time& busy_until,
                           DrawSequence& draws) {
  const std::int64_t bytes_per_second = Lesser(options_.bytes_per_second, bytes_per_second_);
  if (bytes_per_second > 0) {
    const auto count = static_cast<std::int64_t>(bytes);
    if (busy_until < now) busy_until = now;
    busy_until += absl::Nanoseconds(count * 1'000'000'000 / bytes_per_second);
    now = busy_until;
    if (bytes_per_second == bytes_per_second_) CountEffect(LinkFault::Kind::kBandwidth);
  }
  return now + LatencyOfPacket(draws);
}

void Link::Recompute() {
  clogs_ = 0;
  bytes_per_second_ = 0;
  delay_ = absl::ZeroDuration();
  for (const LinkFault& fault : faults_) {
    switch (fault.kind) {
      case LinkFault::Kind::kClog:
        ++clogs_;
        break;
      case LinkFault::Kind::kBandwidth:
        bytes_per_second_ = Lesser(bytes_per_second_, fault.amount);
        break;
      case LinkFault::Kind::kDelay:
        delay_ += absl::Nanoseconds(fault.amount);
        break;
    }
  }
}

}  // namespace chathttp::sim

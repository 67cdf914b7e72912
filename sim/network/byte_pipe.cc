#include "chathttp/sim/network/byte_pipe.h"

#include <algorithm>
#include <utility>

namespace chathttp::sim {

BytePipe::BytePipe(VirtualScheduler& scheduler, Link& link, std::uint64_t seed,
                   std::uint64_t entity, Callbacks callbacks)
    : scheduler_(scheduler),
      link_(link),
      chunk_draws_(seed, Purpose::kChunk, entity),
      latency_draws_(seed, Purpose::kLatency, entity),
      tie_draws_(seed, Purpose::kArrivalTie, entity),
      callbacks_(std::move(callbacks)),
      last_arrival_(scheduler.Now()) {
  link_.Join(*this);
}

BytePipe::~BytePipe() {
  link_.Leave(*this);
  scheduler_.Cancel(arrival_timer_);
  scheduler_.Cancel(reset_timer_);
}

std::size_t BytePipe::Write(std::span<const std::string_view> pieces) {
  std::size_t taken = 0;
  for (std::string_view piece : pieces) {
    while (!piece.empty()) {
      const std::size_t room = link_.options().send_buffer_bytes - unsent_bytes_;
      if (room == 0) return taken;
      const std::string_view part = piece.substr(0, room);
      bytes_.append(part);
      unsent_bytes_ += part.size();
      taken += part.size();
      piece.remove_prefix(part.size());
      if (unsent_bytes_ == link_.options().send_buffer_bytes) Pump();
    }
  }
  Pump();
  return taken;
}

void BytePipe::Finish() {
  if (finish_ != Stage::kNone) return;
  finish_ = Stage::kRequested;
  Pump();
}

void BytePipe::SendReset() {
  if (reset_ != Stage::kNone) return;
  reset_ = Stage::kOnTheWay;
  reset_arrival_ = scheduler_.Now() + link_.LatencyOfPacket(latency_draws_);
  bytes_.resize(bytes_.size() - std::exchange(unsent_bytes_, 0));
  ScheduleReset();
}

void BytePipe::Abort() {
  scheduler_.Cancel(std::exchange(arrival_timer_, kNoTimer));
  chunks_.clear();
  travelling_bytes_ = unsent_bytes_ = 0;
  bytes_.resize(head_ + readable_bytes_);
  if (reset_ == Stage::kNone) reset_ = Stage::kArrived;
}

std::size_t BytePipe::Read(std::span<char> buffer) {
  const std::size_t count = std::min(buffer.size(), readable_bytes_);
  bytes_.copy(buffer.data(), count, head_);
  head_ += count;
  readable_bytes_ -= count;
  if (head_ >= bytes_.size() - head_) bytes_.erase(0, std::exchange(head_, 0));
  if (count > 0) Pump();
  return count;
}

void BytePipe::Discard() {
  head_ += std::exchange(readable_bytes_, 0);
  bytes_.erase(0, std::exchange(head_, 0));
  Pump();
}

bool BytePipe::idle() const {
  if (reset_ != Stage::kNone) return reset_ == Stage::kArrived;
  return chunks_.empty() && unsent_bytes_ == 0 && finish_ != Stage::kRequested;
}

// A chunk in flight arrives as if it were sent now, if that is earlier.
void BytePipe::OnFaultEnd() {
  const absl::Time now = scheduler_.Now();
  scheduler_.Cancel(std::exchange(arrival_timer_, kNoTimer));
  scheduler_.Cancel(std::exchange(reset_timer_, kNoTimer));
  last_arrival_ = now;
  busy_until_ = now;
  for (Chunk& chunk : chunks_) {
    chunk.arrival =
        std::min(chunk.arrival, link_.ArrivalOf(chunk.bytes, now, busy_until_, latency_draws_));
    chunk.arrival = last_arrival_ = std::max(last_arrival_, chunk.arrival);
  }
  if (reset_ == Stage::kOnTheWay) {
    reset_arrival_ = std::min(reset_arrival_, now + link_.LatencyOfPacket(latency_draws_));
  }
  ScheduleArrival();
  ScheduleReset();
}

// Sends as many bytes as the receive buffer can hold.
void BytePipe::Pump() {
  if (reset_ != Stage::kNone) return;
  const LinkOptions& options = link_.options();
  const std::size_t unsent_before = unsent_bytes_;
  std::size_t window = options.receive_buffer_bytes - readable_bytes_ - travelling_bytes_;
  while (unsent_bytes_ > 0 && window > 0) {
    const auto chunk = static_cast<std::size_t>(
        chunk_draws_.Uniform(options.min_chunk_bytes, options.max_chunk_bytes));
    const std::size_t bytes = std::min({chunk, unsent_bytes_, window});
    Launch(bytes);
    unsent_bytes_ -= bytes;
    window -= bytes;
  }
  if (finish_ == Stage::kRequested && unsent_bytes_ == 0) {
    Launch(0);
    finish_ = Stage::kOnTheWay;
  }
  ScheduleArrival();
  // Linux reports a writable socket only once a third of the send buffer is free.
  const bool enough_room = 3 * unsent_bytes_ <= 2 * options.send_buffer_bytes;
  if (unsent_bytes_ < unsent_before && enough_room) callbacks_.on_room();
}

void BytePipe::Launch(std::size_t bytes) {
  last_arrival_ = std::max(last_arrival_,
                           link_.ArrivalOf(bytes, scheduler_.Now(), busy_until_, latency_draws_));
  chunks_.push_back({bytes, last_arrival_});
  travelling_bytes_ += bytes;
}

// Whether a clog delays an arrival that is due. OnFaultEnd then schedules the arrival again.
bool BytePipe::IsHeldUp(absl::Time due) {
  if (!link_.clogged() || due > scheduler_.Now()) return false;
  link_.CountEffect(LinkFault::Kind::kClog);
  return true;
}

void BytePipe::ScheduleArrival() {
  if (chunks_.empty() || arrival_timer_ != kNoTimer) return;
  if (IsHeldUp(chunks_.front().arrival)) return;
  arrival_timer_ =
      scheduler_.RunAt(chunks_.front().arrival, tie_draws_.Bits(), [this] { Arrive(); });
}

void BytePipe::Arrive() {
  arrival_timer_ = kNoTimer;
  if (IsHeldUp(chunks_.front().arrival)) return;
  const Chunk chunk = chunks_.front();
  chunks_.pop_front();
  travelling_bytes_ -= chunk.bytes;
  readable_bytes_ += chunk.bytes;
  if (chunk.bytes == 0) finish_ = Stage::kArrived;
  ScheduleArrival();
  callbacks_.on_arrival();
}

void BytePipe::ScheduleReset() {
  if (reset_ != Stage::kOnTheWay || reset_timer_ != kNoTimer || IsHeldUp(reset_arrival_)) return;
  reset_timer_ = scheduler_.RunAt(reset_arrival_, tie_draws_.Bits(), [this] { ArriveReset(); });
}

void BytePipe::ArriveReset() {
  reset_timer_ = kNoTimer;
  if (IsHeldUp(reset_arrival_)) return;
  reset_ = Stage::kArrived;
  Abort();
  callbacks_.on_reset();
}

}  // namespace chathttp::sim

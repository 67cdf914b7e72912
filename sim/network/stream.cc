#include "chathttp/sim/network/stream.h"

#include <algorithm>
#include <cassert>
#include <cstdint>

#include "absl/time/time.h"

namespace chathttp::sim {
namespace {

constexpr absl::Duration kMaxSpuriousDelay = absl::Milliseconds(5);

std::size_t TotalBytes(std::span<const std::string_view> pieces) {
  std::size_t total = 0;
  for (const std::string_view piece : pieces) total += piece.size();
  return total;
}

}  // namespace

SimStream::SimStream(SimConnection& connection, Side side, std::string_view local)
    : connection_(connection),
      side_(side),
      local_(local),
      tie_draws_(connection.environment().seed, Purpose::kNoticeTie,
                 side == Side::kServer ? connection.entity() : ~connection.entity()),
      spurious_draws_(connection.environment().seed, Purpose::kSpurious,
                      side == Side::kServer ? connection.entity() : ~connection.entity()) {
  connection_.Open(side, *this);
}

SimStream::~SimStream() {
  Record(Crossing::kClose);
  CancelNotices();
  connection_.Close(side_);
}

void SimStream::Observe(StreamObserver& observer) {
  assert(observer_ == nullptr);
  observer_ = &observer;
  if (HasInput()) ScheduleReadable();
}

IoResult SimStream::Read(std::span<char> buffer) {
  assert(!buffer.empty());
  const IoResult result = TryRead(buffer);
  Record(Crossing::kRead);
  connection_.environment().digest.Add(static_cast<std::uint64_t>(result.status));
  connection_.environment().digest.AddBytes({buffer.data(), result.bytes});
  return result;
}

IoResult SimStream::Write(std::span<const std::string_view> pieces) {
  assert(pieces.size() <= kMaxWritePieces && TotalBytes(pieces) > 0);
  const IoResult result = TryWrite(pieces);
  Record(Crossing::kWrite);
  connection_.environment().digest.Add(static_cast<std::uint64_t>(result.status));
  std::size_t left = result.bytes;
  for (const std::string_view piece : pieces) {
    const std::string_view taken = piece.substr(0, left);
    connection_.environment().digest.AddBytes(taken);
    left -= taken.size();
  }
  return result;
}

void SimStream::ShutdownWrite() {
  Record(Crossing::kShutdownWrite);
  write_shut_ = true;
  if (!reset_) connection_.output(side_).Finish();
}

void SimStream::Reset() {
  Record(Crossing::kReset);
  CancelNotices();
  if (!reset_) connection_.Reset(side_);
  reset_ = true;
}

void SimStream::Record(Crossing crossing) const {
  const SimConnection::Environment& environment = connection_.environment();
  environment.digest.Add(static_cast<std::uint64_t>(crossing));
  environment.digest.Add(2 * connection_.number() + static_cast<std::uint64_t>(side_));
  environment.digest.Add(
      static_cast<std::uint64_t>(absl::ToUnixNanos(environment.scheduler.Now())));
}

void SimStream::OnArrival() {
  if (observer_ == nullptr || !wants_readable_) return;
  wants_readable_ = false;
  if (readable_notice_ == kNoTimer) NotifyReadable();
}

void SimStream::OnReset() {
  ScheduleReadable();
  OnRoom();
}

void SimStream::OnRoom() {
  if (observer_ == nullptr || !wants_writable_) return;
  wants_writable_ = false;
  if (writable_notice_ != kNoTimer) return;
  writable_notice_ = ScheduleNotice([this] { NotifyWritable(); });
}

void SimStream::ScheduleReadable() {
  if (observer_ == nullptr || !wants_readable_) return;
  wants_readable_ = false;
  if (readable_notice_ != kNoTimer) return;
  readable_notice_ = ScheduleNotice([this] { NotifyReadable(); });
}

TimerId SimStream::ScheduleNotice(Scheduler::Task notice) {
  VirtualScheduler& scheduler = connection_.environment().scheduler;
  return scheduler.RunAt(scheduler.Now(), tie_draws_.Bits(), std::move(notice));
}

bool SimStream::HasInput() const {
  const BytePipe& input = connection_.input(side_);
  return input.readable_bytes() > 0 || input.finished() || connection_.broken(side_);
}

// The observer may destroy the stream.
void SimStream::NotifyReadable() {
  readable_notice_ = kNoTimer;
  Record(Crossing::kOnReadable);
  observer_->OnReadable();
}

void SimStream::NotifyWritable() {
  writable_notice_ = kNoTimer;
  Record(Crossing::kOnWritable);
  observer_->OnWritable();
}

IoResult SimStream::TryRead(std::span<char> buffer) {
  if (reset_) return Broken("reset by this side");
  BytePipe& input = connection_.input(side_);
  const std::size_t bytes = input.Read(buffer);
  if (bytes > 0) return {IoStatus::kProgress, bytes};
  if (input.finished()) return {IoStatus::kEndOfStream};
  if (connection_.broken(side_)) return Broken("connection reset by peer");
  wants_readable_ = true;
  MaybeNotifySpuriously();
  return {IoStatus::kWouldBlock};
}

// While a spurious notice is scheduled, it replaces a genuine one, which is thus delayed, too.
void SimStream::MaybeNotifySpuriously() {
  const SimConnection::Environment& environment = connection_.environment();
  if (environment.spurious.one_in == 0 || observer_ == nullptr) return;
  if (spurious_draws_.Uniform(1, environment.spurious.one_in) > 1) return;
  ++environment.spurious.notices;
  const bool readable = spurious_draws_.Uniform(0, 1) == 0;
  TimerId& notice = readable ? readable_notice_ : writable_notice_;
  if (notice != kNoTimer) return;
  const absl::Duration delay =
      UniformDuration(spurious_draws_, absl::ZeroDuration(), kMaxSpuriousDelay);
  notice = environment.scheduler.RunAt(
      environment.scheduler.Now() + delay, tie_draws_.Bits(),
      [this, readable] { readable ? NotifyReadable() : NotifyWritable(); });
}

IoResult SimStream::TryWrite(std::span<const std::string_view> pieces) {
  if (reset_) return Broken("reset by this side");
  if (write_shut_) return Broken("broken pipe");
  if (connection_.broken(side_)) {
    // Linux distinguishes a reset after the end of the stream from one in place of the end.
    const bool ended = connection_.input(side_).finished();
    return Broken(ended ? "broken pipe" : "connection reset by peer");
  }
  const std::size_t bytes = connection_.output(side_).Write(pieces);
  if (bytes < TotalBytes(pieces)) wants_writable_ = true;
  if (bytes == 0) return {IoStatus::kWouldBlock};
  return {IoStatus::kProgress, bytes};
}

IoResult SimStream::Broken(std::string_view reason) {
  if (broken_reason_.empty()) broken_reason_ = reason;
  return {IoStatus::kBroken};
}

void SimStream::CancelNotices() {
  Scheduler& scheduler = connection_.environment().scheduler;
  scheduler.Cancel(std::exchange(readable_notice_, kNoTimer));
  scheduler.Cancel(std::exchange(writable_notice_, kNoTimer));
}

}  // namespace chathttp::sim

#include "chathttp/transport/ports/memory_stream.h"

#include <cassert>
#include <span>
#include <string>
#include <string_view>

#include "absl/time/time.h"

namespace chathttp {
namespace {

class MemoryStream final : public ByteStream {
 public:
  MemoryStream(Scheduler& scheduler, std::size_t buffer_bytes)
      : scheduler_(scheduler), buffer_bytes_(buffer_bytes) {}
  ~MemoryStream() override;

  void Connect(MemoryStream& peer) { peer_ = &peer; }

  void Observe(StreamObserver& observer) override;
  IoResult Read(std::span<char> buffer) override;
  IoResult Write(std::span<const std::string_view> pieces) override;
  void ShutdownWrite() override;
  void Reset() override;
  std::string_view broken_reason() const override { return broken_reason_; }

 private:
  std::size_t unread_bytes() const { return input_.size() - head_; }
  IoResult Broken(std::string_view reason);
  void Break(std::string_view reason);
  void OnPeerReset();
  void OnPeerClosed();
  void NotifyReadable();
  void NotifyWritable();
  void CancelNotices();

  Scheduler& scheduler_;
  const std::size_t buffer_bytes_;
  MemoryStream* peer_ = nullptr;  // null once it was destroyed
  StreamObserver* observer_ = nullptr;
  std::string input_;           // what the peer wrote
  std::size_t head_ = 0;        // offset of the first unread byte of input_
  bool input_ended_ = false;    // nothing follows input_
  bool end_was_read_ = false;   // Read has returned kEndOfStream
  bool write_shut_ = false;     // by ShutdownWrite
  bool wants_readable_ = true;  // the next input causes a notice
  bool wants_writable_ = false;
  std::string_view reset_;  // not empty after a reset: which side caused it
  std::string_view broken_reason_;
  TimerId readable_notice_ = kNoTimer;
  TimerId writable_notice_ = kNoTimer;
};

MemoryStream::~MemoryStream() {
  CancelNotices();
  if (peer_ != nullptr) peer_->OnPeerClosed();
}

void MemoryStream::Observe(StreamObserver& observer) {
  assert(observer_ == nullptr);
  observer_ = &observer;
  if (unread_bytes() > 0 || input_ended_ || !reset_.empty()) NotifyReadable();
}

IoResult MemoryStream::Read(std::span<char> buffer) {
  assert(!buffer.empty());
  if (end_was_read_) return {IoStatus::kEndOfStream};
  if (!reset_.empty()) return Broken(reset_);
  if (unread_bytes() > 0) {
    const std::size_t bytes = input_.copy(buffer.data(), buffer.size(), head_);
    head_ += bytes;
    // Moves the unread bytes only if they are no more than those that were read.
    if (head_ >= unread_bytes()) input_.erase(0, std::exchange(head_, 0));
    if (peer_ != nullptr) peer_->NotifyWritable();
    return {IoStatus::kProgress, bytes};
  }
  if (input_ended_) {
    end_was_read_ = true;
    return {IoStatus::kEndOfStream};
  }
  wants_readable_ = true;
  return {IoStatus::kWouldBlock};
}

IoResult MemoryStream::Write(std::span<const std::string_view> pieces) {
  assert(pieces.size() <= kMaxWritePieces);
  if (!reset_.empty()) return Broken(reset_);
  if (write_shut_) return Broken("writing was shut down");
  if (peer_ == nullptr) return Broken("broken pipe");
  std::size_t offered = 0;
  std::size_t taken = 0;
  for (const std::string_view piece : pieces) {
    const std::string_view part = piece.substr(0, buffer_bytes_ - peer_->unread_bytes());
    peer_->input_.append(part);
    offered += piece.size();
    taken += part.size();
  }
  assert(offered > 0);
  wants_writable_ = taken < offered;
  if (taken == 0) return {IoStatus::kWouldBlock};
  peer_->NotifyReadable();
  return {IoStatus::kProgress, taken};
}

void MemoryStream::ShutdownWrite() {
  if (write_shut_ || !reset_.empty()) return;
  write_shut_ = true;
  if (peer_ == nullptr) return;
  peer_->input_ended_ = true;
  peer_->NotifyReadable();
}

void MemoryStream::Reset() {
  CancelNotices();
  Break("reset by this side");
  end_was_read_ = false;
  if (peer_ != nullptr) peer_->OnPeerReset();
}

IoResult MemoryStream::Broken(std::string_view reason) {
  if (broken_reason_.empty()) broken_reason_ = reason;
  return {IoStatus::kBroken};
}

void MemoryStream::Break(std::string_view reason) {
  if (reset_.empty()) reset_ = reason;
  input_.clear();
  head_ = 0;
}

void MemoryStream::OnPeerReset() {
  if (!reset_.empty()) return;
  Break("connection reset by peer");
  NotifyReadable();
  NotifyWritable();
}

void MemoryStream::OnPeerClosed() {
  peer_ = nullptr;
  input_ended_ = true;
  if (!reset_.empty()) return;
  NotifyReadable();
  NotifyWritable();
}

// A notice is a timer that is due before all others, so that input counts before a deadline.
void MemoryStream::NotifyReadable() {
  if (observer_ == nullptr || !std::exchange(wants_readable_, false)) return;
  if (readable_notice_ != kNoTimer) return;
  readable_notice_ = scheduler_.RunAt(absl::InfinitePast(), [this] {
    readable_notice_ = kNoTimer;
    observer_->OnReadable();
  });
}

void MemoryStream::NotifyWritable() {
  if (observer_ == nullptr || !std::exchange(wants_writable_, false)) return;
  if (writable_notice_ != kNoTimer) return;
  writable_notice_ = scheduler_.RunAt(absl::InfinitePast(), [this] {
    writable_notice_ = kNoTimer;
    observer_->OnWritable();
  });
}

void MemoryStream::CancelNotices() {
  scheduler_.Cancel(std::exchange(readable_notice_, kNoTimer));
  scheduler_.Cancel(std::exchange(writable_notice_, kNoTimer));
}

}  // namespace

StreamPair MakeStreamPair(Scheduler& scheduler, std::size_t buffer_bytes) {
  assert(buffer_bytes > 0);
  auto first = std::make_unique<MemoryStream>(scheduler, buffer_bytes);
  auto second = std::make_unique<MemoryStream>(scheduler, buffer_bytes);
  first->Connect(*second);
  second->Connect(*first);
  return {std::move(first), std::move(second)};
}

}  // namespace chathttp

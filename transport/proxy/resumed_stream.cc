#include "chathttp/transport/proxy/resumed_stream.h"

#include <cassert>
#include <utility>

#include "absl/time/time.h"

namespace chathttp {

ResumedStream::ResumedStream(Scheduler& scheduler, std::unique_ptr<ByteStream> stream)
    : scheduler_(scheduler), stream_(std::move(stream)) {
  stream_->Observe(*this);
}

ResumedStream::~ResumedStream() { scheduler_.Cancel(notice_); }

void ResumedStream::HandOn(std::string unread) {
  assert(unread_.empty());
  scheduler_.Cancel(std::exchange(notice_, kNoTimer));
  observer_ = nullptr;
  unread_ = std::move(unread);
  readable_ = readable_ || !unread_.empty();
}

void ResumedStream::Observe(StreamObserver& observer) {
  assert(observer_ == nullptr);
  observer_ = &observer;
  if (!readable_) return;
  // Due before all other timers, so that input counts before a deadline.
  notice_ = scheduler_.RunAt(absl::InfinitePast(), [this] {
    notice_ = kNoTimer;
    observer_->OnReadable();  // may destroy this
  });
}

IoResult ResumedStream::Read(std::span<char> buffer) {
  assert(!buffer.empty());
  if (!unread_.empty()) {
    const std::size_t bytes = unread_.copy(buffer.data(), buffer.size());
    unread_ = unread_.substr(bytes);
    return {IoStatus::kProgress, bytes};
  }
  const IoResult result = stream_->Read(buffer);
  if (result.status == IoStatus::kWouldBlock) {
    readable_ = false;
    scheduler_.Cancel(std::exchange(notice_, kNoTimer));
  }
  return result;
}

void ResumedStream::Reset() {
  unread_.clear();
  scheduler_.Cancel(std::exchange(notice_, kNoTimer));
  stream_->Reset();
}

void ResumedStream::OnReadable() {
  if (std::exchange(readable_, true) || observer_ == nullptr) return;
  observer_->OnReadable();  // may destroy this
}

void ResumedStream::OnWritable() {
  if (observer_ != nullptr) observer_->OnWritable();  // may destroy this
}

}  // namespace chathttp

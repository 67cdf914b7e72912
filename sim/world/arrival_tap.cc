#include "chathttp/sim/world/arrival_tap.h"

#include <algorithm>
#include <iterator>
#include <span>
#include <string>

namespace chathttp::sim {

class ArrivalTap::TappedStream final : public ByteStream, private StreamObserver {
 public:
  TappedStream(ArrivalTap& tap, std::size_t index, std::unique_ptr<ByteStream> stream)
      : tap_(tap), index_(index), stream_(std::move(stream)) {}
  ~TappedStream() override {
    arrival().closed = tap_.now_();
    stream_.reset();
  }

  void Observe(StreamObserver& observer) override {
    observer_ = &observer;
    stream_->Observe(*this);
  }
  IoResult Read(std::span<char> buffer) override {
    const IoResult result = stream_->Read(buffer);
    Arrival& record = arrival();
    if (result.status == IoStatus::kProgress && record.in.size() < kMostArrivalBytes) {
      record.in.append(buffer.data(), result.bytes);
      record.reads.push_back({.end = record.in.size(), .when = tap_.now_()});
    }
    const bool ended =
        result.status == IoStatus::kEndOfStream || result.status == IoStatus::kBroken;
    if (ended && !record.ended) record.ended = tap_.now_();
    return result;
  }
  IoResult Write(std::span<const std::string_view> pieces) override {
    return stream_->Write(pieces);
  }
  void ShutdownWrite() override { stream_->ShutdownWrite(); }
  void Reset() override { stream_->Reset(); }
  std::string_view broken_reason() const override { return stream_->broken_reason(); }

 private:
  // The observer may destroy the stream.
  void OnReadable() override {
    ArrivalTap& tap = tap_;
    tap.current_ = index_;
    observer_->OnReadable();
    tap.current_.reset();
  }
  void OnWritable() override { observer_->OnWritable(); }

  Arrival& arrival() { return tap_.arrivals_[index_]; }

  ArrivalTap& tap_;
  const std::size_t index_;
  std::unique_ptr<ByteStream> stream_;
  StreamObserver* observer_ = nullptr;
};

class ArrivalTap::TappedListener final : public Listener, private Acceptor {
 public:
  TappedListener(ArrivalTap& tap, Acceptor& acceptor) : tap_(tap), acceptor_(acceptor) {}

  absl::Status Listen(const Endpoint& endpoint) {
    auto listener = tap_.inner_.Listen(endpoint, *this);
    if (!listener.ok()) return listener.status();
    listener_ = *std::move(listener);
    return absl::OkStatus();
  }
  Endpoint local() const override { return listener_->local(); }

 private:
  std::size_t Add(std::string_view peer) {
    Arrival& arrival = tap_.arrivals_.emplace_back();
    arrival.peer = peer;
    arrival.accepted = tap_.now_();
    return tap_.arrivals_.size() - 1;
  }

  // The acceptor may destroy the listener.
  void OnAccept(std::unique_ptr<ByteStream> stream, std::string_view peer) override {
    ArrivalTap& tap = tap_;
    tap.current_ = Add(peer);
    acceptor_.OnAccept(std::make_unique<TappedStream>(tap, *tap.current_, std::move(stream)), peer);
    tap.current_.reset();
  }
  void OnOverflow(ByteStream& stream, std::string_view peer) override {
    ArrivalTap& tap = tap_;
    tap.current_ = Add(peer);
    tap.arrivals_.back().overflow = true;
    acceptor_.OnOverflow(stream, peer);
    tap.current_.reset();
  }

  ArrivalTap& tap_;
  Acceptor& acceptor_;
  std::unique_ptr<Listener> listener_;
};

absl::StatusOr<std::unique_ptr<Listener>> ArrivalTap::Listen(const Endpoint& endpoint,
                                                             Acceptor& acceptor) {
  auto listener = std::make_unique<TappedListener>(*this, acceptor);
  if (absl::Status status = listener->Listen(endpoint); !status.ok()) return status;
  return listener;
}

void ArrivalTap::NoteRefusal(std::string_view peer, std::string_view reason) {
  const auto arrival =
      std::find_if(arrivals_.rbegin(), arrivals_.rend(),
                   [&](const Arrival& other) { return other.peer == peer && !other.refused; });
  if (arrival == arrivals_.rend()) return;
  arrival->refused = now_();
  arrival->reason = reason;
}

std::vector<Arrival> ArrivalTap::Take() {
  return {std::make_move_iterator(arrivals_.begin()), std::make_move_iterator(arrivals_.end())};
}

}  // namespace chathttp::sim

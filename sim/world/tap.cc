#include "chathttp/sim/world/tap.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"

namespace chathttp::sim {
namespace {

void Append(Flow& flow, std::string_view bytes, absl::Duration now) {
  flow.bytes.append(bytes);
  if (!flow.pieces.empty() && flow.pieces.back().at == now) {
    flow.pieces.back().end = flow.bytes.size();
  } else {
    flow.pieces.push_back({flow.bytes.size(), now});
  }
}

std::string_view FirstLine(std::string_view text) { return text.substr(0, text.find('\n')); }

}  // namespace

std::string Gist(const RawResponse& response) {
  return absl::StrCat(response.code, " ", AbslView(FirstLine(response.entity)));
}

std::string Gist(const RawRequestView& request) {
  return absl::StrCat(AbslView(request.method), " ", AbslView(request.user.value_or("")), " ",
                      AbslView(FirstLine(request.entity)));
}

absl::Duration Flow::TimeOf(std::size_t offset) const {
  const auto piece = std::partition_point(
      pieces.begin(), pieces.end(), [&](const Piece& before) { return before.end <= offset; });
  return piece->at;
}

ConnectionRecord& Recorder::Add(std::string_view who) {
  connections_.push_back(std::make_unique<ConnectionRecord>());
  connections_.back()->who = who;
  connections_.back()->asked = now();
  if (on_add_) on_add_(*connections_.back());
  return *connections_.back();
}

std::vector<ConnectionRecord> Recorder::Take() {
  std::vector<ConnectionRecord> taken;
  taken.reserve(connections_.size());
  for (const auto& connection : connections_) taken.push_back(std::move(*connection));
  connections_.clear();
  return taken;
}

void Recorder::Trace(std::string_view who, std::string_view what, std::string_view detail,
                     std::string_view peer) const {
  if (!trace_) return;
  trace_({now(), std::string(who), std::string(what), std::string(detail), std::string(peer)});
}

class TapStream final : public ByteStream, private StreamObserver {
 public:
  TapStream(TapNetwork& tap, std::unique_ptr<ByteStream> stream)
      : tap_(tap), record_(*tap.current_), stream_(std::move(stream)) {}
  ~TapStream() override {
    tap_.Note({.kind = PortEvent::Kind::kReleased});
    if (tap_.stream_ != this) return;
    tap_.stream_ = nullptr;
    tap_.End(write_broken_ ? ConnectionRecord::End::kBroken : ConnectionRecord::End::kClosed);
  }

  void Observe(StreamObserver& observer) override {
    observer_ = &observer;
    stream_->Observe(*this);
  }

  IoResult Read(std::span<char> buffer) override {
    const IoResult result = stream_->Read(buffer);
    if (tap_.journal_ != nullptr) NoteRead(result);
    switch (result.status) {
      case IoStatus::kWouldBlock:
        break;
      case IoStatus::kProgress:
        Append(record_.received, {buffer.data(), result.bytes}, tap_.recorder_.now());
        tap_.recorder_.AddMovedBytes(result.bytes);
        if (tap_.recorder_.tracing() || tap_.recorder_.listening()) NoteReceived();
        break;
      case IoStatus::kEndOfStream:
        Ended(ConnectionRecord::End::kEndOfStream);
        break;
      case IoStatus::kBroken:
        Ended(ConnectionRecord::End::kBroken);
        break;
    }
    return result;
  }

  IoResult Write(std::span<const std::string_view> pieces) override {
    const IoResult result = stream_->Write(pieces);
    if (tap_.journal_ != nullptr) NoteWrite(result, pieces);
    if (result.status == IoStatus::kBroken && !record_.shut) write_broken_ = true;
    std::size_t left = result.bytes;
    tap_.recorder_.AddMovedBytes(left);
    for (const std::string_view piece : pieces) {
      if (left == 0) break;
      const std::string_view taken = piece.substr(0, left);
      Append(record_.sent, taken, tap_.recorder_.now());
      left -= taken.size();
    }
    if (tap_.recorder_.tracing()) TraceSent();
    return result;
  }

  void ShutdownWrite() override {
    if (!record_.shut) record_.shut = tap_.recorder_.now();
    tap_.recorder_.Trace(record_.who, "shut");
    stream_->ShutdownWrite();
  }

  void Reset() override {
    stream_->Reset();
    if (!record_.reset) record_.reset = tap_.recorder_.now();
    tap_.recorder_.Trace(record_.who, "reset");
    Ended(ConnectionRecord::End::kClosed);
  }

  std::string_view broken_reason() const override { return stream_->broken_reason(); }

 private:
  void OnReadable() override {
    if (!tap_.reading_) ++tap_.unread_notices_;
    tap_.Note({.kind = PortEvent::Kind::kReadable});
    observer_->OnReadable();
  }
  void OnWritable() override {
    tap_.Note({.kind = PortEvent::Kind::kWritable});
    observer_->OnWritable();
  }

  void NoteRead(const IoResult& result) {
    tap_.Note({.kind = PortEvent::Kind::kRead,
               .status = result.status,
               .bytes = result.bytes,
               .reason = std::string(stream_->broken_reason())});
  }
  void NoteWrite(const IoResult& result, std::span<const std::string_view> pieces) {
    std::size_t offered_bytes = 0;
    for (const std::string_view piece : pieces) offered_bytes += piece.size();
    tap_.Note({.kind = PortEvent::Kind::kWrite,
               .status = result.status,
               .bytes = result.bytes,
               .offered_bytes = offered_bytes,
               .wall = tap_.recorder_.wall_now()});
  }

  // Only the first end counts.
  void Ended(ConnectionRecord::End end) {
    if (record_.end == ConnectionRecord::End::kOpen) tap_.End(end);
  }

  void NoteReceived() {
    while (const auto response = CutResponse(record_.received.bytes, noted_received_)) {
      if (tap_.recorder_.tracing()) {
        tap_.recorder_.Trace(record_.who, "received", Gist(*response));
      }
      tap_.recorder_.Hear(record_.who, response->entity);
      noted_received_ = std::max(response->end, noted_received_ + 1);
      if (response->code == 0) noted_received_ = record_.received.bytes.size();
    }
  }
  void TraceSent() {
    const std::string_view bytes = std::string_view(record_.sent.bytes).substr(traced_sent_);
    std::size_t end = 0;
    for (const RawRequestView& request : CutRequests(bytes)) {
      tap_.recorder_.Trace(record_.who, "sent", Gist(request));
      end = request.fatal ? bytes.size() : request.end;
    }
    traced_sent_ += end;
  }

  TapNetwork& tap_;
  ConnectionRecord& record_;
  std::unique_ptr<ByteStream> stream_;
  StreamObserver* observer_ = nullptr;
  bool write_broken_ = false;
  std::size_t noted_received_ = 0;  // traced and heard bytes of the recorded ones
  std::size_t traced_sent_ = 0;
};

class TapAttempt final : public ConnectAttempt {
 public:
  TapAttempt(TapNetwork& tap, ConnectCallback done)
      : tap_(tap), record_(*tap.current_), done_(std::move(done)) {}
  ~TapAttempt() override {
    if (answered_) return;
    tap_.Note({.kind = PortEvent::Kind::kReleased});
    record_.given_up = true;
    tap_.End(ConnectionRecord::End::kRefused);
  }

  void Hold(std::unique_ptr<ConnectAttempt> attempt) { attempt_ = std::move(attempt); }

  // The callback may destroy the attempt.
  void Answer(absl::StatusOr<std::unique_ptr<ByteStream>> stream) {
    answered_ = true;
    ConnectCallback done = std::move(done_);
    if (stream.ok()) {
      stream = tap_.Connected(*std::move(stream));
    } else {
      tap_.Note(
          {.kind = PortEvent::Kind::kRefused, .reason = std::string(stream.status().message())});
      tap_.End(ConnectionRecord::End::kRefused);
    }
    done(std::move(stream));
  }

 private:
  TapNetwork& tap_;
  ConnectionRecord& record_;
  ConnectCallback done_;
  std::unique_ptr<ConnectAttempt> attempt_;
  bool answered_ = false;
};

TapNetwork::TapNetwork(Network& network, Recorder& recorder, std::string who, bool real_client)
    : network_(network), recorder_(recorder), who_(std::move(who)), real_client_(real_client) {}

std::unique_ptr<ConnectAttempt> TapNetwork::Connect(const Endpoint& endpoint,
                                                    ConnectCallback done) {
  current_ = &recorder_.Add(who_);
  current_->ordinal = connections_++;
  current_->real_client = real_client_;
  current_->stopped_reading = current_->paused_at_end = !reading_;
  recorder_.Trace(who_, "connecting");
  Note({.kind = PortEvent::Kind::kAttempt});
  auto attempt = std::make_unique<TapAttempt>(*this, std::move(done));
  attempt->Hold(network_.Connect(
      endpoint, [&tapped = *attempt](auto stream) { tapped.Answer(std::move(stream)); }));
  return attempt;
}

std::unique_ptr<ByteStream> TapNetwork::Connected(std::unique_ptr<ByteStream> stream) {
  current_->connected = recorder_.now();
  current_->local = recorder_.LocalEndpoint(*stream);
  recorder_.Trace(who_, "connected");
  Note({.kind = PortEvent::Kind::kConnected});
  auto tapped = std::make_unique<TapStream>(*this, std::move(stream));
  stream_ = tapped.get();
  return tapped;
}

void TapNetwork::End(ConnectionRecord::End end) {
  static constexpr std::string_view kWhat[] = {"open", "eof", "broken", "closed", "refused"};
  if (current_ == nullptr) return;
  if (current_->end == ConnectionRecord::End::kOpen) {
    current_->end = end;
    current_->ended = recorder_.now();
    recorder_.Trace(who_, kWhat[static_cast<std::size_t>(end)]);
  }
  current_ = nullptr;
}

void TapNetwork::Note(PortEvent event) {
  if (journal_ != nullptr) Append(*journal_, recorder_.now(), std::move(event));
}

void TapNetwork::SetReading(bool reading) {
  reading_ = reading;
  if (current_ == nullptr) return;
  current_->stopped_reading = current_->stopped_reading || !reading;
  current_->paused_at_end = !reading;
}

bool TapNetwork::ShutdownWrite() {
  if (stream_ == nullptr) return false;
  stream_->ShutdownWrite();
  return true;
}

bool TapNetwork::Reset() {
  if (stream_ == nullptr) return false;
  const bool live = current_ != nullptr;
  stream_->Reset();
  return live;
}

}  // namespace chathttp::sim

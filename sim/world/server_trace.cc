#include "chathttp/sim/world/server_trace.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>

#include "chathttp/sim/world/environment.h"
#include "chathttp/sim/world/raw_codec.h"
#include "chathttp/transport/proxy/proxy_header.h"

namespace chathttp::sim {
namespace {

class TracedStream final : public ByteStream {
 public:
  TracedStream(std::unique_ptr<ByteStream> stream, const Recorder& recorder, std::string peer,
               bool headed)
      : stream_(std::move(stream)), recorder_(recorder), peer_(std::move(peer)), headed_(headed) {}

  void Observe(StreamObserver& observer) override { stream_->Observe(observer); }

  IoResult Read(std::span<char> buffer) override {
    const IoResult result = stream_->Read(buffer);
    read_.append(buffer.data(), result.bytes);
    TraceRead();
    return result;
  }

  IoResult Write(std::span<const std::string_view> pieces) override {
    const IoResult result = stream_->Write(pieces);
    std::size_t left = result.bytes;
    for (const std::string_view piece : pieces) {
      written_ += piece.substr(0, left);
      left -= std::min(left, piece.size());
    }
    TraceWritten();
    return result;
  }

  void ShutdownWrite() override { stream_->ShutdownWrite(); }
  void Reset() override { stream_->Reset(); }
  std::string_view broken_reason() const override { return stream_->broken_reason(); }

 private:
  void TraceRead() {
    if (headed_) {
      const ProxyHeader header = ParseProxyHeader(read_);
      if (header.status == ProxyHeader::Status::kNeedMore) return;
      read_.erase(0, header.bytes);
      headed_ = false;
    }
    std::size_t end = 0;
    for (const RawRequestView& request : CutRequests(read_)) {
      recorder_.Trace(kServer, "read", Gist(request), peer_);
      end = request.fatal ? read_.size() : request.end;
    }
    read_.erase(0, end);
  }

  void TraceWritten() {
    std::size_t begin = 0;
    while (const std::optional<RawResponse> response = CutResponse(written_, begin)) {
      recorder_.Trace(kServer, "wrote", Gist(*response), peer_);
      begin = response->code == 0 ? written_.size() : response->end;
    }
    written_.erase(0, begin);
  }

  static constexpr std::string_view kServer = "server";

  std::unique_ptr<ByteStream> stream_;
  const Recorder& recorder_;
  std::string peer_;
  bool headed_;       // a PROXY header comes first
  std::string read_;  // without a complete message
  std::string written_;
};

class TracedListener final : public Listener, public Acceptor {
 public:
  TracedListener(Acceptor& acceptor, const Recorder& recorder, const ServerTrace::NameOf& name_of,
                 bool headed)
      : acceptor_(acceptor), recorder_(recorder), name_of_(name_of), headed_(headed) {}

  void Hold(std::unique_ptr<Listener> listener) { listener_ = std::move(listener); }
  Endpoint local() const override { return listener_->local(); }

  void OnAccept(std::unique_ptr<ByteStream> stream, std::string_view peer) override {
    acceptor_.OnAccept(
        std::make_unique<TracedStream>(std::move(stream), recorder_, name_of_(peer), headed_),
        peer);
  }
  void OnOverflow(ByteStream& stream, std::string_view peer) override {
    acceptor_.OnOverflow(stream, peer);
  }

 private:
  Acceptor& acceptor_;
  const Recorder& recorder_;
  const ServerTrace::NameOf& name_of_;
  const bool headed_;
  std::unique_ptr<Listener> listener_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Listener>> ServerTrace::Listen(const Endpoint& endpoint,
                                                              Acceptor& acceptor) {
  auto traced =
      std::make_unique<TracedListener>(acceptor, recorder_, name_of_, endpoint.port == kProxyPort);
  absl::StatusOr<std::unique_ptr<Listener>> listener = network_.Listen(endpoint, *traced);
  if (!listener.ok()) return listener.status();
  traced->Hold(*std::move(listener));
  return traced;
}

}  // namespace chathttp::sim

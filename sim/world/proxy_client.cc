#include "chathttp/sim/world/proxy_client.h"

#include <cstdint>
#include <span>

#include "chathttp/sim/world/raw_proxy.h"

namespace chathttp::sim {
namespace {

// Any port will do: the server only shows it.
constexpr std::uint16_t kClientPort = 40'000;

// Writes the header before anything else.
class HeadedStream final : public ByteStream, private StreamObserver {
 public:
  HeadedStream(std::unique_ptr<ByteStream> stream, std::string header)
      : stream_(std::move(stream)), header_(std::move(header)) {}

  const ByteStream& below() const { return *stream_; }

  void Observe(StreamObserver& observer) override {
    observer_ = &observer;
    stream_->Observe(*this);
    WriteHeader();
  }
  IoResult Read(std::span<char> buffer) override { return stream_->Read(buffer); }

  IoResult Write(std::span<const std::string_view> pieces) override {
    WriteHeader();
    if (!header_.empty()) {
      blocked_ = true;
      return {IoStatus::kWouldBlock};
    }
    return stream_->Write(pieces);
  }

  void ShutdownWrite() override {
    shut_ = true;
    WriteHeader();
  }
  void Reset() override { stream_->Reset(); }
  std::string_view broken_reason() const override { return stream_->broken_reason(); }

 private:
  void OnReadable() override { observer_->OnReadable(); }
  void OnWritable() override {
    if (header_.empty()) return observer_->OnWritable();
    WriteHeader();
    if (header_.empty() && blocked_) observer_->OnWritable();
  }

  // As much as the stream takes. A broken stream is found by the calls of its user.
  void WriteHeader() {
    if (!header_.empty()) {
      const std::string_view pieces[] = {header_};
      const IoResult result = stream_->Write(pieces);
      header_.erase(0, result.status == IoStatus::kBroken ? header_.size() : result.bytes);
      if (!header_.empty() && result.bytes > 0) WriteHeader();  // until it would block
    }
    if (header_.empty() && shut_) stream_->ShutdownWrite();
  }

  std::unique_ptr<ByteStream> stream_;
  std::string header_;  // its bytes that are not sent yet
  StreamObserver* observer_ = nullptr;
  bool blocked_ = false;  // the user waits to write
  bool shut_ = false;     // and has no more to write
};

}  // namespace

std::unique_ptr<ConnectAttempt> ProxyClient::Connect(const Endpoint&, ConnectCallback done) {
  std::string header = RawProxyHeader(proxied_.form, proxied_.address, kClientPort);
  return inner_.Connect(listener_, [header = std::move(header), done = std::move(done)](
                                       absl::StatusOr<std::unique_ptr<ByteStream>> stream) mutable {
    if (stream.ok() && !header.empty()) {
      stream = std::make_unique<HeadedStream>(*std::move(stream), std::move(header));
    }
    done(std::move(stream));  // may destroy this function
  });
}

const ByteStream& BelowProxy(const ByteStream& stream) {
  const auto* const headed = dynamic_cast<const HeadedStream*>(&stream);
  return headed == nullptr ? stream : headed->below();
}

}  // namespace chathttp::sim

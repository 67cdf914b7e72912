// A byte stream whose first bytes are read by one observer, and the rest by another one.
//
//   ResumedStream stream(scheduler, std::move(accepted));
//   stream.Observe(header_reader);                      // who reads a header and some bytes more
//   stream.HandOn(bytes_behind_the_header);
//   stream.Observe(connection);                         // who reads these bytes and all others
//
// Both observers find a stream as in byte_stream.h. Part of the proxy listener. Not thread-safe. The
// scheduler outlives the stream.
#ifndef CHATHTTP_TRANSPORT_PROXY_RESUMED_STREAM_H_
#define CHATHTTP_TRANSPORT_PROXY_RESUMED_STREAM_H_

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "chathttp/transport/ports/byte_stream.h"
#include "chathttp/transport/ports/scheduler.h"

namespace chathttp {

class ResumedStream final : public ByteStream, private StreamObserver {
 public:
  // `stream` (not null) has no observer yet.
  ResumedStream(Scheduler& scheduler, std::unique_ptr<ByteStream> stream);
  ~ResumedStream() override;

  // Takes the observer away, so that another one can observe. It first reads `unread`. Only for a
  // stream that was not written to, reset, or handed on with bytes that are unread still.
  void HandOn(std::string unread);

  void Observe(StreamObserver& observer) override;
  IoResult Read(std::span<char> buffer) override;
  IoResult Write(std::span<const std::string_view> pieces) override {
    return stream_->Write(pieces);
  }
  void ShutdownWrite() override { stream_->ShutdownWrite(); }
  void Reset() override;
  std::string_view broken_reason() const override { return stream_->broken_reason(); }

 private:
  void OnReadable() override;
  void OnWritable() override;

  Scheduler& scheduler_;
  StreamObserver* observer_ = nullptr;
  std::string unread_;     // comes before the bytes of stream_
  bool readable_ = false;  // there may be something to read; the observer knows or has a notice due
  TimerId notice_ = kNoTimer;
  const std::unique_ptr<ByteStream> stream_;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_PROXY_RESUMED_STREAM_H_

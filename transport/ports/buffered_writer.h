// Buffers output to a byte stream until the stream takes it.
//
//   BufferedWriter writer(out, turn);
//   writer.Append("Online users:\n");
//   writer.Flush();
//
// When the stream becomes writable again, the writer requests `turn`; call Flush in it. Not
// thread-safe.
#ifndef CHATHTTP_TRANSPORT_PORTS_BUFFERED_WRITER_H_
#define CHATHTTP_TRANSPORT_PORTS_BUFFERED_WRITER_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "chathttp/transport/ports/byte_stream.h"
#include "chathttp/transport/ports/turn.h"

namespace chathttp {

class BufferedWriter final : private StreamObserver {
 public:
  // Observes `stream`. Both arguments must outlive the object.
  BufferedWriter(ByteStream& stream, Turn& turn);

  void Append(std::string_view bytes) { waiting_ += bytes; }

  // Writes as many buffered bytes as the stream takes.
  void Flush();

  std::size_t waiting_bytes() const { return waiting_.size(); }
  // Whether the stream is broken; then Flush drops all buffered bytes.
  bool broken() const { return broken_; }
  std::string_view broken_reason() const { return stream_.broken_reason(); }

 private:
  void OnReadable() override {}
  void OnWritable() override { turn_.Request(); }

  ByteStream& stream_;
  Turn& turn_;
  std::string waiting_;
  bool broken_ = false;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_PORTS_BUFFERED_WRITER_H_

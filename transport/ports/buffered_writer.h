// Output to a byte stream that keeps what the stream does not take yet.
//
//   BufferedWriter writer(out, turn);
//   writer.Append("Online users:\n");
//   writer.Flush();
//
// Requests `turn` when the stream takes more again: then Flush. Not thread-safe.
#ifndef CHATHTTP_TRANSPORT_PORTS_BUFFERED_WRITER_H_
#define CHATHTTP_TRANSPORT_PORTS_BUFFERED_WRITER_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "transport/ports/byte_stream.h"
#include "transport/ports/turn.h"

namespace chathttp {

class BufferedWriter final : private StreamObserver {
 public:
  // Both outlive the object.
  BufferedWriter(ByteStream& stream, Turn& turn);

  void Append(std::string_view bytes) { waiting_ += bytes; }

  // Writes what waits, as far as the stream takes it.
  void Flush();

  std::size_t waiting_bytes() const { return waiting_.size(); }
  bool broken() const { return broken_; }  // all that is appended is dropped
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

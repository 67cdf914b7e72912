// Port: a byte stream to a peer, as TCP gives it (RFC 9293): bytes arrive in order, in pieces of
// any size, until the end of the stream or until it breaks.
//
// Nothing here blocks, and no observer is called from inside a call to the stream: notices come
// from the event loop, in a later turn step. A stream belongs to the thread of its loop.
//
// Two implementations, one contract: adapters/ (sockets) and sim/ (memory); what they promise is
// spelled out by the tests in tests/contract/.
#ifndef CHATHTTP_TRANSPORT_PORTS_BYTE_STREAM_H_
#define CHATHTTP_TRANSPORT_PORTS_BYTE_STREAM_H_

#include <cstddef>
#include <span>
#include <string_view>

namespace chathttp {

enum class IoStatus {
  kProgress,     // `bytes` bytes were moved, at least one
  kWouldBlock,   // nothing to move now; the observer is told when that may have changed
  kEndOfStream,  // Read only: the peer ended its side after the last byte read
  kBroken,       // reset, timed out or otherwise gone; stays so. See ByteStream::broken_reason
};

struct [[nodiscard]] IoResult {
  IoStatus status;
  std::size_t bytes = 0;  // > 0 with kProgress only
};

// Told about edges, not levels: each notice comes once, and may come without cause.
class StreamObserver {
 public:
  // Bytes, the end of the stream or its breaking came after Observe or after a Read answered
  // kWouldBlock, or were there at Observe. Whoever stops reading before kWouldBlock must come back
  // by itself: there is no second notice.
  virtual void OnReadable() = 0;

  // After a Write that took less than all: room for more bytes, or the stream broke.
  virtual void OnWritable() = 0;

 protected:
  ~StreamObserver() = default;
};

class ByteStream {
 public:
  ByteStream() = default;
  ByteStream(const ByteStream&) = delete;
  ByteStream& operator=(const ByteStream&) = delete;

  // Closes. Bytes that Write took are still delivered, then the end of the stream, unless input
  // was left unread: then the peer may see a reset instead. No notice comes after this; a stream
  // may be destroyed inside any notice, its own too.
  virtual ~ByteStream() = default;

  // Tells `observer` (not null, outlives the stream) from now on; called once, before the first
  // Read or Write. If there is something to read already, OnReadable comes in a later step.
  virtual void Observe(StreamObserver& observer) = 0;

  // Moves up to buffer.size() (> 0) bytes into `buffer`. Bytes that arrived before the end of the
  // stream or, where the platform keeps them, before a reset are read first. After kEndOfStream
  // and kBroken the answer stays the same.
  virtual IoResult Read(std::span<char> buffer) = 0;

  // Takes bytes from the front of the concatenated `pieces` (at most 64, not all empty), as many
  // as there is room for. kProgress with fewer bytes than offered means: the rest later, wait for
  // OnWritable. kBroken after ShutdownWrite.
  virtual IoResult Write(std::span<const std::string_view> pieces) = 0;

  // Half-close: the peer reads everything that Write took, then the end of the stream. Reading
  // goes on. Again: no effect.
  virtual void ShutdownWrite() = 0;

  // Breaks the stream on purpose: unsent bytes are dropped and the peer sees a reset. From now on
  // Read and Write answer kBroken.
  virtual void Reset() = 0;

  // Why Read or Write answered kBroken, in a few words: "connection reset by peer". Empty before.
  virtual std::string_view broken_reason() const = 0;
};

// The largest number of pieces that one Write takes.
inline constexpr std::size_t kMaxWritePieces = 64;

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_PORTS_BYTE_STREAM_H_

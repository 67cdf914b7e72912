// Port: a byte stream to a peer, like a TCP connection (RFC 9293). Bytes arrive in order, in pieces
// of any size, until the stream ends or breaks.
//
// No function blocks, and no function calls an observer: the event loop calls observers, in a later
// turn step. Use a stream only on its loop's thread.
//
// There are two implementations, adapters/ (sockets) and sim/ (memory). The tests in
// tests/contract/ specify the common contract.
#ifndef CHATHTTP_TRANSPORT_PORTS_BYTE_STREAM_H_
#define CHATHTTP_TRANSPORT_PORTS_BYTE_STREAM_H_

#include <cstddef>
#include <span>
#include <string_view>

namespace chathttp {

enum class IoStatus {
  kProgress,     // `bytes` bytes were moved, at least one
  kWouldBlock,   // nothing to move now; the observer is called when that may have changed
  kEndOfStream,  // Read only: the peer ended its side, and all its bytes were read
  kBroken,       // reset, timed out or otherwise broken, for good. See ByteStream::broken_reason
};

struct [[nodiscard]] IoResult {
  IoStatus status;
  std::size_t bytes = 0;  // > 0 with kProgress only
};

// Receives edge-triggered notices: each comes once, and a notice may come without cause.
class StreamObserver {
 public:
  // The stream has something to read (bytes, its end or its break) for the first time since Observe
  // or since Read returned kWouldBlock. A reader that stops before kWouldBlock gets no second
  // notice: it must schedule its next Read itself.
  virtual void OnReadable() = 0;

  // After a Write that took only a part: the stream has room for more bytes, or it broke.
  virtual void OnWritable() = 0;

 protected:
  ~StreamObserver() = default;
};

class ByteStream {
 public:
  ByteStream() = default;
  ByteStream(const ByteStream&) = delete;
  ByteStream& operator=(const ByteStream&) = delete;

  // Closes the stream. The peer still receives the bytes that Write took, then the end of the
  // stream; if input was left unread, the peer may see a reset instead. No notice comes afterwards.
  // A stream may be destroyed inside any notice, including its own.
  virtual ~ByteStream() = default;

  // Sends notices to `observer`, which must outlive the stream. Call it once, before the first Read
  // or Write. If there is already something to read, OnReadable comes in a later turn step.
  virtual void Observe(StreamObserver& observer) = 0;

  // Moves up to buffer.size() (> 0) bytes into `buffer`. Returns bytes that arrived before the end
  // of the stream first; also those before a reset, if the platform keeps them. After kEndOfStream
  // or kBroken each further Read returns the same.
  virtual IoResult Read(std::span<char> buffer) = 0;

  // Takes as many bytes as there is room for, from the front of the concatenated `pieces` (at most
  // kMaxWritePieces, not all empty). If it takes fewer than offered, wait for OnWritable before
  // writing the rest. Returns kBroken after ShutdownWrite.
  virtual IoResult Write(std::span<const std::string_view> pieces) = 0;

  // Half-close: the peer reads everything that Write took, then the end of the stream. Read still
  // works. A second call has no effect.
  virtual void ShutdownWrite() = 0;

  // Breaks the stream: drops unsent bytes, and the peer sees a reset. From now on Read and Write
  // return kBroken.
  virtual void Reset() = 0;

  // Why Read or Write returned kBroken, in a few words: "connection reset by peer". Empty before.
  virtual std::string_view broken_reason() const = 0;
};

// The largest number of pieces that one Write takes.
inline constexpr std::size_t kMaxWritePieces = 64;

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_PORTS_BYTE_STREAM_H_

// Port: a byte stream to a peer, like a TCP connection (RFC 9293). Bytes arrive in order, in pieces
// of any size, until the stream ends or breaks.
//
// No function blocks, and no function calls an observer: the event loop calls observers, in a later
// turn step (scheduler.h says what that is). Use a stream only on its loop's thread.
//
// Implementations are in adapters/ (sockets), sim/ (simulated connections) and memory_stream.h.
// Tests in chathttp/contract/ check what this header promises, and can test other implementations.
#ifndef CHATHTTP_TRANSPORT_PORTS_BYTE_STREAM_H_
#define CHATHTTP_TRANSPORT_PORTS_BYTE_STREAM_H_

#include <cstddef>
#include <span>
#include <string_view>

#include "chathttp/version.h"  // refuses compilers below C++20

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

// Receives edge-triggered notices: each comes once for its cause. A notice may come without cause,
// after a fault for instance, so an observer must be ready for Read or Write to return kWouldBlock.
// A stream that works and where nothing happens gives none.
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
  // stream; if input was left unread, the peer may see a reset instead, after none or some of these
  // bytes. When the peer writes, it may be told kBroken only after some writes that seem to work.
  // No notice comes afterwards. A stream may be destroyed inside any notice, including its own, and
  // without ever being observed.
  virtual ~ByteStream() = default;

  // Sends notices to `observer`, which must outlive the stream. Call it at most once (asserted),
  // before the first Read or Write; a stream that is never observed gives no notices. If there is
  // already something to read, OnReadable comes in a later turn step.
  virtual void Observe(StreamObserver& observer) = 0;

  // Moves up to buffer.size() (> 0, asserted) bytes into `buffer`, and touches no byte behind them.
  // Returns bytes that arrived before the end of the stream first; also those before a reset, none
  // to all of them, if the platform keeps them. After kEndOfStream or kBroken each further Read
  // returns the same, until Reset. A Write that returned kBroken after ShutdownWrite does not change
  // that.
  virtual IoResult Read(std::span<char> buffer) = 0;

  // Takes as many bytes as there is room for, from the front of the concatenated `pieces` (at most
  // kMaxWritePieces, not all empty: both asserted). If it takes fewer than offered, wait for
  // OnWritable before writing the rest. The room is bounded: when the peer does not read, Write
  // eventually returns kWouldBlock. Returns kBroken after ShutdownWrite, and eventually after the
  // peer was destroyed or reset.
  virtual IoResult Write(std::span<const std::string_view> pieces) = 0;

  // Half-close: the peer reads everything that Write took, then the end of the stream. Read still
  // works. A second call has no effect.
  virtual void ShutdownWrite() = 0;

  // Breaks the stream: drops unsent bytes and unread input, and the peer sees a reset, even if the
  // peer has half-closed. If this side has half-closed, the peer may see the end of the stream
  // instead. From now on Read and Write return kBroken, and no notice comes; ShutdownWrite and a
  // second Reset have no effect.
  virtual void Reset() = 0;

  // Why Read or Write returned kBroken, in a few words for people: "connection reset by peer". Empty
  // before, never empty after. The words depend on the implementation, so programs must not compare
  // them.
  virtual std::string_view broken_reason() const = 0;
};

// The largest number of pieces that one Write takes.
inline constexpr std::size_t kMaxWritePieces = 64;

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_PORTS_BYTE_STREAM_H_

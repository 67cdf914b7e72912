// A byte stream over a connected stream socket; transport/ports/byte_stream.h says how it behaves.
//
// The object is small, since a server may have many idle ones: no buffer, no string. Call it from
// the thread of the loop.
#ifndef CHATHTTP_ADAPTERS_SOCKET_STREAM_H_
#define CHATHTTP_ADAPTERS_SOCKET_STREAM_H_

#include <cstdint>
#include <span>
#include <string_view>

#include "chathttp/adapters/event_loop.h"
#include "chathttp/adapters/file_descriptor.h"
#include "chathttp/adapters/tcp_options.h"
#include "chathttp/transport/ports/byte_stream.h"

namespace chathttp::posix {

// Sets the TCP options of a stream on a socket before it connects or listens (accepted sockets
// inherit them): no delay for small writes, detection of a vanished peer, and at most about 128 KiB
// of unsent bytes in the kernel. Ignores failures: the stream works without these options.
void TuneTcpSocket(int socket, const TcpOptions& options = {});

class SocketStream final : public ByteStream, private Watcher {
 public:
  // `socket` is connected and non-blocking. `loop` outlives the stream.
  SocketStream(EventLoop& loop, FileDescriptor socket);
  ~SocketStream() override;

  // For a socket other than TCP: a short Read does not prove that it is empty.
  void AlwaysAsk() { always_ask_ = true; }

  void Observe(StreamObserver& observer) override;
  IoResult Read(std::span<char> buffer) override;
  IoResult Write(std::span<const std::string_view> pieces) override;
  void ShutdownWrite() override;
  void Reset() override;
  std::string_view broken_reason() const override;

 private:
  enum class ReadState : std::uint8_t { kOpen, kEnded, kBroken };
  enum class WriteState : std::uint8_t { kOpen, kShut, kBroken };

  WatchId watch() const { return loop_.WatchOf(*this, socket_.get()); }
  void OnReady(std::uint32_t events) override;
  IoResult ReadFailed(int error);
  IoResult ReadBroken();
  void BreakWrite(int error);

  EventLoop& loop_;
  StreamObserver* observer_ = nullptr;
  FileDescriptor socket_;
  std::uint16_t cause_ = 0;  // errno value for broken_reason
  ReadState read_state_ : 2 = ReadState::kOpen;
  WriteState write_state_ : 2 = WriteState::kOpen;
  bool read_waits_ : 1 = true;    // the observer expects OnReadable
  bool write_waits_ : 1 = false;  // the observer expects OnWritable
  bool drained_ : 1 = false;      // the last Read emptied the socket
  bool always_ask_ : 1 = false;   // a short Read does not prove that the socket is empty
};

}  // namespace chathttp::posix

#endif  // CHATHTTP_ADAPTERS_SOCKET_STREAM_H_

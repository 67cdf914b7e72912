// Test helpers for connections: observers, a peer that sends and reads only on notices, an acceptor
// that collects its streams.
#ifndef CHATHTTP_CONTRACT_PEER_H_
#define CHATHTTP_CONTRACT_PEER_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "chathttp/transport/ports/byte_stream.h"
#include "chathttp/transport/ports/network.h"

namespace chathttp::contract {

// Counts notices, and calls the test's functions from inside them.
class CountingObserver : public StreamObserver {
 public:
  void OnReadable() override;
  void OnWritable() override;

  int readable = 0;
  int writable = 0;
  std::function<void()> on_readable = [] {};
  std::function<void()> on_writable = [] {};
};

// One end of a connection, driven only by notices: reads everything on OnReadable, and sends on
// OnWritable.
class Peer final : public StreamObserver {
 public:
  explicit Peer(std::unique_ptr<ByteStream> stream);

  void OnReadable() override;
  void OnWritable() override;

  // Sends `bytes` after all earlier ones. SendEnd half-closes after all bytes.
  void Send(std::string_view bytes);
  void SendEnd();
  void Close() { stream_.reset(); }

  const std::string& input() const { return input_; }
  // kWouldBlock while the stream goes on, then kEndOfStream or kBroken.
  IoStatus state() const { return state_; }
  ByteStream& stream() { return *stream_; }

 private:
  void Flush();

  std::unique_ptr<ByteStream> stream_;
  std::string input_;
  std::string output_;
  bool end_requested_ = false;
  IoStatus state_ = IoStatus::kWouldBlock;
};

class CollectingAcceptor : public Acceptor {
 public:
  void OnAccept(std::unique_ptr<ByteStream> stream, std::string_view peer) override;
  void OnOverflow(ByteStream& stream, std::string_view peer) override;

  std::vector<std::unique_ptr<ByteStream>> streams;
  std::vector<std::string> peers;
  std::function<void()> on_accept = [] {};
};

// A connection attempt and its result.
struct Attempt {
  std::unique_ptr<ConnectAttempt> handle;
  int answers = 0;
  absl::Status status;
  std::unique_ptr<ByteStream> stream;
};
std::unique_ptr<Attempt> StartConnect(Network& network, const Endpoint& endpoint);

// Writes one piece.
IoResult WriteTo(ByteStream& stream, std::string_view bytes);

// Writes until the stream takes no more. Returns the bytes that it took.
std::string Fill(ByteStream& stream);

// `size` bytes without repeated pieces.
std::string Pattern(std::size_t size);

}  // namespace chathttp::contract

#endif  // CHATHTTP_CONTRACT_PEER_H_

// A scripted peer on the simulated network: sends given bytes, records the bytes that it receives,
// and splits them into responses with its own small codec.
#ifndef CHATHTTP_TESTS_TRANSPORT_SERVER_RAW_PEER_H_
#define CHATHTTP_TESTS_TRANSPORT_SERVER_RAW_PEER_H_

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "chathttp/transport/ports/network.h"

namespace chathttp {

struct RawResponse {
  int code = 0;
  std::string head;
  std::string entity;
  friend bool operator==(const RawResponse&, const RawResponse&) = default;
};

// "POST h HTTP/1.1\nUser_Agent: Alice\nContent_Length: 3\n\nHi\n"
std::string RawRequest(std::string_view method, std::string_view user,
                       std::string_view entity = "");

class RawPeer final : private StreamObserver {
 public:
  // Connects; `network` must outlive the peer.
  RawPeer(Network& network, const Endpoint& server);

  void Send(std::string_view bytes);
  void SetReading(bool reading);
  void ReadSome(std::size_t max_bytes);  // once, even after SetReading(false)
  void ShutdownWrite();                  // after the bytes passed to Send
  void Reset() { stream_->Reset(); }
  void Close() { stream_.reset(); }

  bool connected() const { return stream_ != nullptr; }
  bool refused() const { return refused_; }
  bool end_of_stream() const { return end_of_stream_; }
  bool broken() const { return broken_; }
  bool ended() const { return refused_ || end_of_stream_ || broken_; }
  const std::string& received() const { return received_; }

  // The complete responses received so far.
  std::vector<RawResponse> responses() const;
  // The entities of these responses.
  std::vector<std::string> entities() const;
  int last_code() const;

 private:
  void OnReadable() override;
  bool Take(std::span<char> buffer);
  void OnWritable() override { Flush(); }
  void Flush();

  std::unique_ptr<ConnectAttempt> attempt_;
  std::unique_ptr<ByteStream> stream_;
  std::string unsent_;
  std::string received_;
  bool reading_ = true;
  bool shut_ = false;
  bool refused_ = false;
  bool end_of_stream_ = false;
  bool broken_ = false;
};

}  // namespace chathttp

#endif  // CHATHTTP_TESTS_TRANSPORT_SERVER_RAW_PEER_H_

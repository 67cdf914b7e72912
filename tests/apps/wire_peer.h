// One end of a TCP connection on loopback, by blocking system calls, that sends ChatHTTP or any
// bytes; and a listener that makes such ends.
//
//   WirePeer alice(port);
//   EXPECT_EQ(alice.Receive().entity, "test");
//   alice.Send(MakeRequest("ADD", "Alice"));
//   EXPECT_EQ(alice.Receive().code, 200);
//
// A call waits for at most kPatience. Not thread-safe.
#ifndef CHATHTTP_TESTS_APPS_WIRE_PEER_H_
#define CHATHTTP_TESTS_APPS_WIRE_PEER_H_

#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>

#include "chathttp/adapters/file_descriptor.h"

namespace chathttp {

// A message; or, if there is none, code -1 and the reason as entity: kEnd, kReset or kSilence.
struct Received {
  int code = -1;
  std::string start_line = {};
  std::string entity = {};
  std::string bytes = {};

  friend std::ostream& operator<<(std::ostream& out, const Received& received) {
    return out << received.code << " \"" << received.entity << "\"";
  }
};

inline constexpr std::string_view kEnd = "(end of stream)";
inline constexpr std::string_view kReset = "(reset)";
inline constexpr std::string_view kSilence = "(silence)";

struct PeerOptions {
  int receive_bytes = 0;  // SO_RCVBUF; 0 leaves it to the kernel
  int segment_bytes = 0;  // TCP_MAXSEG; small ones keep the send buffer of the server small too
};

class WirePeer {
 public:
  // Connects to 127.0.0.1:port; the test fails if that fails.
  explicit WirePeer(std::uint16_t port, const PeerOptions& options = {});
  explicit WirePeer(posix::FileDescriptor socket);

  void Send(std::string_view bytes);

  // The next message.
  Received Receive();

  // All bytes up to the end of the stream; the test fails if it does not end.
  std::string ReceiveAll();

  // Whether nothing arrives for `milliseconds`.
  bool StaysSilent(int milliseconds);

  void ShutdownWrite();  // FIN
  void Close();
  void Reset();  // RST

 private:
  posix::FileDescriptor socket_;
  std::string unread_;
  std::size_t taken_ = 0;  // of unread_
};

class WireListener {
 public:
  enum class Kind { kListens, kRefuses };

  // Binds a free port of 127.0.0.1, to listen there or to keep others from it.
  explicit WireListener(Kind kind = Kind::kListens);

  std::uint16_t port() const { return port_; }
  bool HasConnection() const;
  WirePeer Accept() const;

 private:
  posix::FileDescriptor socket_;
  std::uint16_t port_ = 0;
};

// Connects a peer and logs it in as `name`; the test fails if the login fails.
WirePeer Join(std::uint16_t port, std::string_view name, const PeerOptions& options = {});

}  // namespace chathttp

#endif  // CHATHTTP_TESTS_APPS_WIRE_PEER_H_

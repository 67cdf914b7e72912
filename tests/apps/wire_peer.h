// One end of a TCP connection on loopback, by blocking system calls, that talks ChatHTTP or
// whatever the test makes up; and a listener that makes such ends.
//
//   WirePeer alice(port);
//   EXPECT_EQ(alice.Receive().entity, "test");
//   alice.Send(MakeRequest("ADD", "Alice"));
//   EXPECT_EQ(alice.Receive().code, 200);
//
// A call waits for at most kPatience. One thread.
#ifndef CHATHTTP_TESTS_APPS_WIRE_PEER_H_
#define CHATHTTP_TESTS_APPS_WIRE_PEER_H_

#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>

#include "adapters/file_descriptor.h"

namespace chathttp {

// A message, or the reason why there is none: then its code is -1 and its entity is kEnd, kReset
// or kSilence.
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
  // Connects to 127.0.0.1:port; a failure of the test if that cannot be done.
  explicit WirePeer(std::uint16_t port, const PeerOptions& options = {});
  explicit WirePeer(posix::FileDescriptor socket);

  void Send(std::string_view bytes);

  // The next message.
  Received Receive();

  // Whether there is nothing to read, and goes on to be for `milliseconds`.
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

  // Takes a free port of 127.0.0.1, to listen there or to keep it from anyone who would.
  explicit WireListener(Kind kind = Kind::kListens);

  std::uint16_t port() const { return port_; }
  bool HasConnection() const;
  WirePeer Accept() const;

 private:
  posix::FileDescriptor socket_;
  std::uint16_t port_ = 0;
};

// A peer that is greeted and logged in as `name`; a failure of the test if it is not let in.
WirePeer Join(std::uint16_t port, std::string_view name, const PeerOptions& options = {});

}  // namespace chathttp

#endif  // CHATHTTP_TESTS_APPS_WIRE_PEER_H_

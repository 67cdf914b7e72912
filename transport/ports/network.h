// Port: creates byte streams by listening and by connecting.
//
//   auto listener = network.Listen({"127.0.0.1", 0}, acceptor);
//   if (!listener.ok()) return listener.status();
//   Endpoint here = (*listener)->local();          // with the port that was chosen
//
// No function blocks. The event loop calls acceptors and callbacks, never from inside a call to
// this port. Use it only on the loop's thread.
#ifndef CHATHTTP_TRANSPORT_PORTS_NETWORK_H_
#define CHATHTTP_TRANSPORT_PORTS_NETWORK_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "chathttp/transport/ports/byte_stream.h"

namespace chathttp {

struct Endpoint {
  std::string host;        // a host name, or an IPv4 or IPv6 address without brackets
  std::uint16_t port = 0;  // for Listen, 0 means any free port

  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

// The default endpoint of servers and clients.
inline constexpr std::string_view kDefaultHost = "127.0.0.1";
inline constexpr std::uint16_t kDefaultPort = 9994;

// "127.0.0.1:9994", "[::1]:9994".
std::string ToString(const Endpoint& endpoint);

class Acceptor {
 public:
  // A peer has connected. `peer` is its address in the format of ToString, valid during the call.
  virtual void OnAccept(std::unique_ptr<ByteStream> stream, std::string_view peer) = 0;

  // A peer has connected, but the process has no descriptor left to keep it. The acceptor may write
  // to `stream`, which takes what fits into its send buffer, but must not observe it. The listener
  // closes the stream when this returns.
  virtual void OnOverflow(ByteStream& stream, std::string_view peer) = 0;

 protected:
  ~Acceptor() = default;
};

// Listens until destroyed. Connections that it has accepted stay open.
class Listener {
 public:
  Listener() = default;
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  virtual ~Listener() = default;

  // The endpoint in use: a numeric address and a port.
  virtual Endpoint local() const = 0;
};

// A pending connection attempt. Destroying it cancels the attempt; its callback is not called.
class ConnectAttempt {
 public:
  ConnectAttempt() = default;
  ConnectAttempt(const ConnectAttempt&) = delete;
  ConnectAttempt& operator=(const ConnectAttempt&) = delete;
  virtual ~ConnectAttempt() = default;
};

// Receives the stream, or an error: Unavailable ("connection refused"), DeadlineExceeded (the
// platform gave up waiting), NotFound (no such host), ResourceExhausted (no descriptors left).
using ConnectCallback = absl::AnyInvocable<void(absl::StatusOr<std::unique_ptr<ByteStream>>)>;

class Network {
 public:
  Network() = default;
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;
  virtual ~Network() = default;

  // Listens at `endpoint` and passes connections to `acceptor`, which must outlive the listener.
  // Errors: AlreadyExists (address in use), PermissionDenied, NotFound (no such host, or not an
  // address of this machine), ResourceExhausted.
  virtual absl::StatusOr<std::unique_ptr<Listener>> Listen(const Endpoint& endpoint,
                                                           Acceptor& acceptor) = 0;

  // Connects to `endpoint` and calls `done` exactly once, unless the attempt is destroyed first.
  // `done` may destroy the attempt.
  virtual std::unique_ptr<ConnectAttempt> Connect(const Endpoint& endpoint,
                                                  ConnectCallback done) = 0;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_PORTS_NETWORK_H_

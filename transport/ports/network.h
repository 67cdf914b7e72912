// Port: creates byte streams by listening and by connecting.
//
//   auto listener = network.Listen({"127.0.0.1", 0}, acceptor);
//   if (!listener.ok()) return listener.status();
//   Endpoint here = (*listener)->local();          // with the port that was chosen
//
// No function blocks. The event loop calls acceptors and callbacks in a later turn step (scheduler.h
// says what that is), never from inside a call to this port. Use it only on the loop's thread.
//
// Implementations are in adapters/ (sockets), sim/ (a simulated network) and memory_network.h.
// Tests in chathttp/contract/ check what this header promises, and can test other implementations.
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
  // A host name, or an IPv4 or IPv6 address without brackets; or "unix:PATH" for a UNIX socket,
  // which has no port, for networks of this machine.
  std::string host;
  std::uint16_t port = 0;  // for Listen, 0 means any free port

  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

// The default endpoint of servers and clients.
inline constexpr std::string_view kDefaultHost = "127.0.0.1";
inline constexpr std::uint16_t kDefaultPort = 9994;

// "127.0.0.1:9994", "[::1]:9994", "unix:/run/chat.sock".
std::string ToString(const Endpoint& endpoint);

// The endpoint in `text`, which has the format of ToString; the host is not looked up.
// InvalidArgument names the form and the text.
absl::StatusOr<Endpoint> ParseEndpoint(std::string_view text);

// The path of a UNIX socket; empty for other endpoints.
std::string_view UnixPath(const Endpoint& endpoint);

class Acceptor {
 public:
  // A peer has connected. `peer` is its address in the format of ToString, or "unix" if it came by
  // a UNIX socket; valid during the call. It is meant for people and logs: two peers may have the
  // same address. The acceptor may destroy
  // the listener.
  virtual void OnAccept(std::unique_ptr<ByteStream> stream, std::string_view peer) = 0;

  // A peer has connected, but the process has no descriptor left to keep it. The acceptor may write
  // to `stream`, which takes what fits into its send buffer, but must not observe it. The listener
  // closes the stream when this returns.
  virtual void OnOverflow(ByteStream& stream, std::string_view peer) = 0;

 protected:
  ~Acceptor() = default;
};

// Listens until destroyed. Then its endpoint is free again, connections to it are refused, and
// connections that the acceptor has not been given yet are closed. Those that it was given stay
// open.
class Listener {
 public:
  Listener() = default;
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  virtual ~Listener() = default;

  // The endpoint in use: peers connect to it. The port is never 0, but for UNIX sockets. Sockets
  // give a numeric address.
  virtual Endpoint local() const = 0;
};

// A connection attempt. Destroying it before its callback was called cancels the attempt: the
// callback is not called, and a connection that a listener has accepted already is closed. A stream
// that the callback was given outlives the attempt.
class ConnectAttempt {
 public:
  ConnectAttempt() = default;
  ConnectAttempt(const ConnectAttempt&) = delete;
  ConnectAttempt& operator=(const ConnectAttempt&) = delete;
  virtual ~ConnectAttempt() = default;
};

// Receives the stream, or an error: Unavailable (refused: nobody listens there), DeadlineExceeded
// (the platform gave up waiting), NotFound (no such host), ResourceExhausted (no descriptors left).
using ConnectCallback = absl::AnyInvocable<void(absl::StatusOr<std::unique_ptr<ByteStream>>)>;

class Network {
 public:
  Network() = default;
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;
  virtual ~Network() = default;

  // Listens at `endpoint` and passes connections to `acceptor`, which must outlive the listener.
  // Port 0 chooses another free port each time. Errors: AlreadyExists (another listener has the
  // endpoint), PermissionDenied, NotFound (no such host, or not an address of this machine),
  // ResourceExhausted.
  virtual absl::StatusOr<std::unique_ptr<Listener>> Listen(const Endpoint& endpoint,
                                                           Acceptor& acceptor) = 0;

  // Connects to `endpoint` and calls `done` exactly once, unless the attempt is destroyed first.
  // `done` may destroy the attempt and start others; it must not be empty (asserted).
  virtual std::unique_ptr<ConnectAttempt> Connect(const Endpoint& endpoint,
                                                  ConnectCallback done) = 0;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_PORTS_NETWORK_H_

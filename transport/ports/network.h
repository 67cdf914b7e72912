// Port: how byte streams come to be, by listening and by connecting.
//
//   auto listener = network.Listen({"127.0.0.1", 0}, acceptor);
//   if (!listener.ok()) return listener.status();
//   Endpoint here = (*listener)->local();          // with the port that was given
//
// Nothing blocks; acceptors and callbacks are called by the event loop, never from inside a call
// made here. One thread, that of the loop.
#ifndef CHATHTTP_TRANSPORT_PORTS_NETWORK_H_
#define CHATHTTP_TRANSPORT_PORTS_NETWORK_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "transport/ports/byte_stream.h"

namespace chathttp {

struct Endpoint {
  std::string host;        // a name, an IPv4 or an IPv6 address, without brackets
  std::uint16_t port = 0;  // 0 when listening: any free one

  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

// Where a server listens, and where a client looks for it, if nothing else is given.
inline constexpr std::string_view kDefaultHost = "127.0.0.1";
inline constexpr std::uint16_t kDefaultPort = 9994;

// "127.0.0.1:9994", "[::1]:9994".
std::string ToString(const Endpoint& endpoint);

class Acceptor {
 public:
  // A peer has connected. `peer` is its address as ToString writes it, valid during the call.
  virtual void OnAccept(std::unique_ptr<ByteStream> stream, std::string_view peer) = 0;

  // A peer has connected, but descriptors have run out: there is no way to keep it. What is
  // written to `stream` now goes out as far as the platform takes it in one go; the listener
  // closes the stream when this returns. Not to be observed.
  virtual void OnOverflow(ByteStream& stream, std::string_view peer) = 0;

 protected:
  ~Acceptor() = default;
};

// Listens until destroyed; connections made before live on.
class Listener {
 public:
  Listener() = default;
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  virtual ~Listener() = default;

  // Where it listens: a numeric address and the port in use.
  virtual Endpoint local() const = 0;
};

// A connection being made. Destroying it gives up: the callback is not called any more.
class ConnectAttempt {
 public:
  ConnectAttempt() = default;
  ConnectAttempt(const ConnectAttempt&) = delete;
  ConnectAttempt& operator=(const ConnectAttempt&) = delete;
  virtual ~ConnectAttempt() = default;
};

// The stream, or why there is none: Unavailable ("connection refused"), DeadlineExceeded (the
// platform gave up waiting), NotFound (no such host), ResourceExhausted (no descriptors left).
using ConnectCallback = absl::AnyInvocable<void(absl::StatusOr<std::unique_ptr<ByteStream>>)>;

class Network {
 public:
  Network() = default;
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;
  virtual ~Network() = default;

  // Listens at `endpoint` and tells `acceptor`, which must outlive the listener. Errors:
  // AlreadyExists (address in use), PermissionDenied, NotFound (no such host or address here),
  // ResourceExhausted.
  virtual absl::StatusOr<std::unique_ptr<Listener>> Listen(const Endpoint& endpoint,
                                                           Acceptor& acceptor) = 0;

  // Connects to `endpoint` and calls `done` exactly once, unless the attempt is destroyed first.
  // The attempt may be destroyed inside `done`.
  virtual std::unique_ptr<ConnectAttempt> Connect(const Endpoint& endpoint,
                                                  ConnectCallback done) = 0;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_PORTS_NETWORK_H_

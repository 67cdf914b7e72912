// The network of transport/ports/network.h over TCP sockets, IPv4 and IPv6, and over UNIX sockets.
//
//   PosixNetwork network(loop);
//   auto listener = network.Listen({"127.0.0.1", 9994}, acceptor);
//   auto local = network.Listen({"unix:/run/chat.sock", 0}, acceptor);
//
// Connect looks up host names on a helper thread. Listen looks up a host name at once, which may
// block; numeric addresses never block. So call Listen with a name only at the start of a program.
// A UNIX socket is a file with mode 0600. Listen replaces one that nobody listens at any more. Its
// peers are called "unix". It knows no reset: after Reset, the peer reads what was written, and the end.
//
// The options hold for all TCP connections. Call all methods from the thread of the loop. `loop`
// outlives the network and all objects that it made.
#ifndef CHATHTTP_ADAPTERS_POSIX_NETWORK_H_
#define CHATHTTP_ADAPTERS_POSIX_NETWORK_H_

#include <memory>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "chathttp/adapters/event_loop.h"
#include "chathttp/adapters/file_descriptor.h"
#include "chathttp/adapters/socket_router.h"
#include "chathttp/adapters/tcp_options.h"
#include "chathttp/transport/ports/network.h"

namespace chathttp::posix {

class Resolver;

class PosixNetwork final : public Network {
 public:
  explicit PosixNetwork(EventLoop& loop, const TcpOptions& options = {});
  ~PosixNetwork() override;

  // Keeps `socket`, which another program has opened, for the next Listen at the endpoint that this
  // returns, which is where the socket listens:
  //
  //   auto endpoint = network.Inherit(std::move(socket));
  //   if (endpoint.ok()) listener = network.Listen(*endpoint, acceptor);
  //
  // Connections that were not accepted stay in the socket when the listener is destroyed. Error:
  // InvalidArgument if it is not a listening TCP socket or UNIX stream socket.
  absl::StatusOr<Endpoint> Inherit(FileDescriptor socket);

  // Asks `router` about each connection that later listeners accept. It must outlive them.
  void RouteBy(SocketRouter& router) { router_ = &router; }

  absl::StatusOr<std::unique_ptr<Listener>> Listen(const Endpoint& endpoint,
                                                   Acceptor& acceptor) override;
  std::unique_ptr<ConnectAttempt> Connect(const Endpoint& endpoint, ConnectCallback done) override;

 private:
  EventLoop& loop_;
  const TcpOptions options_;
  const std::unique_ptr<Resolver> resolver_;
  SocketRouter* router_ = nullptr;
  std::vector<std::pair<Endpoint, FileDescriptor>> inherited_;  // those that no Listen has used
};

}  // namespace chathttp::posix

#endif  // CHATHTTP_ADAPTERS_POSIX_NETWORK_H_

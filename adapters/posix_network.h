// The network of transport/ports/network.h over TCP sockets, IPv4 and IPv6.
//
//   PosixNetwork network(loop);
//   auto listener = network.Listen({"127.0.0.1", 9994}, acceptor);
//
// Connect looks up host names on a helper thread. Listen looks up a host name at once, which may
// block; numeric addresses never block. So call Listen with a name only at the start of a program.
// Call all methods from the thread of the loop. `loop` outlives the network and all objects that it
// made.
#ifndef CHATHTTP_ADAPTERS_POSIX_NETWORK_H_
#define CHATHTTP_ADAPTERS_POSIX_NETWORK_H_

#include <memory>

#include "absl/status/statusor.h"
#include "chathttp/adapters/event_loop.h"
#include "chathttp/transport/ports/network.h"

namespace chathttp::posix {

class Resolver;

class PosixNetwork final : public Network {
 public:
  explicit PosixNetwork(EventLoop& loop);
  ~PosixNetwork() override;

  absl::StatusOr<std::unique_ptr<Listener>> Listen(const Endpoint& endpoint,
                                                   Acceptor& acceptor) override;
  std::unique_ptr<ConnectAttempt> Connect(const Endpoint& endpoint, ConnectCallback done) override;

 private:
  EventLoop& loop_;
  const std::unique_ptr<Resolver> resolver_;
};

}  // namespace chathttp::posix

#endif  // CHATHTTP_ADAPTERS_POSIX_NETWORK_H_

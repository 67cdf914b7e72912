// The network of transport/ports/network.h over TCP sockets, IPv4 and IPv6.
//
//   PosixNetwork network(loop);
//   auto listener = network.Listen({"127.0.0.1", 9994}, acceptor);
//
// Connect looks host names up on a helper thread. Listen looks a host name up at once, which may
// block: it is for the start of a program, and addresses in numbers never block.
// One thread, that of the loop; `loop` outlives the network and all that it made.
#ifndef CHATHTTP_ADAPTERS_POSIX_NETWORK_H_
#define CHATHTTP_ADAPTERS_POSIX_NETWORK_H_

#include <memory>

#include "absl/status/statusor.h"
#include "adapters/event_loop.h"
#include "transport/ports/network.h"

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

#include "chathttp/adapters/posix_network.h"

#include <utility>

#include "chathttp/adapters/connector.h"
#include "chathttp/adapters/resolver.h"
#include "chathttp/adapters/socket_listener.h"

namespace chathttp::posix {

PosixNetwork::PosixNetwork(EventLoop& loop)
    : loop_(loop), resolver_(std::make_unique<Resolver>(loop)) {}

PosixNetwork::~PosixNetwork() = default;

absl::StatusOr<std::unique_ptr<Listener>> PosixNetwork::Listen(const Endpoint& endpoint,
                                                               Acceptor& acceptor) {
  return SocketListener::Open(loop_, endpoint, acceptor);
}

std::unique_ptr<ConnectAttempt> PosixNetwork::Connect(const Endpoint& endpoint,
                                                      ConnectCallback done) {
  return std::make_unique<Connector>(loop_, *resolver_, endpoint, std::move(done));
}

}  // namespace chathttp::posix

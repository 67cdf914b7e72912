#include "chathttp/adapters/posix_network.h"

#include <algorithm>
#include <utility>

#include "chathttp/adapters/connector.h"
#include "chathttp/adapters/resolver.h"
#include "chathttp/adapters/socket_listener.h"

namespace chathttp::posix {

PosixNetwork::PosixNetwork(EventLoop& loop, const TcpOptions& options)
    : loop_(loop), options_(options), resolver_(std::make_unique<Resolver>(loop)) {}

PosixNetwork::~PosixNetwork() = default;

absl::StatusOr<Endpoint> PosixNetwork::Inherit(FileDescriptor socket) {
  auto endpoint = SocketListener::EndpointOf(socket);
  if (endpoint.ok()) inherited_.emplace_back(*endpoint, std::move(socket));
  return endpoint;
}

absl::StatusOr<std::unique_ptr<Listener>> PosixNetwork::Listen(const Endpoint& endpoint,
                                                               Acceptor& acceptor) {
  const auto found = std::find_if(inherited_.begin(), inherited_.end(),
                                  [&](const auto& entry) { return entry.first == endpoint; });
  if (found != inherited_.end()) {
    FileDescriptor socket = std::move(found->second);
    inherited_.erase(found);
    return SocketListener::Adopt(loop_, std::move(socket), options_, acceptor, router_);
  }
  return SocketListener::Open(loop_, endpoint, options_, acceptor, router_);
}

std::unique_ptr<ConnectAttempt> PosixNetwork::Connect(const Endpoint& endpoint,
                                                      ConnectCallback done) {
  return std::make_unique<Connector>(loop_, *resolver_, endpoint, std::move(done), options_);
}

}  // namespace chathttp::posix

// Decides which thread serves a connection that a listener has accepted: see
// PosixNetwork::RouteBy and HandoverNetwork.
#ifndef CHATHTTP_ADAPTERS_SOCKET_ROUTER_H_
#define CHATHTTP_ADAPTERS_SOCKET_ROUTER_H_

#include <string>

#include "chathttp/adapters/file_descriptor.h"
#include "chathttp/transport/ports/network.h"

namespace chathttp::posix {

// A connection that no loop watches yet. Its socket does not block.
struct AcceptedSocket {
  FileDescriptor socket;
  std::string peer;      // as Acceptor::OnAccept has it
  bool is_unix = false;  // a UNIX socket
};

class SocketRouter {
 public:
  // Takes the connection and returns true, or returns false: then the acceptor of the listener gets
  // it. `listener` is where it listens. Called on the thread of the listener.
  virtual bool Take(AcceptedSocket& accepted, const Endpoint& listener) = 0;

 protected:
  ~SocketRouter() = default;
};

}  // namespace chathttp::posix

#endif  // CHATHTTP_ADAPTERS_SOCKET_ROUTER_H_

// Where chat_server listens: at its endpoints, or on sockets of the service manager.
//
//   auto sockets = TakeSockets();
//   if (!sockets.ok()) return sockets.status();
//   auto metrics = EndpointOf(std::move(sockets->metrics), network, config.metrics);
//   auto endpoints = EndpointsOf(std::move(sockets->chat), network, config.listen);
#ifndef CHATHTTP_APPS_SERVER_LISTENERS_H_
#define CHATHTTP_APPS_SERVER_LISTENERS_H_

#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "chathttp/adapters/file_descriptor.h"
#include "chathttp/adapters/posix_network.h"
#include "chathttp/transport/ports/network.h"

namespace chathttp {

// Listening sockets that the service manager opened.
struct Sockets {
  std::vector<posix::FileDescriptor> chat;
  std::vector<posix::FileDescriptor> proxy;
  posix::FileDescriptor metrics;  // not valid: none
  posix::FileDescriptor admin;    // a UNIX socket with a path; not valid: none
};

// Call it before the program opens anything or starts a thread. The errors of InheritedSockets;
// InvalidArgument if two sockets are called metrics or admin, or if that called admin is no UNIX
// socket with a path: the mode of its file is all that keeps others from commanding the server.
absl::StatusOr<Sockets> TakeSockets();

// The endpoint of `socket`, which `network` keeps for Listen; `otherwise` if it is not valid.
absl::StatusOr<std::optional<Endpoint>> EndpointOf(posix::FileDescriptor socket,
                                                   posix::PosixNetwork& network,
                                                   const std::optional<Endpoint>& otherwise);

// The endpoints of `sockets`, which `network` keeps for Listen; `otherwise` if there are none.
absl::StatusOr<std::vector<Endpoint>> EndpointsOf(std::vector<posix::FileDescriptor> sockets,
                                                  posix::PosixNetwork& network,
                                                  const std::vector<Endpoint>& otherwise);

}  // namespace chathttp

#endif  // CHATHTTP_APPS_SERVER_LISTENERS_H_

#include "apps/server/listeners.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "chathttp/adapters/inherited_sockets.h"
#include "chathttp/adapters/socket_address.h"
#include "chathttp/domain/absl_view.h"

namespace chathttp {
namespace {

// Moves the only socket of that name to `socket`, if there is one.
absl::Status TakeOne(posix::InheritedSockets& inherited, std::string_view name,
                     posix::FileDescriptor& socket) {
  std::vector<posix::FileDescriptor> taken = inherited.Take(name);
  if (taken.size() > 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("at most one inherited socket may be called ", AbslView(name), ", got ",
                     taken.size(), ": leave one ListenStream= with this FileDescriptorName="));
  }
  if (!taken.empty()) socket = std::move(taken.front());
  return absl::OkStatus();
}

absl::Status CheckAdminSocket(const posix::FileDescriptor& socket) {
  if (!socket.valid()) return absl::OkStatus();
  const Endpoint endpoint = posix::SocketAddress::LocalOf(socket.get()).endpoint();
  if (!UnixPath(endpoint).empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "the inherited descriptor ", socket.get(), ", called admin, is no UNIX socket with a path: ",
      "give its socket unit ListenStream=/PATH and SocketMode=0600"));
}

}  // namespace

absl::StatusOr<Sockets> TakeSockets() {
  auto inherited = posix::InheritedSockets::FromEnvironment();
  if (!inherited.ok()) return inherited.status();
  Sockets sockets;
  sockets.chat = inherited->Take("chat");
  sockets.proxy = inherited->Take("proxy");
  absl::Status status = TakeOne(*inherited, "metrics", sockets.metrics);
  if (status.ok()) status = TakeOne(*inherited, "admin", sockets.admin);
  if (status.ok()) status = CheckAdminSocket(sockets.admin);
  if (status.ok()) status = inherited->CheckNoneLeft();
  if (!status.ok()) return status;
  return sockets;
}

absl::StatusOr<std::optional<Endpoint>> EndpointOf(posix::FileDescriptor socket,
                                                   posix::PosixNetwork& network,
                                                   const std::optional<Endpoint>& otherwise) {
  if (!socket.valid()) return otherwise;
  return network.Inherit(std::move(socket));
}

absl::StatusOr<std::vector<Endpoint>> EndpointsOf(std::vector<posix::FileDescriptor> sockets,
                                                  posix::PosixNetwork& network,
                                                  const std::vector<Endpoint>& otherwise) {
  if (sockets.empty()) return otherwise;
  std::vector<Endpoint> endpoints;
  for (posix::FileDescriptor& socket : sockets) {
    auto endpoint = network.Inherit(std::move(socket));
    if (!endpoint.ok()) return endpoint.status();
    endpoints.push_back(*std::move(endpoint));
  }
  return endpoints;
}

}  // namespace chathttp

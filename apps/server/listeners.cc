#include "apps/server/listeners.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "chathttp/adapters/inherited_sockets.h"
#include "chathttp/domain/absl_view.h"

namespace chathttp {

absl::StatusOr<Sockets> TakeSockets() {
  auto inherited = posix::InheritedSockets::FromEnvironment();
  if (!inherited.ok()) return inherited.status();
  Sockets sockets{.chat = inherited->Take("chat"), .proxy = inherited->Take("proxy")};
  if (absl::Status status = inherited->CheckNoneLeft(); !status.ok()) return status;
  return sockets;
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

absl::Status ListenAt(const absl::StatusOr<std::vector<Endpoint>>& endpoints, ChatServer& server,
                      Network& network, std::string_view words, std::string& lines) {
  if (!endpoints.ok()) return endpoints.status();
  for (const Endpoint& endpoint : *endpoints) {
    if (absl::Status status = server.Listen(network, endpoint); !status.ok()) return status;
    absl::StrAppend(&lines, AbslView(words), ToString(server.endpoints().back()), "\n");
  }
  return absl::OkStatus();
}

}  // namespace chathttp

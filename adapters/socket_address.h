// Socket addresses, and the look-up of host names.
//
//   auto addresses = LookUp({"::1", 9994}, HostKind::kNumeric);
//   connect(socket, addresses->front().get(), addresses->front().size());
//
// Thread-safe functions; values without shared state.
#ifndef CHATHTTP_ADAPTERS_SOCKET_ADDRESS_H_
#define CHATHTTP_ADAPTERS_SOCKET_ADDRESS_H_

#include <sys/socket.h>

#include <vector>

#include "absl/status/statusor.h"
#include "chathttp/transport/ports/network.h"

namespace chathttp::posix {

// An IPv4 or IPv6 address and port, or the path of a UNIX socket.
class SocketAddress {
 public:
  // Unspecified: no family.
  SocketAddress() = default;
  SocketAddress(const sockaddr* address, socklen_t size);

  // The address that `socket` is bound to, or connected to; unspecified if there is none.
  static SocketAddress LocalOf(int socket);
  static SocketAddress PeerOf(int socket);

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage_); }
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage_); }
  socklen_t size() const { return size_; }
  int family() const { return storage_.ss_family; }

  // Whether it is "::", which may accept IPv4 peers too.
  bool is_any_ipv6() const;

  // The numeric address and port. An IPv4-mapped IPv6 address becomes an IPv4 address. A UNIX socket
  // has "unix:PATH", or "unix" if it has no path.
  Endpoint endpoint() const;

 private:
  sockaddr_storage storage_{};
  socklen_t size_ = sizeof(sockaddr_storage);
};

enum class HostKind {
  kNumeric,  // a numeric address; never blocks
  kAny,      // or a name, whose look-up may block
};

// The addresses of `endpoint`, at least one. Errors: NotFound ("no such host: foo", or a path that is
// too long for a UNIX socket), Unavailable (no name server answers), ResourceExhausted.
absl::StatusOr<std::vector<SocketAddress>> LookUp(const Endpoint& endpoint, HostKind kind);

}  // namespace chathttp::posix

#endif  // CHATHTTP_ADAPTERS_SOCKET_ADDRESS_H_

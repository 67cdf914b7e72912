#include "chathttp/adapters/socket_address.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "chathttp/adapters/system_error.h"
#include "chathttp/domain/escape.h"

namespace chathttp::posix {
namespace {

constexpr std::size_t kMaxHostBytes = 255;  // RFC 1035 section 2.3.4

std::string HostText(const sockaddr* address, socklen_t size) {
  std::array<char, NI_MAXHOST> host{};
  if (getnameinfo(address, size, host.data(), host.size(), nullptr, 0, NI_NUMERICHOST) != 0) {
    return "?";
  }
  return host.data();
}

// getaddrinfo may return errors beyond the documented ones: each that is not about resources counts
// as "no such host".
absl::Status LookUpError(int code, int error, const std::string& host) {
  switch (code) {
    case EAI_AGAIN:
      return absl::UnavailableError(
          absl::StrCat("no name server answers for host: ", Visible(host, kMaxHostBytes)));
    case EAI_MEMORY:
      return ConnectError(ENOMEM);
    case EAI_SYSTEM:
      return ConnectError(error);
    default:
      return absl::NotFoundError(absl::StrCat("no such host: ", Visible(host, kMaxHostBytes)));
  }
}

absl::StatusOr<SocketAddress> UnixAddress(std::string_view path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path) || path.find('\0') != std::string_view::npos) {
    return absl::NotFoundError(absl::StrCat("the path of a UNIX socket has at most ",
                                            sizeof(address.sun_path) - 1, " bytes, got ",
                                            path.size(), ": ", Visible(path, kMaxHostBytes)));
  }
  path.copy(address.sun_path, path.size());
  return SocketAddress(reinterpret_cast<const sockaddr*>(&address), sizeof(address));
}

Endpoint UnixEndpoint(const sockaddr* address, socklen_t size) {
  constexpr std::size_t kFront = offsetof(sockaddr_un, sun_path);
  if (size <= kFront) return {"unix", 0};
  const char* const path = reinterpret_cast<const sockaddr_un*>(address)->sun_path;
  return {absl::StrCat("unix:", absl::string_view(path, strnlen(path, size - kFront))), 0};
}

}  // namespace

SocketAddress::SocketAddress(const sockaddr* address, socklen_t size)
    : size_(std::min<socklen_t>(size, sizeof(storage_))) {
  std::memcpy(&storage_, address, size_);
}

SocketAddress SocketAddress::LocalOf(int socket) {
  SocketAddress address;
  if (getsockname(socket, address.get(), &address.size_) != 0) return {};
  return address;
}

SocketAddress SocketAddress::PeerOf(int socket) {
  SocketAddress address;
  if (getpeername(socket, address.get(), &address.size_) != 0) return {};
  return address;
}

bool SocketAddress::is_any_ipv6() const {
  return family() == AF_INET6 &&
         IN6_IS_ADDR_UNSPECIFIED(&reinterpret_cast<const sockaddr_in6*>(&storage_)->sin6_addr);
}

Endpoint SocketAddress::endpoint() const {
  if (family() == AF_INET) {
    return {HostText(get(), size_),
            ntohs(reinterpret_cast<const sockaddr_in*>(&storage_)->sin_port)};
  }
  if (family() == AF_UNIX) return UnixEndpoint(get(), size_);
  if (family() != AF_INET6) return {"?", 0};
  const auto& six = *reinterpret_cast<const sockaddr_in6*>(&storage_);
  const std::uint16_t port = ntohs(six.sin6_port);
  if (!IN6_IS_ADDR_V4MAPPED(&six.sin6_addr)) return {HostText(get(), size_), port};
  sockaddr_in four{};
  four.sin_family = AF_INET;
  std::memcpy(&four.sin_addr, &six.sin6_addr.s6_addr[12], sizeof(four.sin_addr));
  return {HostText(reinterpret_cast<const sockaddr*>(&four), sizeof(four)), port};
}

absl::StatusOr<std::vector<SocketAddress>> LookUp(const Endpoint& endpoint, HostKind kind) {
  if (const std::string_view path = UnixPath(endpoint); !path.empty()) {
    absl::StatusOr<SocketAddress> address = UnixAddress(path);
    if (!address.ok()) return address.status();
    return std::vector{*address};
  }
  const std::string& host = endpoint.host;
  // To getaddrinfo an empty host and "*" would mean the machine itself, and a NUL would end the
  // name early.
  if (host.empty() || host == "*" || host.size() > kMaxHostBytes ||
      host.find('\0') != std::string::npos) {
    return LookUpError(EAI_NONAME, 0, host);
  }
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV | (kind == HostKind::kNumeric ? AI_NUMERICHOST : 0);
  addrinfo* found = nullptr;
  const int code = getaddrinfo(host.c_str(), std::to_string(endpoint.port).c_str(), &hints, &found);
  if (code != 0) return LookUpError(code, errno, host);
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, &freeaddrinfo);
  std::vector<SocketAddress> addresses;
  for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
    if (entry->ai_family != AF_INET && entry->ai_family != AF_INET6) continue;
    addresses.emplace_back(entry->ai_addr, entry->ai_addrlen);
  }
  if (addresses.empty()) return LookUpError(EAI_NONAME, 0, host);
  return addresses;
}

}  // namespace chathttp::posix

#include "chathttp/adapters/adopt_socket.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <cerrno>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "chathttp/adapters/socket_address.h"
#include "chathttp/adapters/socket_stream.h"
#include "chathttp/adapters/system_error.h"
#include "chathttp/domain/absl_view.h"

namespace chathttp::posix {
namespace {

// The value of an option of the socket, or -1 and errno.
int Option(int socket, int option) {
  int value = 0;
  socklen_t size = sizeof(value);
  return getsockopt(socket, SOL_SOCKET, option, &value, &size) == 0 ? value : -1;
}

// Why the descriptor cannot become a stream; empty if it can.
std::string_view Problem(int socket, const SocketAddress& peer) {
  const int type = Option(socket, SO_TYPE);
  if (type < 0) return errno == ENOTSOCK ? "it is not a socket" : "it is not open";
  if (type != SOCK_STREAM) return "its type is not SOCK_STREAM";
  if (Option(socket, SO_ACCEPTCONN) > 0) return "it is a listener, accept a connection from it";
  if (peer.family() == AF_UNSPEC) return "it is not connected";
  return "";
}

}  // namespace

absl::StatusOr<std::unique_ptr<ByteStream>> AdoptSocket(EventLoop& loop, FileDescriptor socket) {
  const SocketAddress peer = SocketAddress::PeerOf(socket.get());
  const std::string_view problem = Problem(socket.get(), peer);
  if (!problem.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("descriptor ", socket.get(), " cannot be a stream: ", AbslView(problem)));
  }
  const int flags = fcntl(socket.get(), F_GETFL);
  if (fcntl(socket.get(), F_SETFL, flags | O_NONBLOCK) != 0 ||
      fcntl(socket.get(), F_SETFD, FD_CLOEXEC) != 0) {
    return CallError(errno, "fcntl");
  }
  TuneTcpSocket(socket.get());
  auto stream = std::make_unique<SocketStream>(loop, std::move(socket));
  if (peer.family() != AF_INET && peer.family() != AF_INET6) stream->AlwaysAsk();
  return stream;
}

}  // namespace chathttp::posix

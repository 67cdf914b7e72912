#include "chathttp/adapters/socket_listener.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>

#include "absl/strings/str_cat.h"
#include "chathttp/adapters/socket_stream.h"
#include "chathttp/adapters/system_error.h"

namespace chathttp::posix {
namespace {

constexpr int kBacklog = 4096;
constexpr int kAcceptsPerTurn = 64;
constexpr absl::Duration kFirstDelay = absl::Milliseconds(100);
constexpr absl::Duration kMaxDelay = absl::Seconds(1);
// Bytes read from a rejected peer, so that close() sends no reset.
constexpr int kDrainReads = 16;
constexpr std::size_t kDrainBytes = 4096;

// tcp(7), SO_RCVBUF: accepted sockets inherit it, and the kernel doubles it for its own overhead. A
// peer that is not read, for example while flood control holds it, fills the buffer: 65 kB instead
// of 130 kB or more by default. The window is about as large as this value and does not grow: over a
// link with a round trip of 100 ms a peer can still send 320 kB a second, far more than the default
// of flood control serves.
constexpr int kReceiveBytes = 32 << 10;

void TuneListener(int socket, const TcpOptions& options) {
  TuneTcpSocket(socket, options);
  setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &kReceiveBytes, sizeof(kReceiveBytes));
}

FileDescriptor OpenSpare() { return FileDescriptor(open("/dev/null", O_RDONLY | O_CLOEXEC)); }

struct Accepted {
  FileDescriptor socket;
  SocketAddress peer;
  int error = 0;  // when there is no socket
};

Accepted AcceptFrom(int listener) {
  sockaddr_storage storage{};
  socklen_t size = sizeof(storage);
  auto* const address = reinterpret_cast<sockaddr*>(&storage);
  FileDescriptor socket(accept4(listener, address, &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
  const int error = socket.valid() ? 0 : errno;
  return {std::move(socket), SocketAddress(address, size), error};
}

// Returns the listening socket, or sets `error`.
FileDescriptor ListenAt(const SocketAddress& address, const TcpOptions& options, int& error) {
  FileDescriptor socket_fd(
      socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
  error = errno;
  if (!socket_fd.valid()) return {};
  const int yes = 1;
  const int only_six = address.is_any_ipv6() ? 0 : 1;
  TuneListener(socket_fd.get(), options);
  setsockopt(socket_fd.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  if (address.family() == AF_INET6) {
    setsockopt(socket_fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &only_six, sizeof(only_six));
  }
  if (bind(socket_fd.get(), address.get(), address.size()) == 0 &&
      listen(socket_fd.get(), kBacklog) == 0) {
    return socket_fd;
  }
  error = errno;
  return {};
}

// Accepts peers of both families, or of IPv4 if the kernel has no IPv6.
std::string AnyAddress() {
  const FileDescriptor six(socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP));
  return !six.valid() && errno == EAFNOSUPPORT ? "0.0.0.0" : "::";
}

absl::StatusOr<std::vector<SocketAddress>> AddressesOf(const Endpoint& endpoint) {
  if (endpoint.host == "*") return LookUp({AnyAddress(), endpoint.port}, HostKind::kNumeric);
  return LookUp(endpoint, HostKind::kAny);
}

std::string PeerText(const SocketAddress& peer) {
  return peer.family() == AF_UNIX ? "unix" : ToString(peer.endpoint());
}

}  // namespace

absl::StatusOr<std::unique_ptr<Listener>> SocketListener::Open(EventLoop& loop,
                                                               const Endpoint& endpoint,
                                                               const TcpOptions& options,
                                                               Acceptor& acceptor,
                                                               SocketRouter* router) {
  if (!UnixPath(endpoint).empty()) return OpenUnix(loop, endpoint, acceptor, router);
  const auto addresses = AddressesOf(endpoint);
  if (!addresses.ok()) return addresses.status();
  int error = 0;
  for (const SocketAddress& address : *addresses) {
    FileDescriptor socket = ListenAt(address, options, error);
    if (!socket.valid()) continue;
    std::unique_ptr<SocketListener> listener(
        new SocketListener(loop, std::move(socket), acceptor, router));
    error = loop.Attach(listener->watch_, EPOLLIN);
    if (error == 0) return listener;
  }
  return ListenError(error, absl::StrCat("cannot listen on ", ToString(endpoint), ": "));
}

absl::StatusOr<Endpoint> SocketListener::EndpointOf(const FileDescriptor& socket) {
  const SocketAddress address = SocketAddress::LocalOf(socket.get());
  int listens = 0;
  int type = 0;
  socklen_t size = sizeof(int);
  getsockopt(socket.get(), SOL_SOCKET, SO_ACCEPTCONN, &listens, &size);
  getsockopt(socket.get(), SOL_SOCKET, SO_TYPE, &type, &size);
  const int family = address.family();
  const bool known = family == AF_INET || family == AF_INET6 || family == AF_UNIX;
  if (known && type == SOCK_STREAM && listens != 0) return address.endpoint();
  return absl::InvalidArgumentError(
      absl::StrCat("descriptor ", socket.get(),
                   " is not a listening TCP or UNIX stream socket: give the socket unit ",
                   "ListenStream= with a port or a path, and Accept=no"));
}

absl::StatusOr<std::unique_ptr<Listener>> SocketListener::Adopt(EventLoop& loop,
                                                                FileDescriptor socket,
                                                                const TcpOptions& options,
                                                                Acceptor& acceptor,
                                                                SocketRouter* router) {
  const int flags = fcntl(socket.get(), F_GETFL);
  if (fcntl(socket.get(), F_SETFL, flags | O_NONBLOCK) != 0 ||
      fcntl(socket.get(), F_SETFD, FD_CLOEXEC) != 0) {
    return CallError(errno, "fcntl");
  }
  TuneListener(socket.get(), options);
  std::unique_ptr<SocketListener> listener(
      new SocketListener(loop, std::move(socket), acceptor, router));
  const int error = loop.Attach(listener->watch_, EPOLLIN);
  if (error != 0) return CallError(error, "epoll_ctl");
  return listener;
}

absl::StatusOr<std::unique_ptr<Listener>> SocketListener::OpenUnix(EventLoop& loop,
                                                                   const Endpoint& endpoint,
                                                                   Acceptor& acceptor,
                                                                   SocketRouter* router) {
  FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket.valid()) return ListenError(errno, "socket: ");
  auto file = SocketFile::ListenAt(socket, endpoint, kBacklog);
  if (!file.ok()) return file.status();
  std::unique_ptr<SocketListener> listener(
      new SocketListener(loop, std::move(socket), acceptor, router));
  listener->file_ = *std::move(file);
  const int error = loop.Attach(listener->watch_, EPOLLIN);
  if (error != 0) return CallError(error, "epoll_ctl");
  return listener;
}

SocketListener::SocketListener(EventLoop& loop, FileDescriptor socket, Acceptor& acceptor,
                               SocketRouter* router)
    : loop_(loop),
      socket_(std::move(socket)),
      acceptor_(acceptor),
      router_(router),
      spare_(OpenSpare()),
      watch_(loop.AddWatcher(*this, socket_.get())),
      next_delay_(kFirstDelay) {}

SocketListener::~SocketListener() {
  loop_.Cancel(retry_);
  loop_.RemoveWatcher(watch_);
}

void SocketListener::OnReady(std::uint32_t /*events*/) {
  if (retry_ == kNoTimer) AcceptBatch();
}

void SocketListener::AcceptBatch() {
  EventLoop& loop = loop_;
  const WatchId self = watch_;
  if (!spare_.valid()) spare_ = OpenSpare();
  for (int i = 0; i < kAcceptsPerTurn; ++i) {
    const Step step = AcceptOne();
    if (!loop.HasWatcher(self) || step == Step::kNoPeer) return;
    if (step == Step::kBackOff) return BackOff();
    next_delay_ = kFirstDelay;
  }
  loop.Wake(self, EPOLLIN);
}

SocketListener::Step SocketListener::AcceptOne() {
  Accepted accepted = AcceptFrom(socket_.get());
  if (accepted.error == EMFILE || accepted.error == ENFILE) return RejectOne();
  if (accepted.error != 0) return AfterError(accepted.error);
  AcceptedSocket connection{.socket = std::move(accepted.socket),
                            .peer = PeerText(accepted.peer),
                            .is_unix = accepted.peer.family() == AF_UNIX};
  if (router_ != nullptr && router_->Take(connection, local())) return Step::kGoOn;
  auto stream = std::make_unique<SocketStream>(loop_, std::move(connection.socket));
  if (connection.is_unix) stream->AlwaysAsk();
  acceptor_.OnAccept(std::move(stream), connection.peer);
  return Step::kGoOn;
}

SocketListener::Step SocketListener::RejectOne() {
  if (!spare_.valid()) return Step::kBackOff;
  spare_.Close();
  Accepted accepted = AcceptFrom(socket_.get());
  if (accepted.error != 0) {
    spare_ = OpenSpare();
    return AfterError(accepted.error);
  }
  EventLoop& loop = loop_;
  const WatchId self = watch_;
  {
    SocketStream stream(loop, std::move(accepted.socket));
    acceptor_.OnOverflow(stream, PeerText(accepted.peer));
    stream.ShutdownWrite();
    std::array<char, kDrainBytes> unread;
    for (int i = 0; i < kDrainReads; ++i) {
      if (stream.Read(unread).status != IoStatus::kProgress) break;
    }
  }
  if (loop.HasWatcher(self)) spare_ = OpenSpare();
  return Step::kGoOn;
}

// accept(2): some errors belong to the connection that would be accepted; all others concern the
// whole machine.
SocketListener::Step SocketListener::AfterError(int error) {
  switch (error) {
    case EAGAIN:
      return Step::kNoPeer;
    case EINTR:
    case ECONNABORTED:
    case ENETDOWN:
    case EPROTO:
    case ENOPROTOOPT:
    case EHOSTDOWN:
    case ENONET:
    case EHOSTUNREACH:
    case EOPNOTSUPP:
    case ENETUNREACH:
    case ETIMEDOUT:
    case EPERM:
      return Step::kGoOn;
    default:
      return Step::kBackOff;
  }
}

void SocketListener::BackOff() {
  retry_ = loop_.RunAt(loop_.Now() + next_delay_, [this] {
    retry_ = kNoTimer;
    AcceptBatch();
  });
  next_delay_ = std::min(2 * next_delay_, kMaxDelay);
}

}  // namespace chathttp::posix

#include "chathttp/adapters/connector.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cassert>
#include <cerrno>
#include <utility>

#include "absl/time/time.h"
#include "chathttp/adapters/socket_stream.h"
#include "chathttp/adapters/system_error.h"

namespace chathttp::posix {
namespace {

// Limit for one address if another one is left to try: short compared with the limits that callers
// set for the whole attempt.
constexpr absl::Duration kAddressTimeout = absl::Seconds(2);

int PendingError(int socket) {
  int error = 0;
  socklen_t size = sizeof(error);
  return getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

}  // namespace

Connector::Connector(EventLoop& loop, Resolver& resolver, const Endpoint& endpoint,
                     ConnectCallback done, const TcpOptions& options)
    : loop_(loop), done_(std::move(done)), timeout_(kAddressTimeout), options_(options) {
  assert(done_);
  lookup_ =
      resolver.Resolve(endpoint, [this](auto addresses) { OnAddresses(std::move(addresses)); });
}

Connector::Connector(EventLoop& loop, std::vector<SocketAddress> addresses, absl::Duration timeout,
                     ConnectCallback done, const TcpOptions& options)
    : loop_(loop),
      done_(std::move(done)),
      timeout_(timeout),
      options_(options),
      addresses_(std::move(addresses)) {
  assert(done_ && !addresses_.empty());
  timer_ = loop_.RunAt(loop_.Now(), [this] {
    timer_ = kNoTimer;
    TryNext();
  });
}

Connector::~Connector() {
  loop_.Cancel(timer_);
  loop_.RemoveWatcher(watch_);
}

void Connector::OnAddresses(absl::StatusOr<std::vector<SocketAddress>> addresses) {
  if (!addresses.ok()) return Finish(addresses.status());
  addresses_ = *std::move(addresses);
  TryNext();
}

void Connector::TryNext() {
  while (next_ < addresses_.size()) {
    const int error = StartConnecting(addresses_[next_++]);
    if (error == 0) return;
    GiveUpSocket();
    failure_ = ConnectError(error);
  }
  Finish(failure_);
}

int Connector::StartConnecting(const SocketAddress& address) {
  socket_ = FileDescriptor(socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket_.valid()) return errno;
  TuneTcpSocket(socket_.get(), options_);
  if (connect(socket_.get(), address.get(), address.size()) != 0 && errno != EINPROGRESS &&
      errno != EINTR) {
    return errno;
  }
  if (next_ < addresses_.size()) {
    timer_ = loop_.RunAt(loop_.Now() + timeout_, [this] {
      timer_ = kNoTimer;
      Failed(ETIMEDOUT);
    });
  }
  watch_ = loop_.AddWatcher(*this, socket_.get());
  return loop_.Attach(watch_, EPOLLOUT);
}

void Connector::OnReady(std::uint32_t /*events*/) {
  const int error = PendingError(socket_.get());
  if (error != 0) return Failed(error);
  const SocketAddress peer = SocketAddress::PeerOf(socket_.get());
  if (peer.family() == AF_UNSPEC) return;  // not yet
  // If a local port has no listener, TCP may connect a socket to itself.
  const bool is_unix = peer.family() == AF_UNIX;
  if (!is_unix && peer.endpoint() == SocketAddress::LocalOf(socket_.get()).endpoint()) {
    return Failed(ECONNREFUSED);
  }
  loop_.RemoveWatcher(watch_);
  auto stream = std::make_unique<SocketStream>(loop_, std::move(socket_));
  if (is_unix) stream->AlwaysAsk();
  Finish(std::move(stream));
}

void Connector::Failed(int error) {
  GiveUpSocket();
  failure_ = ConnectError(error);
  TryNext();
}

void Connector::GiveUpSocket() {
  loop_.Cancel(std::exchange(timer_, kNoTimer));
  loop_.RemoveWatcher(watch_);
  socket_.Close();
}

void Connector::Finish(absl::StatusOr<std::unique_ptr<ByteStream>> result) {
  loop_.Cancel(std::exchange(timer_, kNoTimer));
  ConnectCallback done = std::move(done_);
  done(std::move(result));
}

}  // namespace chathttp::posix

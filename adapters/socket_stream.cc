#include "chathttp/adapters/socket_stream.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>

#include "absl/time/time.h"
#include "chathttp/adapters/system_error.h"

namespace chathttp::posix {
namespace {

// tcp(7), TCP_NOTSENT_LOWAT: at most this many unsent bytes wait in the kernel for each socket. The
// rest stays with the writer, which may share it among many sockets. The kernel reports a socket as
// writable when half of this is left. Over a full link each byte here delays what comes after it:
// 32 KiB for each of 200 members are 50 ms at 1 Gbit/s, and 128 KiB are 200 ms.
constexpr int kUnsentBytes = 32 << 10;

constexpr std::uint32_t kGone = EPOLLERR | EPOLLHUP;
constexpr std::uint32_t kInput = EPOLLIN | EPOLLRDHUP | EPOLLPRI;

static_assert(sizeof(SocketStream) <= 40, "an idle member owns one");

void SetOption(int socket, int level, int option, int value) {
  setsockopt(socket, level, option, &value, sizeof(value));
}

void SetKeepalive(int socket, const Keepalive& keepalive) {
  const bool on = keepalive.idle > absl::ZeroDuration();
  SetOption(socket, SOL_SOCKET, SO_KEEPALIVE, on ? 1 : 0);
  if (!on) return;
  SetOption(socket, IPPROTO_TCP, TCP_KEEPIDLE,
            static_cast<int>(absl::ToInt64Seconds(keepalive.idle)));
  SetOption(socket, IPPROTO_TCP, TCP_KEEPINTVL,
            static_cast<int>(absl::ToInt64Seconds(keepalive.interval)));
  SetOption(socket, IPPROTO_TCP, TCP_KEEPCNT, keepalive.probes);
}

}  // namespace

void TuneTcpSocket(int socket, const TcpOptions& options) {
  SetOption(socket, IPPROTO_TCP, TCP_NODELAY, 1);
  SetKeepalive(socket, options.keepalive);
  SetOption(socket, IPPROTO_TCP, TCP_USER_TIMEOUT,
            static_cast<int>(absl::ToInt64Milliseconds(options.user_timeout)));
  SetOption(socket, IPPROTO_TCP, TCP_NOTSENT_LOWAT, kUnsentBytes);
}

SocketStream::SocketStream(EventLoop& loop, FileDescriptor socket)
    : loop_(loop), socket_(std::move(socket)) {}

SocketStream::~SocketStream() { loop_.RemoveWatcher(watch()); }

void SocketStream::Observe(StreamObserver& observer) {
  assert(observer_ == nullptr);
  observer_ = &observer;
  const WatchId self = loop_.AddWatcher(*this, socket_.get());
  const int error = loop_.Attach(self, kInput | EPOLLOUT);
  if (error == 0) return;
  BreakWrite(error);
  loop_.Wake(self, kGone);
}

IoResult SocketStream::Read(std::span<char> buffer) {
  assert(!buffer.empty());
  if (read_state_ == ReadState::kEnded) return {IoStatus::kEndOfStream};
  if (read_state_ == ReadState::kBroken) return {IoStatus::kBroken};
  if (drained_) {
    read_waits_ = true;
    return {IoStatus::kWouldBlock};
  }
  ssize_t count = 0;
  do {
    count = recv(socket_.get(), buffer.data(), buffer.size(), 0);
  } while (count < 0 && errno == EINTR);
  if (count < 0) return ReadFailed(errno);
  if (count == 0) {
    // A failed Write has cleared the error, so this looks like an end of stream.
    if (write_state_ == WriteState::kBroken) return ReadBroken();
    read_state_ = ReadState::kEnded;
    return {IoStatus::kEndOfStream};
  }
  const auto bytes = static_cast<std::size_t>(count);
  // epoll(7): when edge-triggered, a short read means that the socket is empty; later bytes cause
  // another edge. That does not hold at the end of stream or at urgent data, where a read stops.
  drained_ = observer_ != nullptr && bytes < buffer.size() && !always_ask_ &&
             write_state_ != WriteState::kBroken;
  return {IoStatus::kProgress, bytes};
}

IoResult SocketStream::ReadFailed(int error) {
  if (error == EAGAIN && write_state_ != WriteState::kBroken) {
    read_waits_ = true;
    return {IoStatus::kWouldBlock};
  }
  BreakWrite(error);
  return ReadBroken();
}

IoResult SocketStream::Write(std::span<const std::string_view> pieces) {
  assert(pieces.size() <= kMaxWritePieces);
  if (write_state_ == WriteState::kShut && cause_ == 0) cause_ = ESHUTDOWN;
  if (write_state_ != WriteState::kOpen) return {IoStatus::kBroken};
  std::array<iovec, kMaxWritePieces> vectors;
  std::size_t used = 0;
  std::size_t offered = 0;
  for (const std::string_view piece : pieces.first(std::min(pieces.size(), kMaxWritePieces))) {
    if (piece.empty()) continue;
    vectors[used++] = {const_cast<char*>(piece.data()), piece.size()};
    offered += piece.size();
  }
  assert(used > 0);
  msghdr message{};
  message.msg_iov = vectors.data();
  message.msg_iovlen = used;
  ssize_t count = 0;
  do {
    // Nearly all writes have one piece, for which send is faster than sendmsg.
    count = used == 1 ? send(socket_.get(), vectors[0].iov_base, vectors[0].iov_len, MSG_NOSIGNAL)
                      : sendmsg(socket_.get(), &message, MSG_NOSIGNAL);
  } while (count < 0 && errno == EINTR);
  if (count < 0 && errno != EAGAIN) {
    BreakWrite(errno);
    return {IoStatus::kBroken};
  }
  write_waits_ = count < 0 || static_cast<std::size_t>(count) < offered;
  if (count <= 0) return {IoStatus::kWouldBlock};
  return {IoStatus::kProgress, static_cast<std::size_t>(count)};
}

void SocketStream::ShutdownWrite() {
  if (write_state_ != WriteState::kOpen) return;
  write_state_ = WriteState::kShut;
  shutdown(socket_.get(), SHUT_WR);
}

void SocketStream::Reset() {
  if (!socket_.valid()) return;
  const linger drop{.l_onoff = 1, .l_linger = 0};
  setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &drop, sizeof(drop));
  loop_.RemoveWatcher(watch());
  socket_.Close();
  BreakWrite(ECONNABORTED);
  read_state_ = ReadState::kBroken;
}

std::string_view SocketStream::broken_reason() const {
  return cause_ == 0 ? std::string_view() : SystemErrorWords(cause_);
}

// Read continues until it has returned all bytes that arrived before: see ReadFailed and the end of
// stream in Read.
void SocketStream::BreakWrite(int error) {
  write_state_ = WriteState::kBroken;
  drained_ = false;
  if (cause_ == 0 || cause_ == ESHUTDOWN) cause_ = static_cast<std::uint16_t>(error);
}

IoResult SocketStream::ReadBroken() {
  read_state_ = ReadState::kBroken;
  return {IoStatus::kBroken};
}

void SocketStream::OnReady(std::uint32_t events) {
  const WatchId self = watch();
  EventLoop& loop = loop_;
  if ((events & (kGone | EPOLLRDHUP | EPOLLPRI)) != 0) always_ask_ = true;
  if ((events & (kGone | kInput)) != 0) {
    drained_ = false;
    if (read_waits_) {
      read_waits_ = false;
      observer_->OnReadable();
      if (!loop.HasWatcher(self)) return;
    }
  }
  if ((events & (kGone | EPOLLOUT)) != 0 && write_waits_) {
    write_waits_ = false;
    observer_->OnWritable();
  }
}

}  // namespace chathttp::posix

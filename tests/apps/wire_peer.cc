#include "tests/apps/wire_peer.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <cerrno>
#include <utility>

#include "tests/apps/process.h"
#include "tests/apps/wire.h"

namespace chathttp {
namespace {

using posix::FileDescriptor;

sockaddr_in Loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

FileDescriptor TcpSocket() {
  return FileDescriptor(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

void SetOption(int socket, int level, int option, int value) {
  if (value != 0) setsockopt(socket, level, option, &value, sizeof(value));
}

bool IsReadable(int descriptor, int milliseconds) {
  pollfd ready{.fd = descriptor, .events = POLLIN, .revents = 0};
  return poll(&ready, 1, milliseconds) == 1;
}

}  // namespace

WirePeer::WirePeer(FileDescriptor socket) : socket_(std::move(socket)) {
  const timeval patience{.tv_sec = kPatience.count(), .tv_usec = 0};
  setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  setsockopt(socket_.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
  SetOption(socket_.get(), IPPROTO_TCP, TCP_NODELAY, 1);
}

WirePeer::WirePeer(std::uint16_t port, const PeerOptions& options) : WirePeer(TcpSocket()) {
  SetOption(socket_.get(), SOL_SOCKET, SO_RCVBUF, options.receive_bytes);
  SetOption(socket_.get(), IPPROTO_TCP, TCP_MAXSEG, options.segment_bytes);
  const sockaddr_in address = Loopback(port);
  EXPECT_EQ(connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0)
      << "connect: " << errno;
}

void WirePeer::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    ASSERT_GT(count, 0) << "send: " << errno;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

Received WirePeer::Receive() {
  for (;;) {
    std::string_view input = std::string_view(unread_).substr(taken_);
    if (const std::optional<WireMessage> message = TakeMessage(input)) {
      taken_ += message->bytes.size();
      return {message->code, std::string(message->start_line), std::string(message->entity),
              std::string(message->bytes)};
    }
    unread_.erase(0, std::exchange(taken_, 0));
    std::array<char, 65536> buffer;
    const ssize_t count = recv(socket_.get(), buffer.data(), buffer.size(), 0);
    if (count == 0 && !unread_.empty()) return {.entity = "(end inside of a message)"};
    if (count == 0) return {.entity = std::string(kEnd)};
    if (count < 0) return {.entity = std::string(errno == EAGAIN ? kSilence : kReset)};
    unread_.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

std::string WirePeer::ReceiveAll() {
  for (;;) {
    std::array<char, 65536> buffer;
    const ssize_t count = recv(socket_.get(), buffer.data(), buffer.size(), 0);
    EXPECT_GE(count, 0) << errno;
    if (count <= 0) return std::exchange(unread_, {}).substr(std::exchange(taken_, 0));
    unread_.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

bool WirePeer::StaysSilent(int milliseconds) {
  return taken_ == unread_.size() && !IsReadable(socket_.get(), milliseconds);
}

void WirePeer::ShutdownWrite() { shutdown(socket_.get(), SHUT_WR); }

void WirePeer::Close() { socket_.Close(); }

void WirePeer::Reset() {
  const linger drop{.l_onoff = 1, .l_linger = 0};
  setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &drop, sizeof(drop));
  socket_.Close();
}

WireListener::WireListener(Kind kind) : socket_(TcpSocket()) {
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof(address);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  EXPECT_EQ(bind(socket_.get(), generic, size), 0) << errno;
  EXPECT_EQ(getsockname(socket_.get(), generic, &size), 0) << errno;
  if (kind == Kind::kListens) {
    EXPECT_EQ(listen(socket_.get(), 16), 0) << errno;
  }
  port_ = ntohs(address.sin_port);
}

bool WireListener::HasConnection() const { return IsReadable(socket_.get(), 0); }

WirePeer WireListener::Accept() const {
  if (!IsReadable(socket_.get(), static_cast<int>(kPatience.count()) * 1000)) {
    ADD_FAILURE() << "nobody has connected";
    return WirePeer(FileDescriptor());
  }
  return WirePeer(FileDescriptor(accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC)));
}

WirePeer Join(std::uint16_t port, std::string_view name, const PeerOptions& options) {
  WirePeer peer(port, options);
  EXPECT_EQ(peer.Receive().code, 202);
  peer.Send(MakeRequest("ADD", name));
  const Received reply = peer.Receive();
  EXPECT_EQ(reply.code, 200) << name << ": " << reply;
  return peer;
}

}  // namespace chathttp

// The socket of a service manager: what programs tell it by sd_notify(3).
//
//   NotifySocket manager;
//   setenv("NOTIFY_SOCKET", manager.address().c_str(), 1);
//   EXPECT_EQ(manager.Receive(), "READY=1\nSTATUS=listening");
#ifndef CHATHTTP_TESTS_ADAPTERS_NOTIFY_SOCKET_H_
#define CHATHTTP_TESTS_ADAPTERS_NOTIFY_SOCKET_H_

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <string>

#include "chathttp/adapters/file_descriptor.h"
#include "gtest/gtest.h"

namespace chathttp::posix {

class NotifySocket {
 public:
  enum class Kind { kAbstract, kPath };

  explicit NotifySocket(Kind kind = Kind::kAbstract)
      : socket_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    static int count = 0;
    const std::string name =
        "chathttp_notify_" + std::to_string(getpid()) + std::to_string(++count);
    address_ = kind == Kind::kAbstract ? "@" + name : testing::TempDir() + name;
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    std::memcpy(at.sun_path, address_.data(), address_.size());
    if (kind == Kind::kAbstract) at.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size());
    EXPECT_EQ(bind(socket_.get(), reinterpret_cast<const sockaddr*>(&at), size), 0) << address_;
  }
  NotifySocket(const NotifySocket&) = delete;
  NotifySocket& operator=(const NotifySocket&) = delete;
  ~NotifySocket() {
    if (address_[0] == '/') unlink(address_.c_str());
  }

  // The value of NOTIFY_SOCKET.
  const std::string& address() const { return address_; }

  // The next notification; "" if none comes for `milliseconds`.
  std::string Receive(int milliseconds = 20'000) {
    pollfd ready{.fd = socket_.get(), .events = POLLIN, .revents = 0};
    if (poll(&ready, 1, milliseconds) != 1) return "";
    std::array<char, 4096> buffer;
    const ssize_t count = recv(socket_.get(), buffer.data(), buffer.size(), 0);
    return {buffer.data(), static_cast<std::size_t>(count > 0 ? count : 0)};
  }

  // Receives until a notification starts with `start`, and returns it.
  std::string ReceiveUntil(const std::string& start) {
    std::string text = Receive();
    while (!text.empty() && !text.starts_with(start)) text = Receive();
    return text;
  }

 private:
  FileDescriptor socket_;
  std::string address_;
};

}  // namespace chathttp::posix

#endif  // CHATHTTP_TESTS_ADAPTERS_NOTIFY_SOCKET_H_

// Test tools outside of the adapters: a TCP peer by plain system calls, and control of the
// descriptors of this process.
#ifndef CHATHTTP_TESTS_ADAPTERS_RAW_PEER_H_
#define CHATHTTP_TESTS_ADAPTERS_RAW_PEER_H_

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <string>
#include <string_view>
#include <vector>

#include "chathttp/adapters/file_descriptor.h"
#include "chathttp/adapters/socket_address.h"
#include "chathttp/transport/ports/network.h"
#include "gtest/gtest.h"

namespace chathttp::posix {

// Blocks in its calls, for at most a few seconds each.
class RawPeer {
 public:
  explicit RawPeer(int family = AF_INET) : socket_(socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval patience{.tv_sec = 20, .tv_usec = 0};
    setsockopt(fd(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    setsockopt(fd(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
  }

  void Connect(const Endpoint& endpoint) {
    const SocketAddress address = LookUp(endpoint, HostKind::kNumeric)->front();
    ASSERT_EQ(connect(fd(), address.get(), address.size()), 0) << errno;
  }
  void Send(std::string_view bytes, int flags = 0) {
    ASSERT_EQ(send(fd(), bytes.data(), bytes.size(), flags | MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
  }
  // Reads up to the end of the stream; appends "reset" if the stream ends with one.
  std::string ReceiveAll() {
    std::string all;
    std::array<char, 4096> buffer;
    while (true) {
      const ssize_t count = recv(fd(), buffer.data(), buffer.size(), 0);
      if (count == 0) return all;
      if (count < 0) return all + (errno == ECONNRESET ? "reset" : "error");
      all.append(buffer.data(), static_cast<std::size_t>(count));
    }
  }
  void Reset() {
    const linger drop{.l_onoff = 1, .l_linger = 0};
    setsockopt(fd(), SOL_SOCKET, SO_LINGER, &drop, sizeof(drop));
    socket_.Close();
  }
  void Close() { socket_.Close(); }

  // The pending error of the connection (SO_ERROR); 0 if none.
  int TakeError() {
    int error = 0;
    socklen_t size = sizeof(error);
    getsockopt(fd(), SOL_SOCKET, SO_ERROR, &error, &size);
    return error;
  }

  int fd() const { return socket_.get(); }
  std::string name() const { return ToString(SocketAddress::LocalOf(fd()).endpoint()); }

 private:
  FileDescriptor socket_;
};

// Restores the limit on descriptors (RLIMIT_NOFILE, soft) when destroyed.
class DescriptorLimit {
 public:
  DescriptorLimit() { getrlimit(RLIMIT_NOFILE, &before_); }
  DescriptorLimit(const DescriptorLimit&) = delete;
  DescriptorLimit& operator=(const DescriptorLimit&) = delete;
  ~DescriptorLimit() { Restore(); }

  void Set(rlim_t soft) {
    const rlimit limit{.rlim_cur = soft, .rlim_max = before_.rlim_max};
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
  }
  void Restore() { setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

// Opens all descriptors that are left under `limit`, and closes them when destroyed.
// UndefinedBehaviorSanitizer opens a pipe when it first sees an object of a class, so a test must
// run the tested code once before, with descriptors available.
class AllDescriptors {
 public:
  explicit AllDescriptors(DescriptorLimit& limit) {
    // Just above the highest in use, so that few are left.
    FileDescriptor next(open("/dev/null", O_RDONLY | O_CLOEXEC));
    limit.Set(static_cast<rlim_t>(next.get()) + 8);
    while (next.valid()) {
      taken_.push_back(std::move(next));
      next = FileDescriptor(open("/dev/null", O_RDONLY | O_CLOEXEC));
    }
  }
  void GiveBackOne() { taken_.pop_back(); }

 private:
  std::vector<FileDescriptor> taken_;
};

}  // namespace chathttp::posix

#endif  // CHATHTTP_TESTS_ADAPTERS_RAW_PEER_H_

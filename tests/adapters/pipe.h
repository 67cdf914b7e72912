// A pipe whose far end the test holds.
#ifndef CHATHTTP_TESTS_ADAPTERS_PIPE_H_
#define CHATHTTP_TESTS_ADAPTERS_PIPE_H_

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <string>
#include <string_view>

#include "chathttp/adapters/file_descriptor.h"
#include "gtest/gtest.h"

namespace chathttp::posix {

class Pipe {
 public:
  Pipe() {
    std::array<int, 2> ends{-1, -1};
    EXPECT_EQ(pipe2(ends.data(), O_CLOEXEC), 0);
    read_end_ = FileDescriptor(ends[0]);
    write_end_ = FileDescriptor(ends[1]);
  }

  int read_end() const { return read_end_.get(); }
  int write_end() const { return write_end_.get(); }
  void CloseReadEnd() { read_end_.Close(); }
  void CloseWriteEnd() { write_end_.Close(); }

  void Put(std::string_view bytes) {
    ASSERT_EQ(write(write_end(), bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  }

  // Reads all bytes in the pipe.
  std::string TakeAll() {
    std::string all;
    std::array<char, 4096> buffer;
    while (Ready(read_end(), POLLIN)) {
      const ssize_t count = read(read_end(), buffer.data(), buffer.size());
      if (count <= 0) break;
      all.append(buffer.data(), static_cast<std::size_t>(count));
    }
    return all;
  }

  // Fills the pipe.
  void Fill() {
    const std::string page(4096, 'x');
    while (Ready(write_end(), POLLOUT)) Put(page);
  }

 private:
  static bool Ready(int descriptor, short events) {
    pollfd poll_fd{.fd = descriptor, .events = events, .revents = 0};
    return poll(&poll_fd, 1, 0) == 1;
  }

  FileDescriptor read_end_;
  FileDescriptor write_end_;
};

}  // namespace chathttp::posix

#endif  // CHATHTTP_TESTS_ADAPTERS_PIPE_H_

// A pseudo-terminal: the side of the program, and the side of the user, who types and reads.
//
//   Pty pty;
//   PosixTerminal::Open(loop, pty.program(), pty.program(), observer);
//   pty.Type("x");
//   ASSERT_TRUE(pty.Expect("ready")) << pty.shown();
#ifndef CHATHTTP_TESTS_ADAPTERS_PTY_H_
#define CHATHTTP_TESTS_ADAPTERS_PTY_H_

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string>
#include <string_view>

#include "chathttp/adapters/file_descriptor.h"
#include "gtest/gtest.h"

namespace chathttp::posix {

// termios has padding and a speed that may be set twice, so its fields are compared.
inline std::string ModesOf(int terminal) {
  termios modes{};
  EXPECT_EQ(tcgetattr(terminal, &modes), 0);
  std::string text;
  for (const tcflag_t flags : {modes.c_iflag, modes.c_oflag, modes.c_cflag, modes.c_lflag}) {
    text += std::to_string(flags) + " ";
  }
  for (const cc_t key : modes.c_cc) text += std::to_string(key) + " ";
  return text;
}

class Pty {
 public:
  Pty() : person_(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK)) {
    EXPECT_EQ(grantpt(person_.get()), 0);
    EXPECT_EQ(unlockpt(person_.get()), 0);
    program_ = FileDescriptor(open(ptsname(person_.get()), O_RDWR | O_NOCTTY | O_CLOEXEC));
    EXPECT_TRUE(program_.valid());
  }

  int program() const { return program_.get(); }
  std::string modes() const { return ModesOf(program()); }
  bool canonical() const {
    termios modes{};
    return tcgetattr(program(), &modes) == 0 && (modes.c_lflag & ICANON) != 0;
  }

  void Type(std::string_view bytes) const {
    EXPECT_EQ(write(person_.get(), bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  }
  void Resize(unsigned short columns, unsigned short rows) const {
    const winsize window{.ws_row = rows, .ws_col = columns, .ws_xpixel = 0, .ws_ypixel = 0};
    EXPECT_EQ(ioctl(person_.get(), TIOCSWINSZ, &window), 0);
  }
  void HangUp() {
    program_.Close();
    person_.Close();
  }

  // Reads some output, and waits for it up to the limit; false if there is none.
  bool ReadSome(int milliseconds) {
    pollfd ready{.fd = person_.get(), .events = POLLIN, .revents = 0};
    std::array<char, 4096> buffer;
    if (poll(&ready, 1, milliseconds) <= 0) return false;
    const ssize_t count = read(person_.get(), buffer.data(), buffer.size());
    if (count <= 0) return false;
    shown_.append(buffer.data(), static_cast<std::size_t>(count));
    return true;
  }

  // Reads until the output contains `text`; false if that takes too long.
  [[nodiscard]] bool Expect(std::string_view text) {
    while (shown_.find(text) == std::string::npos) {
      if (!ReadSome(20'000)) return false;
    }
    return true;
  }
  // Reads the output available now.
  std::size_t ReadAll() {
    const std::size_t before = shown_.size();
    while (ReadSome(0)) {
    }
    return shown_.size() - before;
  }
  const std::string& shown() const { return shown_; }
  void Clear() { shown_.clear(); }

 private:
  FileDescriptor person_;
  FileDescriptor program_;
  std::string shown_;
};

}  // namespace chathttp::posix

#endif  // CHATHTTP_TESTS_ADAPTERS_PTY_H_

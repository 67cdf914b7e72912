#include "chathttp/adapters/nonblocking_output.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "absl/strings/str_cat.h"

namespace chathttp::posix {
namespace {

mode_t TypeOf(int descriptor) {
  struct stat status {};
  return fstat(descriptor, &status) == 0 ? status.st_mode & S_IFMT : 0;
}

FileDescriptor OpenNonblocking(const std::string& path) {
  return FileDescriptor(open(path.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
}

// Opens a second file description of the same terminal or pipe, so that O_NONBLOCK is not shared.
FileDescriptor OpenOnceMore(int descriptor) {
  // tcgetsid succeeds only for the controlling terminal, which may be opened without permission for
  // its device: under su and sudo, another user owns the device.
  if (tcgetsid(descriptor) >= 0) {
    FileDescriptor terminal = OpenNonblocking("/dev/tty");
    if (terminal.valid()) return terminal;
  }
  return OpenNonblocking(absl::StrCat("/proc/self/fd/", descriptor));
}

bool HasRoom(int descriptor) {
  pollfd poll_fd{.fd = descriptor, .events = POLLOUT, .revents = 0};
  return poll(&poll_fd, 1, 0) == 1 && (poll_fd.revents & POLLOUT) != 0;
}

}  // namespace

NonblockingOutput::NonblockingOutput(int descriptor) : descriptor_(descriptor) {
  if (TypeOf(descriptor) == S_IFSOCK) {
    how_ = How::kSend;
    return;
  }
  const bool is_terminal = isatty(descriptor) != 0;
  if (!is_terminal && TypeOf(descriptor) != S_IFIFO) return;  // takes everything at once
  own_ = OpenOnceMore(descriptor);
  if (own_.valid()) {
    descriptor_ = own_.get();
  } else {
    how_ = is_terminal ? How::kNever : How::kPoll;
  }
}

std::size_t NonblockingOutput::Write(std::string_view bytes) {
  if (how_ == How::kNever || (how_ == How::kPoll && !HasRoom(descriptor_))) return 0;
  ssize_t count = 0;
  do {
    count = how_ == How::kSend
                ? send(descriptor_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL)
                : write(descriptor_, bytes.data(), bytes.size());
  } while (count < 0 && errno == EINTR);
  return count < 0 ? 0 : static_cast<std::size_t>(count);
}

}  // namespace chathttp::posix

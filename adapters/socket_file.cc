#include "chathttp/adapters/socket_file.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "absl/strings/str_cat.h"
#include "chathttp/adapters/socket_address.h"
#include "chathttp/adapters/system_error.h"

namespace chathttp::posix {
namespace {

constexpr mode_t kMode = S_IRUSR | S_IWUSR;

// Whether `path` is a socket that a dead program left behind. A full backlog (EAGAIN) is a life sign.
bool IsStale(const std::string& path, const SocketAddress& address) {
  struct stat file {};
  if (lstat(path.c_str(), &file) != 0 || !S_ISSOCK(file.st_mode)) return false;
  const FileDescriptor probe(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  return probe.valid() && connect(probe.get(), address.get(), address.size()) != 0 &&
         errno == ECONNREFUSED;
}

bool Bind(const FileDescriptor& socket, const SocketAddress& address) {
  return bind(socket.get(), address.get(), address.size()) == 0;
}

}  // namespace

SocketFile::~SocketFile() {
  struct stat file {};
  if (path_.empty() || lstat(path_.c_str(), &file) != 0) return;
  if (file.st_dev == device_ && file.st_ino == inode_) unlink(path_.c_str());
}

absl::StatusOr<SocketFile> SocketFile::ListenAt(const FileDescriptor& socket,
                                                const Endpoint& endpoint, int backlog) {
  const auto addresses = LookUp(endpoint, HostKind::kNumeric);
  if (!addresses.ok()) return addresses.status();
  const SocketAddress& address = addresses->front();
  const std::string path(UnixPath(endpoint));
  const std::string failed = absl::StrCat("cannot listen on ", ToString(endpoint), ": ");
  fchmod(socket.get(), kMode);  // Linux: bind makes the file with the mode of the socket
  if (!Bind(socket, address)) {
    if (errno != EADDRINUSE) return ListenError(errno, failed);
    if (!IsStale(path, address)) return ListenError(EADDRINUSE, failed);
    unlink(path.c_str());
    if (!Bind(socket, address)) return ListenError(errno, failed);
  }
  SocketFile file;
  struct stat made {};
  if (lstat(path.c_str(), &made) == 0) {
    file.path_ = path;
    file.device_ = made.st_dev;
    file.inode_ = made.st_ino;
  }
  if (listen(socket.get(), backlog) != 0) return ListenError(errno, failed);
  return file;
}

}  // namespace chathttp::posix

// The file of a listening UNIX socket: made with mode 0600, and removed with the object.
//
//   FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
//   auto file = SocketFile::ListenAt(socket, {"unix:/run/chat.sock", 0}, backlog);
//
// Not thread-safe.
#ifndef CHATHTTP_ADAPTERS_SOCKET_FILE_H_
#define CHATHTTP_ADAPTERS_SOCKET_FILE_H_

#include <sys/types.h>

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "chathttp/adapters/file_descriptor.h"
#include "chathttp/transport/ports/network.h"

namespace chathttp::posix {

class SocketFile {
 public:
  SocketFile() = default;
  SocketFile(SocketFile&& other) noexcept { *this = std::move(other); }
  SocketFile& operator=(SocketFile&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(device_, other.device_);
    std::swap(inode_, other.inode_);
    return *this;
  }
  // Removes the file, unless another one has taken its place. Destroy it before the socket is closed:
  // until then no other file can have its inode.
  ~SocketFile();

  // Binds `socket` to the path of `endpoint`, and listens. Replaces a socket that a dead program left
  // behind. Errors as Network::Listen; AlreadyExists if somebody listens there, or if the file is no
  // socket.
  static absl::StatusOr<SocketFile> ListenAt(const FileDescriptor& socket, const Endpoint& endpoint,
                                             int backlog);

 private:
  std::string path_;  // empty: no file
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

}  // namespace chathttp::posix

#endif  // CHATHTTP_ADAPTERS_SOCKET_FILE_H_

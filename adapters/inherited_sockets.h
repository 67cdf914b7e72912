// Sockets that the service manager opened before it started this program: sd_listen_fds(3), without
// a library.
//
//   auto sockets = InheritedSockets::FromEnvironment();
//   if (!sockets.ok()) return sockets.status();
//   for (FileDescriptor& socket : sockets->Take("chat")) ...
//   if (absl::Status status = sockets->CheckNoneLeft(); !status.ok()) return status;
//
// Not thread-safe.
#ifndef CHATHTTP_ADAPTERS_INHERITED_SOCKETS_H_
#define CHATHTTP_ADAPTERS_INHERITED_SOCKETS_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "chathttp/adapters/file_descriptor.h"

namespace chathttp::posix {

class InheritedSockets final {
 public:
  // The name of sockets without one: without LISTEN_FDNAMES, called "unknown" there, or called as
  // the socket unit ("chat_server.socket"), which is the default of FileDescriptorName=.
  static constexpr std::string_view kDefaultName = "chat";

  static constexpr int kFirst = 3;

  // Takes the descriptors from `first` on that LISTEN_FDS counts and LISTEN_FDNAMES names, and makes
  // them close-on-exec. A service manager starts with kFirst. None if LISTEN_PID is not this process. Unsets the variables. Call it before the
  // program opens anything, starts a thread or changes the environment. Error: InvalidArgument if a
  // variable is malformed or a descriptor is not open.
  static absl::StatusOr<InheritedSockets> FromEnvironment(int first = kFirst);

  // Removes and returns the sockets called `name`, in order of their numbers.
  std::vector<FileDescriptor> Take(std::string_view name);

  // InvalidArgument if nobody took a socket: it names the socket and the names that were asked for.
  absl::Status CheckNoneLeft() const;

 private:
  struct Socket {
    std::string name;
    FileDescriptor descriptor;
  };

  std::vector<Socket> sockets_;
  std::vector<std::string> known_names_;  // those of Take
};

}  // namespace chathttp::posix

#endif  // CHATHTTP_ADAPTERS_INHERITED_SOCKETS_H_

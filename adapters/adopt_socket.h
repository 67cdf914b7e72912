// Makes a byte stream of a connected socket that the program got elsewhere: from socketpair(2), from
// another process, or by accepting it itself.
//
//   absl::StatusOr<std::unique_ptr<ByteStream>> stream =
//       AdoptSocket(loop, FileDescriptor(accept(listener, nullptr, nullptr)));
//   if (!stream.ok()) return stream.status();
//
// Not thread-safe: call it, and use the stream, on the loop's thread.
#ifndef CHATHTTP_ADAPTERS_ADOPT_SOCKET_H_
#define CHATHTTP_ADAPTERS_ADOPT_SOCKET_H_

#include <memory>

#include "absl/status/statusor.h"
#include "chathttp/adapters/event_loop.h"
#include "chathttp/adapters/file_descriptor.h"
#include "chathttp/transport/ports/byte_stream.h"

namespace chathttp::posix {

// Takes the descriptor, which must have no other stream: the stream closes it, and so does an error. Makes it non-blocking and
// close-on-exec, and sets the options of other TCP connections (no delay, keepalive, little unsent).
// Non-blocking is a property of the open socket: a process that shares it sees the change. `loop`
// must outlive the stream.
//
// A Unix-domain socket knows no reset: after Reset, its peer reads the bytes that were written, and
// then the end of the stream.
//
// Errors: InvalidArgument if `socket` is not an open descriptor, not a socket, not of the type
// SOCK_STREAM, a listener, or not connected (any more).
absl::StatusOr<std::unique_ptr<ByteStream>> AdoptSocket(EventLoop& loop, FileDescriptor socket);

}  // namespace chathttp::posix

#endif  // CHATHTTP_ADAPTERS_ADOPT_SOCKET_H_

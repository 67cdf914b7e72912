#include "chathttp/adapters/system_error.h"

#include <array>
#include <cerrno>
#include <string>

#include "chathttp/domain/absl_view.h"

namespace chathttp::posix {
namespace {

struct Words {
  int error;
  std::string_view words;
};

constexpr std::array kWords = {
    Words{EACCES, "permission denied"},
    Words{EAGAIN, "temporarily unavailable"},
    Words{EADDRINUSE, "address in use"},
    Words{EADDRNOTAVAIL, "address not available"},
    Words{EAFNOSUPPORT, "address family not supported"},
    Words{EBADF, "bad file descriptor"},
    Words{ECONNABORTED, "connection aborted"},
    Words{ECONNREFUSED, "connection refused"},
    Words{ECONNRESET, "connection reset by peer"},
    Words{EHOSTDOWN, "host is down"},
    Words{EHOSTUNREACH, "no route to host"},
    Words{EINVAL, "invalid argument"},
    Words{EIO, "input/output error"},
    Words{EISDIR, "is a directory"},
    Words{EMFILE, "too many open files"},
    Words{ENETDOWN, "network is down"},
    Words{ENETRESET, "connection dropped by network"},
    Words{ENETUNREACH, "network is unreachable"},
    Words{ENFILE, "too many open files in the system"},
    Words{ENOBUFS, "no buffer space"},
    Words{ENOENT, "no such file or directory"},
    Words{ENOMEM, "out of memory"},
    Words{ENOSPC, "no space left"},
    Words{ENOTCONN, "not connected"},
    Words{ENOTDIR, "not a directory"},
    Words{ENXIO, "no such device or reader"},
    Words{EPERM, "not permitted"},
    Words{EPIPE, "broken pipe"},
    Words{EPROTO, "protocol error"},
    Words{EROFS, "read-only file system"},
    Words{ESHUTDOWN, "writing was shut down"},
    Words{ETIMEDOUT, "timed out"},
};

absl::Status MakeStatus(absl::StatusCode code, std::string_view prefix, int error) {
  const std::string message = std::string(prefix).append(SystemErrorWords(error));
  return absl::Status(code, AbslView(message));
}

}  // namespace

std::string_view SystemErrorWords(int error) {
  for (const Words& entry : kWords) {
    if (entry.error == error) return entry.words;
  }
  return "system error";
}

bool IsExhaustion(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM ||
         error == ENOSPC;
}

absl::Status ListenError(int error, std::string_view prefix) {
  if (IsExhaustion(error)) return MakeStatus(absl::StatusCode::kResourceExhausted, prefix, error);
  switch (error) {
    case EADDRINUSE:
      return MakeStatus(absl::StatusCode::kAlreadyExists, prefix, error);
    case EACCES:
    case EPERM:
      return MakeStatus(absl::StatusCode::kPermissionDenied, prefix, error);
    default:  // any other error means that this machine does not have the address
      return MakeStatus(absl::StatusCode::kNotFound, prefix, error);
  }
}

absl::Status ConnectError(int error) {
  if (IsExhaustion(error)) return MakeStatus(absl::StatusCode::kResourceExhausted, "", error);
  const auto code =
      error == ETIMEDOUT ? absl::StatusCode::kDeadlineExceeded : absl::StatusCode::kUnavailable;
  return MakeStatus(code, "", error);
}

absl::Status CallError(int error, std::string_view call) {
  const auto code =
      IsExhaustion(error) ? absl::StatusCode::kResourceExhausted : absl::StatusCode::kInternal;
  return MakeStatus(code, std::string(call).append(": "), error);
}

}  // namespace chathttp::posix

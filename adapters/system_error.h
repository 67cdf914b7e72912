// Errors of system calls as text for people, the same on every platform and in every locale.
//
//   SystemErrorWords(ECONNREFUSED)    -> "connection refused"
//
// Pure functions; thread-safe.
#ifndef CHATHTTP_ADAPTERS_SYSTEM_ERROR_H_
#define CHATHTTP_ADAPTERS_SYSTEM_ERROR_H_

#include <string_view>

#include "absl/status/status.h"

namespace chathttp::posix {

// A few fixed words for an errno value; "system error" for one that is not in the table.
std::string_view SystemErrorWords(int error);

// Whether `error` says that descriptors or memory have run out.
bool IsExhaustion(int error);

// The status of a failed listen or connect, with the codes of transport/ports/network.h. The
// message is `prefix` followed by the words.
absl::Status ListenError(int error, std::string_view prefix);
absl::Status ConnectError(int error);

// Any other failed call: ResourceExhausted or Internal, "epoll_create1: too many open files".
absl::Status CallError(int error, std::string_view call);

}  // namespace chathttp::posix

#endif  // CHATHTTP_ADAPTERS_SYSTEM_ERROR_H_

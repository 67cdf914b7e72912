// What the error replies of Redis mean for a room.
#ifndef CHATHTTP_ADAPTERS_REDIS_REDIS_ERROR_H_
#define CHATHTTP_ADAPTERS_REDIS_REDIS_ERROR_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace chathttp::redis {

enum class ErrorKind : std::uint8_t {
  kBehind,         // XADD: the stream has a later id already
  kConfiguration,  // it stays until an operator changes something
  kPassing,        // it may pass: "LOADING", "OOM", "READONLY" and all others
};

ErrorKind KindOfError(std::string_view text);

// What an operator can do about a kConfiguration.
std::string_view AdviceFor(std::string_view text);

}  // namespace chathttp::redis

#endif  // CHATHTTP_ADAPTERS_REDIS_REDIS_ERROR_H_

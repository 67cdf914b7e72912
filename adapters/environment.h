// Variables of the environment that are meant for this program only, and not for its children.
//
//   const std::optional<std::string> socket = TakeVariable("NOTIFY_SOCKET");
//
// Not thread-safe: other threads must not use the environment meanwhile.
#ifndef CHATHTTP_ADAPTERS_ENVIRONMENT_H_
#define CHATHTTP_ADAPTERS_ENVIRONMENT_H_

#include <cstdlib>
#include <optional>
#include <string>

namespace chathttp::posix {

// Unsets the variable `name` and returns its value; nothing if it was not set.
inline std::optional<std::string> TakeVariable(const char* name) {
  const char* const value = std::getenv(name);
  if (value == nullptr) return std::nullopt;
  std::optional<std::string> taken = value;
  unsetenv(name);
  return taken;
}

}  // namespace chathttp::posix

#endif  // CHATHTTP_ADAPTERS_ENVIRONMENT_H_

// The redis-server of this machine, for tests that need a real one.
#ifndef CHATHTTP_TESTS_ADAPTERS_REDIS_REDIS_PROGRAM_H_
#define CHATHTTP_TESTS_ADAPTERS_REDIS_REDIS_PROGRAM_H_

#include <unistd.h>

#include <cstdlib>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace chathttp::redis {

// The path of the first redis-server in PATH; empty if there is none.
inline std::string RedisProgram() {
  const char* const path = std::getenv("PATH");
  for (const absl::string_view folder : absl::StrSplit(path == nullptr ? "" : path, ':')) {
    const std::string program = absl::StrCat(folder, "/redis-server");
    if (access(program.c_str(), X_OK) == 0) return program;
  }
  return "";
}

inline constexpr const char* kNoRedisProgram = "there is no redis-server in PATH: install it";

}  // namespace chathttp::redis

#endif  // CHATHTTP_TESTS_ADAPTERS_REDIS_REDIS_PROGRAM_H_

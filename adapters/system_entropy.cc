#include "chathttp/adapters/system_entropy.h"

#include <sys/random.h>

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "chathttp/adapters/system_error.h"

namespace chathttp::posix {

void SystemEntropy::Fill(std::span<char> bytes) {
  while (!bytes.empty()) {
    const ssize_t count = getrandom(bytes.data(), bytes.size(), 0);
    if (count >= 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(count));
    } else if (errno != EINTR) {
      const std::string words(SystemErrorWords(errno));
      std::fprintf(stderr, "no random bytes from the kernel: getrandom: %s\n", words.c_str());
      std::abort();
    }
  }
}

}  // namespace chathttp::posix

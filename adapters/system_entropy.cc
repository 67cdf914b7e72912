#include "chathttp/adapters/system_entropy.h"

#include <sys/random.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>

namespace chathttp::posix {

void SystemEntropy::Fill(std::span<char> bytes) {
  while (!bytes.empty()) {
    const ssize_t filled = getrandom(bytes.data(), bytes.size(), 0);
    if (filled > 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(filled));
    } else if (errno != EINTR) {
      std::fputs("the kernel gives no random bytes (getrandom): run Linux 3.17 or newer\n", stderr);
      std::abort();
    }
  }
}

}  // namespace chathttp::posix

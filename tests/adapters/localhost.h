// Whether this machine knows the name "localhost": a root made by debootstrap has no /etc/hosts.
#ifndef CHATHTTP_TESTS_ADAPTERS_LOCALHOST_H_
#define CHATHTTP_TESTS_ADAPTERS_LOCALHOST_H_

#include <netdb.h>

#include "gtest/gtest.h"

namespace chathttp::posix {

inline bool KnowsLocalhost() {
  addrinfo* found = nullptr;
  if (getaddrinfo("localhost", nullptr, nullptr, &found) != 0) return false;
  freeaddrinfo(found);
  return true;
}

}  // namespace chathttp::posix

#define CHATHTTP_NEED_LOCALHOST()                                                   \
  if (!::chathttp::posix::KnowsLocalhost()) {                                       \
    GTEST_SKIP() << "this machine does not know localhost, write it to /etc/hosts"; \
  }                                                                                 \
  static_assert(true)

#endif  // CHATHTTP_TESTS_ADAPTERS_LOCALHOST_H_

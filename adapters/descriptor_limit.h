// The limit on open descriptors of this process. Each connection needs one.
#ifndef CHATHTTP_ADAPTERS_DESCRIPTOR_LIMIT_H_
#define CHATHTTP_ADAPTERS_DESCRIPTOR_LIMIT_H_

#include <cstdint>

namespace chathttp::posix {

// Raises the soft limit RLIMIT_NOFILE to the hard limit, which needs no privileges. Returns the
// soft limit in force, which is the old one if that failed.
std::uint64_t RaiseDescriptorLimit();

}  // namespace chathttp::posix

#endif  // CHATHTTP_ADAPTERS_DESCRIPTOR_LIMIT_H_

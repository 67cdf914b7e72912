// How many descriptors the process may have open: each connection needs one.
#ifndef CHATHTTP_ADAPTERS_DESCRIPTOR_LIMIT_H_
#define CHATHTTP_ADAPTERS_DESCRIPTOR_LIMIT_H_

#include <cstdint>

namespace chathttp::posix {

// Raises the limit of this process as far as it may go without privileges (RLIMIT_NOFILE, soft
// limit to hard limit). Returns the limit in force; that is unchanged if it could not be raised.
std::uint64_t RaiseDescriptorLimit();

}  // namespace chathttp::posix

#endif  // CHATHTTP_ADAPTERS_DESCRIPTOR_LIMIT_H_

// The limits of a room.
#ifndef CHATHTTP_DOMAIN_LIMITS_H_
#define CHATHTTP_DOMAIN_LIMITS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "chathttp/version.h"  // refuses compilers below C++20

namespace chathttp {

struct RoomLimits {
  std::size_t members = 10'000;   // logged in at the same time
  std::size_t name_bytes = 32;    // of one user name
  std::size_t text_bytes = 4096;  // of one text, without its line end

  // Names that nobody may have, besides the reserved ones of the protocol. Case is ignored.
  std::vector<std::string> reserved_names = {};
};

}  // namespace chathttp

#endif  // CHATHTTP_DOMAIN_LIMITS_H_

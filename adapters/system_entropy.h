// Random bytes of the kernel.
#ifndef CHATHTTP_ADAPTERS_SYSTEM_ENTROPY_H_
#define CHATHTTP_ADAPTERS_SYSTEM_ENTROPY_H_

#include <span>

#include "chathttp/transport/ports/entropy.h"

namespace chathttp::posix {

class SystemEntropy final : public Entropy {
 public:
  void Fill(std::span<char> bytes) override;
};

}  // namespace chathttp::posix

#endif  // CHATHTTP_ADAPTERS_SYSTEM_ENTROPY_H_

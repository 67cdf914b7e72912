// Random bytes of the kernel's generator, getrandom(2): nobody can guess them.
//
//   SystemEntropy entropy;
//   const std::string token = NewToken(entropy);
//
// Thread-safe.
#ifndef CHATHTTP_ADAPTERS_SYSTEM_ENTROPY_H_
#define CHATHTTP_ADAPTERS_SYSTEM_ENTROPY_H_

#include <span>

#include "chathttp/transport/ports/entropy.h"

namespace chathttp::posix {

class SystemEntropy final : public Entropy {
 public:
  // Waits only early in the boot of the machine, until the generator has its seed. If the kernel gives
  // no bytes, writes a line to the standard error output and aborts.
  void Fill(std::span<char> bytes) override;
};

}  // namespace chathttp::posix

#endif  // CHATHTTP_ADAPTERS_SYSTEM_ENTROPY_H_

// Bytes for the tokens of a simulated server, drawn from the seed.
#ifndef CHATHTTP_SIM_WORLD_SIM_ENTROPY_H_
#define CHATHTTP_SIM_WORLD_SIM_ENTROPY_H_

#include <cstdint>
#include <span>
#include <string_view>

#include "chathttp/sim/network/draw.h"
#include "chathttp/transport/ports/entropy.h"

namespace chathttp::sim {

class SimEntropy final : public Entropy {
 public:
  // All lives of the server `name` share one.
  SimEntropy(std::uint64_t seed, std::string_view name)
      : draws_(seed, Purpose::kToken, EntityOf(name)) {}

  void Fill(std::span<char> bytes) override {
    for (char& byte : bytes) byte = static_cast<char>(draws_.Bits());
  }

 private:
  DrawSequence draws_;
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_WORLD_SIM_ENTROPY_H_

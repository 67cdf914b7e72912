// Searches seeds until one breaks an invariant: hunt INVARIANT SEEDS. Exits with 0 if one does.
#include <cstdint>
#include <exception>
#include <iostream>
#include <string>

#include "chathttp/sim/search/swarm.h"

int main(int argc, char** argv) try {
  if (argc != 3) {
    std::cerr << "usage: hunt INVARIANT SEEDS\n";
    return 2;
  }
  const std::string invariant = argv[1];
  const std::uint64_t seeds = std::stoull(argv[2]);
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const chathttp::sim::SeedResult result = chathttp::sim::RunSeed(seed, std::nullopt);
    for (const chathttp::sim::Violation& violation : result.run.violations) {
      if (violation.invariant != invariant) continue;
      std::cout << "seed " << seed << ": " << invariant << ": " << violation.message << "\n";
      return 0;
    }
  }
  std::cout << "no seed of " << seeds << " breaks " << invariant << "\n";
  return 1;
} catch (const std::exception& error) {
  std::cerr << "hunt: " << error.what() << "\n";
  return 2;
}

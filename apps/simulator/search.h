// A search over seeds on several threads.
//
//   sim::Swarm swarm = Search({.seeds = {1, 4096}, .jobs = 2});
//
// The result is the same for any number of jobs. Stderr gets a line for each failing seed
// at once and, if it is a terminal, the progress.
#ifndef CHATHTTP_APPS_SIMULATOR_SEARCH_H_
#define CHATHTTP_APPS_SIMULATOR_SEARCH_H_

#include <cstddef>
#include <limits>
#include <optional>

#include "chathttp/sim/search/seeds.h"
#include "chathttp/sim/search/swarm.h"

namespace chathttp {

struct SearchOptions {
  sim::SeedRange seeds;
  std::optional<sim::Mode> mode = std::nullopt;
  std::size_t jobs = 1;
  // The search ends with the block of seeds in which this number of failures is reached.
  std::size_t max_findings = std::numeric_limits<std::size_t>::max();
};

[[nodiscard]] sim::Swarm Search(const SearchOptions& options);

}  // namespace chathttp

#endif  // CHATHTTP_APPS_SIMULATOR_SEARCH_H_

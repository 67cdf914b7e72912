// A search over seeds on several threads.
//
//   sim::Swarm swarm = Search({.seeds = {1, 4096}, .jobs = 2});
//
// What it returns is the same for any number of jobs. While it goes on, a terminal at stderr is
// told how far it is.
#ifndef CHATHTTP_APPS_SIMULATOR_SEARCH_H_
#define CHATHTTP_APPS_SIMULATOR_SEARCH_H_

#include <cstddef>
#include <limits>
#include <optional>

#include "sim/search/seeds.h"
#include "sim/search/swarm.h"

namespace chathttp {

struct SearchOptions {
  sim::SeedRange seeds;
  std::optional<sim::Mode> mode = std::nullopt;
  std::size_t jobs = 1;
  // Ends with the block of seeds in which so many have failed.
  std::size_t max_findings = std::numeric_limits<std::size_t>::max();
};

[[nodiscard]] sim::Swarm Search(const SearchOptions& options);

}  // namespace chathttp

#endif  // CHATHTTP_APPS_SIMULATOR_SEARCH_H_

// What the lines `limit` and `net` of a scenario mean for server, clients and links.
#ifndef CHATHTTP_SIM_WORLD_OPTIONS_H_
#define CHATHTTP_SIM_WORLD_OPTIONS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "sim/network/sim_network.h"
#include "sim/scenario/scenario.h"
#include "transport/server/server_options.h"

namespace chathttp::sim {

[[nodiscard]] ServerOptions ServerOptionsOf(const Scenario& scenario);

// Of the server's host; `otherwise` if the scenario does not limit them.
[[nodiscard]] std::size_t DescriptorsOf(const Scenario& scenario, std::size_t otherwise);

// Sets the links between the server and the participants `names`.
void SetLinks(const Scenario& scenario, const std::vector<std::string>& names, SimNetwork& network);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_WORLD_OPTIONS_H_

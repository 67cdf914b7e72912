// Generates a scenario from a seed: participants, limits, links, the steps of each participant, and
// faults.
//
//   Scenario scenario = Generate(4711);
//   Scenario worse = Generate(4711, Mode::kHostile);
//
// A quarter of the seeds is clean, one in eight is hostile. Each family of events
// (generator_plan.h) is off for half of the seeds, so that rare combinations of two occur without
// the others. Scenarios are small: a run takes about a millisecond. One in a hundred has a crowd of
// 64 to 200 participants that only log in. A pure function.
#ifndef CHATHTTP_SIM_SEARCH_GENERATOR_H_
#define CHATHTTP_SIM_SEARCH_GENERATOR_H_

#include <cstdint>
#include <optional>
#include <string>

#include "chathttp/sim/scenario/scenario.h"

namespace chathttp::sim {

[[nodiscard]] Scenario Generate(std::uint64_t seed, std::optional<Mode> mode = std::nullopt);

// The scenario with the program `name` in the role of its first client, or, if it has none, as one
// more participant that connects at the start: `name` takes the steps and faults of that client.
[[nodiscard]] Scenario WithProgram(Scenario scenario, const std::string& name);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_SEARCH_GENERATOR_H_

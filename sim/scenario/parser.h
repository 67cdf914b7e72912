// Parses the text of a scenario.
//
//   auto scenario = ParseScenario("clients alice\n@1s alice say 5\n", "a.chat");
//   scenario.status().message()   -> `a.chat:2:15: expected "TEXT", got "5"`
//
// The grammar is in docs/simulation.md. Pure function.
#ifndef CHATHTTP_SIM_SCENARIO_PARSER_H_
#define CHATHTTP_SIM_SCENARIO_PARSER_H_

#include <cstddef>
#include <string_view>

#include "absl/status/statusor.h"
#include "chathttp/sim/scenario/scenario.h"

namespace chathttp::sim {

inline constexpr std::size_t kMaxScenarioBytes = 1 << 20;
inline constexpr std::size_t kMaxScenarioLines = 10'000;

// The scenario, or InvalidArgument `file:line:column: expected X, got Y` for the first error. Lines
// and columns (in bytes) count from 1. Checks that need the whole text, such as whether a name is
// declared, run after all lines were read. Steps keep the order of the text.
[[nodiscard]] absl::StatusOr<Scenario> ParseScenario(std::string_view text, std::string_view file);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_SCENARIO_PARSER_H_

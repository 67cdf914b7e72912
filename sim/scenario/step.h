// Parses a step of a scenario, with its expectation, from the tokens of a line.
//
//   @10ms alice,bob add   expect bob 200 "OK...^.^"
//
// The other direction is printer.h. Pure functions.
#ifndef CHATHTTP_SIM_SCENARIO_STEP_H_
#define CHATHTTP_SIM_SCENARIO_STEP_H_

#include <cstddef>
#include <string>
#include <vector>

#include "chathttp/sim/scenario/line.h"
#include "chathttp/sim/scenario/scenario.h"

namespace chathttp::sim {

// A step, and the columns of the parts that are checked later.
struct PlacedStep {
  Step step;
  std::size_t who_column = 1;
  std::size_t verb_column = 1;
  std::size_t expected_column = 1;  // of Expectation::who
};

// Takes the whole of `line`.
[[nodiscard]] PlacedStep TakeStep(ScenarioLine& line);

// Takes a list of effects: "clog,reset".
[[nodiscard]] std::vector<std::string> TakeEffects(ScenarioLine& line);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_SCENARIO_STEP_H_

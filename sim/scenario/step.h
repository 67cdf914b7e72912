// Parses a step of a scenario, with its expectation, from the tokens of a line.
//
//   @10ms alice,bob add   expect bob 200 "OK...^.^"
//   when bob hears "*Hi" do bob say "Hello"   expect within 1s 200
//
// The other direction is printer.h. Pure functions.
#ifndef CHATHTTP_SIM_SCENARIO_STEP_H_
#define CHATHTTP_SIM_SCENARIO_STEP_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "chathttp/sim/scenario/line.h"
#include "chathttp/sim/scenario/scenario.h"

namespace chathttp::sim {

// A step, and the columns of the parts that are checked later.
struct PlacedStep {
  Step step;
  std::size_t who_column = 1;
  std::size_t verb_column = 1;
  std::size_t expected_column = 1;  // of Expectation::who
  std::size_t trigger_column = 1;   // of Trigger::who
};

// Takes the whole of `line`. A time such as @+20ms counts from `before`.
[[nodiscard]] PlacedStep TakeStep(ScenarioLine& line, absl::Duration before);

// Takes the rest of a line after `when`: `bob hears "Hi*" after 20ms do alice say "Hello"`.
[[nodiscard]] PlacedStep TakeReaction(ScenarioLine& line);

// Takes what follows `expect WHO hears`, for the kind of `expectation`, which is kHears, kOneHears or
// kNoneHears: `in any order "A" "B"`.
void TakeHears(ScenarioLine& line, FinalExpectation& expectation);

// Takes a list of effects: "clog,reset".
[[nodiscard]] std::vector<std::string> TakeEffects(ScenarioLine& line);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_SCENARIO_STEP_H_

// Prints a scenario as text.
//
//   PrintStep(step)          -> `@1s     alice say "Hi" x200 every 5ms   expect 200`
//   PrintScenario(scenario)  -> all of it, one line each
//
// The text is canonical: ParseScenario gives an equal scenario except for line numbers, and equal
// scenarios have equal texts. `scenario` must be valid for the parser. Pure functions.
#ifndef CHATHTTP_SIM_SCENARIO_PRINTER_H_
#define CHATHTTP_SIM_SCENARIO_PRINTER_H_

#include <string>

#include "chathttp/sim/scenario/scenario.h"

namespace chathttp::sim {

[[nodiscard]] std::string PrintScenario(const Scenario& scenario);

// One line, without its line end.
[[nodiscard]] std::string PrintStep(const Step& step);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_SCENARIO_PRINTER_H_

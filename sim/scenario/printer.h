// Writes the text of a scenario.
//
//   PrintStep(step)          -> `@1s     alice say "Hi" x200 every 5ms   expect 200`
//   PrintScenario(scenario)  -> all of it, one line each
//
// The text is canonical: ParseScenario makes it the same value again, but for Step::line, and equal
// values have equal texts. `scenario` is one that could have been parsed. Pure functions.
#ifndef CHATHTTP_SIM_SCENARIO_PRINTER_H_
#define CHATHTTP_SIM_SCENARIO_PRINTER_H_

#include <string>

#include "sim/scenario/scenario.h"

namespace chathttp::sim {

[[nodiscard]] std::string PrintScenario(const Scenario& scenario);

// One line, without its end.
[[nodiscard]] std::string PrintStep(const Step& step);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_SCENARIO_PRINTER_H_

// Reads and writes the scenario files of chat_sim.
//
//   sim::Scenario scenario = ReadScenario("tests/scenarios/handover.chat");   // or "4711": a seed
//   WriteFile("failures", "seed-17.chat", text);
//
// A file that cannot be read, parsed or written ends the program as bad usage: one line on stderr,
// exit 2.
#ifndef CHATHTTP_APPS_SIMULATOR_FILES_H_
#define CHATHTTP_APPS_SIMULATOR_FILES_H_

#include <optional>
#include <string>

#include "chathttp/sim/scenario/scenario.h"

namespace chathttp {

[[nodiscard]] sim::Scenario ReadScenarioFile(const std::string& path);

// A number is a seed, anything else a path. The lines of the steps of a seed are those of the text
// that `chat_sim gen` prints. `mode`: as for Generate; ends the program for a path.
[[nodiscard]] sim::Scenario ReadScenario(const std::string& path_or_seed,
                                         std::optional<sim::Mode> mode = std::nullopt);

// Creates `directory` if it does not exist.
void WriteFile(const std::string& directory, const std::string& name, const std::string& text);

}  // namespace chathttp

#endif  // CHATHTTP_APPS_SIMULATOR_FILES_H_

// Where chat_sim reads scenarios from and keeps them.
//
//   sim::Scenario scenario = ReadScenario("tests/scenarios/handover.chat");   // or "4711": a seed
//   WriteFile("failures", "seed-17.chat", text);
//
// What cannot be read, parsed or written ends the program as bad usage: one line, exit 2.
#ifndef CHATHTTP_APPS_SIMULATOR_FILES_H_
#define CHATHTTP_APPS_SIMULATOR_FILES_H_

#include <string>

#include "sim/scenario/scenario.h"

namespace chathttp {

[[nodiscard]] sim::Scenario ReadScenarioFile(const std::string& path);

// A number is a seed, anything else a path.
[[nodiscard]] sim::Scenario ReadScenario(const std::string& path_or_seed);

// Makes `directory` if it is not there.
void WriteFile(const std::string& directory, const std::string& name, const std::string& text);

}  // namespace chathttp

#endif  // CHATHTTP_APPS_SIMULATOR_FILES_H_

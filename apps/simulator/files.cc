#include "apps/simulator/files.h"

#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <system_error>

#include "apps/flags/command_line.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/sim/scenario/parser.h"
#include "chathttp/sim/scenario/printer.h"
#include "chathttp/sim/search/generator.h"
#include "chathttp/sim/search/seeds.h"

namespace chathttp {

sim::Scenario ReadScenarioFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  const bool empty = file.peek() == std::ifstream::traits_type::eof() && file.eof();
  if (!empty && !(text << file.rdbuf())) ExitWithInputError("cannot read " + path);
  absl::StatusOr<sim::Scenario> scenario = sim::ParseScenario(text.str(), path);
  if (!scenario.ok()) ExitWithInputError(StdView(scenario.status().message()));
  if (scenario->steps.empty()) {
    ExitWithInputError(path + ": has no step to play, give it lines such as @0 alice connect");
  }
  if (!scenario->programs.empty()) {
    ExitWithInputError(path + ": chat_sim has no program " + scenario->programs.front() +
                       ": `programs` are for your own tests, see docs/embedding.md");
  }
  if (scenario->name.empty()) scenario->name = std::filesystem::path(path).stem().string();
  return *std::move(scenario);
}

sim::Scenario ReadScenario(const std::string& path_or_seed, std::optional<sim::Mode> mode) {
  const std::optional<sim::SeedRange> seeds = sim::ParseSeeds(path_or_seed);
  if (seeds && seeds->size() == 1) {
    const std::string text = sim::PrintScenario(sim::Generate(seeds->first, mode));
    absl::StatusOr<sim::Scenario> scenario = sim::ParseScenario(text, "generated");
    if (!scenario.ok()) ExitWithInputError(StdView(scenario.status().message()));
    return *std::move(scenario);
  }
  if (mode) ExitWithUsageError("--mode is for seeds, got the file " + path_or_seed);
  return ReadScenarioFile(path_or_seed);
}

void WriteFile(const std::string& directory, const std::string& name, const std::string& text) {
  const std::filesystem::path path = std::filesystem::path(directory) / name;
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file) ExitWithInputError("cannot write " + path.string());
}

}  // namespace chathttp

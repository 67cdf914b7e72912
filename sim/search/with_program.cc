#include <string>
#include <utility>

#include "chathttp/sim/search/generator.h"
#include "chathttp/sim/search/shrinker_cast.h"

namespace chathttp::sim {

Scenario WithProgram(Scenario scenario, const std::string& name) {
  scenario.programs.push_back(name);
  if (!scenario.clients.empty()) {
    const std::string client = scenario.clients.front();
    return PlayedBy(std::move(scenario), client, name);
  }
  Step connect;
  connect.who = name;
  scenario.steps.insert(scenario.steps.begin(), std::move(connect));
  return scenario;
}

}  // namespace chathttp::sim

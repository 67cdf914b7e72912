#include "chathttp/sim/scenario/scenario.h"

namespace chathttp::sim {

std::vector<std::string> Scenario::Participants() const {
  std::vector<std::string> names = clients;
  names.insert(names.end(), peers.begin(), peers.end());
  names.insert(names.end(), sessions.begin(), sessions.end());
  names.insert(names.end(), programs.begin(), programs.end());
  return names;
}

std::size_t ServersOf(const Scenario& scenario) {
  return static_cast<std::size_t>(LimitOr(scenario, "servers", 1));
}

std::int64_t LimitOr(const Scenario& scenario, std::string_view key, std::int64_t otherwise) {
  for (const LimitSetting& limit : scenario.limits) {
    if (limit.key == key) return limit.value;
  }
  return otherwise;
}

}  // namespace chathttp::sim

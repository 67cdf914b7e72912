#include "chathttp/sim/scenario/scenario.h"

namespace chathttp::sim {

std::vector<std::string> ParticipantsOf(const Scenario& scenario) {
  std::vector<std::string> names = scenario.clients;
  names.insert(names.end(), scenario.peers.begin(), scenario.peers.end());
  names.insert(names.end(), scenario.sessions.begin(), scenario.sessions.end());
  return names;
}

std::int64_t LimitOr(const Scenario& scenario, std::string_view key, std::int64_t otherwise) {
  for (const LimitSetting& limit : scenario.limits) {
    if (limit.key == key) return limit.value;
  }
  return otherwise;
}

}  // namespace chathttp::sim

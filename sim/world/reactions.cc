#include "chathttp/sim/world/reactions.h"

#include <algorithm>

namespace chathttp::sim {

Reactions::Reactions(const Scenario& scenario) {
  for (std::size_t i = 0; i < scenario.steps.size(); ++i) {
    const auto& when = scenario.steps[i].when;
    if (!when) continue;
    reactions_.push_back({i, &*when, ExpandNames(when->who, scenario.Participants())});
  }
}

std::vector<std::size_t> Reactions::Triggered(std::string_view who, std::string_view entity) {
  std::vector<std::size_t> steps;
  for (Reaction& reaction : reactions_) {
    const std::vector<std::string>& listeners = reaction.listeners;
    if (reaction.done || !MatchesText(reaction.trigger->text, entity) ||
        std::find(listeners.begin(), listeners.end(), who) == listeners.end()) {
      continue;
    }
    reaction.done = !reaction.trigger->each_time;
    steps.push_back(reaction.step);
  }
  return steps;
}

}  // namespace chathttp::sim

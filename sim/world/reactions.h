// The reactions of a scenario: the steps that wait for a response.
//
//   Reactions reactions(scenario);
//   for (std::size_t step : reactions.Triggered("bob", "[ alice ] : Hi\n")) Schedule(step);
//
// The scenario outlives the object. Not thread-safe.
#ifndef CHATHTTP_SIM_WORLD_REACTIONS_H_
#define CHATHTTP_SIM_WORLD_REACTIONS_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "chathttp/sim/scenario/scenario.h"

namespace chathttp::sim {

class Reactions {
 public:
  explicit Reactions(const Scenario& scenario);

  bool empty() const { return reactions_.empty(); }

  // The indexes of the steps that a response with this entity, received by `who`, triggers.
  std::vector<std::size_t> Triggered(std::string_view who, std::string_view entity);

 private:
  struct Reaction {
    std::size_t step;
    const Trigger* trigger;
    std::vector<std::string> listeners;
    bool done = false;  // triggered, and not each time
  };
  std::vector<Reaction> reactions_;
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_WORLD_REACTIONS_H_

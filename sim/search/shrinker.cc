#include "chathttp/sim/search/shrinker.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "chathttp/sim/scenario/parser.h"
#include "chathttp/sim/scenario/printer.h"
#include "chathttp/sim/search/shrinker_cast.h"
#include "chathttp/sim/search/shrinker_numbers.h"

namespace chathttp::sim {
namespace {

// Scenarios in which another participant performs the steps of `name`.
std::vector<Scenario> PlayedByAnother(const Scenario& scenario, const std::string& name) {
  std::vector<Scenario> candidates;
  for (const auto* cast : {&scenario.clients, &scenario.peers, &scenario.sessions}) {
    for (const std::string& other : *cast) {
      if (other != name) candidates.push_back(PlayedBy(scenario, name, other));
    }
  }
  return candidates;
}

class Shrinker {
 public:
  Shrinker(const Scenario& scenario, StillFails still_fails, std::size_t max_tries)
      : best_(scenario), still_fails_(still_fails), tries_left_(max_tries) {}

  Scenario Run() {
    Scenario before;
    do {
      before = best_;
      ShrinkCast();
      ShrinkList(&Scenario::steps);
      ShrinkList(&Scenario::nets);
      ShrinkList(&Scenario::limits);
      ShrinkList(&Scenario::exempt);
      ShrinkList(&Scenario::expectations);
      TryAll(SimplerHead(best_));
      for (std::size_t i = 0; i < best_.nets.size(); ++i) Simplify(SimplerNets, i);
      for (std::size_t i = 0; i < best_.steps.size(); ++i) Simplify(SimplerSteps, i);
      Try(Joined(best_));
    } while (best_ != before && tries_left_ > 0);
    return std::move(best_);
  }

 private:
  // Keeps `candidate` if it still fails.
  bool Try(const Scenario& candidate) {
    if (tries_left_ == 0 || candidate == best_) return false;
    const absl::StatusOr<Scenario> read = ParseScenario(PrintScenario(candidate), "shrunk");
    if (!read.ok()) return false;
    --tries_left_;
    if (!still_fails_(*read)) return false;
    best_ = *read;
    return true;
  }

  bool TryAll(const std::vector<Scenario>& candidates) {
    return std::any_of(candidates.begin(), candidates.end(),
                       [&](const Scenario& candidate) { return Try(candidate); });
  }

  // Repeats while a simpler candidate still fails.
  void Simplify(std::vector<Scenario> (*simpler)(const Scenario&, std::size_t), std::size_t index) {
    while (tries_left_ > 0 && TryAll(simpler(best_, index))) {
    }
  }

  void ShrinkCast() {
    for (const std::string& name : best_.Participants()) {
      if (Try(Without(best_, name))) continue;
      TryAll(PlayedByAnother(best_, name));
    }
  }

  // Removes parts of a list: halves first, then smaller and smaller parts.
  template <class Item>
  void ShrinkList(std::vector<Item> Scenario::*list) {
    for (std::size_t part = ((best_.*list).size() + 1) / 2; part > 0; part /= 2) {
      for (std::size_t end = (best_.*list).size(); end > 0;) {
        const std::size_t begin = end - std::min(part, end);
        Scenario candidate = best_;
        std::vector<Item>& items = candidate.*list;
        items.erase(items.begin() + static_cast<std::ptrdiff_t>(begin),
                    items.begin() + static_cast<std::ptrdiff_t>(end));
        Try(candidate);
        end = begin;
      }
    }
  }

  Scenario best_;
  StillFails still_fails_;
  std::size_t tries_left_;
};

}  // namespace

Scenario Shrink(const Scenario& scenario, StillFails still_fails, std::size_t max_tries) {
  return Shrinker(scenario, still_fails, max_tries).Run();
}

}  // namespace chathttp::sim

#include "chathttp/sim/search/shrinker_cast.h"

#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/sim/scenario/grammar.h"
#include "chathttp/sim/scenario/names.h"

namespace chathttp::sim {
namespace {

// The parts of a list that still name a participant or the server. A range becomes what is left of
// it.
std::string Remaining(const std::string& list, const std::vector<std::string>& names) {
  std::vector<std::string> parts;
  for (const std::string& part : SplitList(list)) {
    const std::vector<std::string> left = ExpandNames(part, names);
    if (left.empty() && !ServerIndex(part)) continue;
    const bool range = part.find('[') != std::string::npos;
    parts.push_back(range ? absl::StrReplaceAll(PrintNames(left), {{" ", ","}}) : part);
  }
  return absl::StrJoin(parts, ",");
}

// The same for both sides of "A->B" or "A|B"; empty if one side is empty.
std::string RemainingOfWho(const std::string& who, const std::vector<std::string>& names) {
  for (const std::string_view separator : {"->", "|"}) {
    const std::optional<Sides> sides = SplitSides(who, separator);
    if (!sides) continue;
    const std::string first = Remaining(sides->first, names);
    const std::string second = Remaining(sides->second, names);
    return first.empty() || second.empty() ? "" : absl::StrCat(first, AbslView(separator), second);
  }
  return Remaining(who, names);
}

bool IsOfAnyone(const Step& step) {
  const Subject subject = ShapeOf(step.verb).subject;
  return subject == Subject::kAnyone || subject == Subject::kSomePeers;
}

bool MayJoin(const Step& one, const Step& other) {
  Step same = other;
  same.who = one.who;
  same.line = one.line;
  return same == one && IsOfAnyone(one);
}

}  // namespace

Scenario Without(Scenario scenario, const std::string& name) {
  std::erase(scenario.clients, name);
  std::erase(scenario.peers, name);
  std::erase(scenario.sessions, name);
  std::erase(scenario.programs, name);
  const std::vector<std::string> names = scenario.Participants();
  const auto is_gone = [&](std::string& who) {
    if (who.empty()) return false;
    who = RemainingOfWho(who, names);
    return who.empty();
  };
  for (Step& step : scenario.steps) {
    if (step.expected && is_gone(step.expected->who)) step.expected.reset();
  }
  std::erase_if(scenario.steps, [&](Step& step) {
    return is_gone(step.who) || (step.when && is_gone(step.when->who)) || step.session.of == name;
  });
  std::erase_if(scenario.nets,
                [&](NetSetting& net) { return is_gone(net.from) || is_gone(net.to); });
  std::erase_if(scenario.expectations,
                [&](FinalExpectation& expectation) { return is_gone(expectation.who); });
  return scenario;
}

Scenario PlayedBy(Scenario scenario, const std::string& name, const std::string& other) {
  for (Step& step : scenario.steps) {
    if (step.who == name) step.who = other;
    if (step.when && step.when->who == name) step.when->who = other;
    if (step.session.of == name) step.session.of = other;
    if (step.who == absl::StrCat(name, "->server")) step.who = absl::StrCat(other, "->server");
    if (step.who == absl::StrCat("server->", name)) step.who = absl::StrCat("server->", other);
  }
  return Without(std::move(scenario), name);
}

Scenario Joined(Scenario scenario) {
  std::vector<Step> steps;
  for (Step& step : scenario.steps) {
    if (!steps.empty() && MayJoin(steps.back(), step)) {
      absl::StrAppend(&steps.back().who, ",", step.who);
    } else {
      steps.push_back(std::move(step));
    }
  }
  scenario.steps = std::move(steps);
  return scenario;
}

}  // namespace chathttp::sim

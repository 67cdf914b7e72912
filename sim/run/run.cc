#include "chathttp/sim/run/run.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/sim/oracle/oracle.h"
#include "chathttp/sim/scenario/grammar.h"
#include "chathttp/sim/scenario/parser.h"
#include "chathttp/sim/world/world.h"
#include "chathttp/transport/ports/mark.h"

namespace chathttp::sim {
namespace {

// Reports planned faults without effect: the scenario does not test what it intends to.
void CheckEffects(const Scenario& scenario, const std::vector<std::uint64_t>& effects,
                  std::vector<Violation>& violations) {
  for (std::size_t i = 0; i < scenario.steps.size(); ++i) {
    const Step& step = scenario.steps[i];
    const VerbShape& shape = ShapeOf(step.verb);
    if (!shape.fault || effects[i] > 0) continue;
    violations.push_back({"effect",
                          absl::StrCat("expected an effect of ", AbslView(shape.word), " of ",
                                       step.who, ", got none"),
                          step.line});
  }
}

void AddMarks(std::map<std::string, std::uint64_t>& marks) {
  const MarkCounts counts = TakeMarks();
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] > 0) marks[std::string(kMarks[i])] = counts[i];
  }
}

}  // namespace

RunResult Run(const Scenario& scenario, const RunOptions& options) {
  RunResult result;
  static_cast<void>(TakeMarks());
  World world(scenario, options);
  world.Play();
  const WorldRecord record = world.TakeRecord();
  if (world.status().ok()) {
    result.violations = Judge(scenario, record, &result.deliveries);
    if (scenario.effects_required) {
      CheckEffects(scenario, world.step_effects(), result.violations);
    }
  } else {
    result.violations.push_back({"stuck", std::string(world.status().message())});
  }
  AddMarks(result.marks);
  result.digest = world.digest();
  result.checkpoints = world.TakeCheckpoints();
  result.effects = record.effects;
  result.events = world.counters().events;
  result.turns = world.counters().turns;
  result.simulated = world.now();
  return result;
}

RunResult RunScenario(std::string_view text, const RunOptions& options) {
  const absl::StatusOr<Scenario> scenario = ParseScenario(text, "scenario");
  if (scenario.ok()) return Run(*scenario, options);
  RunResult result;
  result.violations.push_back({"scenario", std::string(scenario.status().message())});
  return result;
}

}  // namespace chathttp::sim

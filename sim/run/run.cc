#include "chathttp/sim/run/run.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/sim/oracle/oracle.h"
#include "chathttp/sim/scenario/grammar.h"
#include "chathttp/sim/scenario/lexer.h"
#include "chathttp/sim/scenario/parser.h"
#include "chathttp/sim/world/participant.h"
#include "chathttp/sim/world/sim_environment.h"
#include "chathttp/sim/world/world.h"
#include "chathttp/transport/ports/mark.h"

namespace chathttp::sim {
namespace {

// What a fault without effect found.
std::string_view WhyNoEffect(Verb verb) {
  switch (verb) {
    case Verb::kPauseReading:
      return "nothing came to be read";
    case Verb::kReset:
    case Verb::kCut:
      return "there was no connection";
    case Verb::kDescriptors:
      return "no other one was asked for";
    case Verb::kCrash:
      return "it did not run";
    default:
      return "no byte was on its way";
  }
}

// Reports planned faults without effect: the scenario does not test what it intends to.
void CheckEffects(const Scenario& scenario, const std::vector<std::uint64_t>& effects,
                  std::vector<Violation>& violations) {
  for (std::size_t i = 0; i < scenario.steps.size(); ++i) {
    const Step& step = scenario.steps[i];
    const VerbShape& shape = ShapeOf(step.verb);
    if (!shape.fault || effects[i] > 0) continue;
    violations.push_back({"effect",
                          absl::StrCat("expected an effect of ", AbslView(shape.word), " of ",
                                       step.who, ", got none: ", AbslView(WhyNoEffect(step.verb))),
                          step.line});
  }
}

void AddMarks(std::map<std::string, std::uint64_t>& marks) {
  const MarkCounts counts = TakeMarks();
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] > 0) marks[std::string(kMarks[i])] = counts[i];
  }
}

// The text is taken to begin on the line of the call.
void PlaceInFile(const CallSite& site, std::vector<Violation>& violations) {
  for (Violation& violation : violations) {
    if (violation.line == 0) continue;
    violation.file = site.file;
    violation.file_line = site.line + violation.line - 1;
  }
}

}  // namespace

RunResult Run(const Scenario& scenario, const RunOptions& options) {
  RunResult result;
  for (const std::string& name : scenario.programs) {
    if (FindFactory(options.programs, name) != nullptr) continue;
    result.violations.push_back({"scenario", "expected a factory in RunOptions::programs for " +
                                                 Quote(name) +
                                                 ", got none: this program cannot be run here"});
    return result;
  }
  static_cast<void>(TakeMarks());
  SimEnvironment environment(scenario);
  World world(scenario, environment, options);
  world.Play();
  WorldRecord record = world.TakeRecord();
  record.max_wake_delay = environment.max_wake_delay();
  if (environment.network().spurious_notices() > 0) {
    record.effects["spurious"] = environment.network().spurious_notices();
  }
  if (const absl::Status status = world.status(); status.ok()) {
    if (options.judged) result.violations = Judge(scenario, record, &result.deliveries);
    if (scenario.effects_required) {
      CheckEffects(scenario, world.step_effects(), result.violations);
    }
    SortViolations(result.violations);
  } else {
    result.violations.push_back({"stuck", std::string(status.message()), 0, "", world.now()});
  }
  AddMarks(result.marks);
  result.digest = environment.network().digest();
  result.checkpoints = environment.TakeCheckpoints();
  result.effects = record.effects;
  result.events = environment.virtual_time().counters().events;
  result.turns = environment.virtual_time().counters().turns;
  result.simulated = world.now();
  return result;
}

RunResult RunScenario(std::string_view text, const RunOptions& options, const CallSite& site) {
  const absl::StatusOr<Scenario> scenario = ParseScenario(text, "scenario");
  RunResult result;
  if (scenario.ok()) {
    result = Run(*scenario, options);
  } else {
    result.violations.push_back({"scenario", std::string(scenario.status().message())});
  }
  PlaceInFile(site, result.violations);
  return result;
}

}  // namespace chathttp::sim

#include "chathttp/sim/search/generator.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "chathttp/sim/scenario/grammar.h"
#include "chathttp/sim/search/generator_faults.h"
#include "chathttp/sim/search/generator_journal.h"
#include "chathttp/sim/search/generator_lives.h"
#include "chathttp/sim/search/generator_operator.h"
#include "chathttp/sim/search/generator_plan.h"
#include "chathttp/sim/search/generator_servers.h"
#include "chathttp/sim/search/generator_sessions.h"
#include "chathttp/sim/search/generator_setting.h"

namespace chathttp::sim {
namespace {

absl::Duration LastStep(const Scenario& scenario, bool faults_only) {
  absl::Duration last;
  for (const Step& step : scenario.steps) {
    if (!faults_only || ShapeOf(step.verb).fault) last = std::max(last, step.at);
  }
  return last;
}

// In a third of the seeds, some of the clients are sessions. The victim of faults is none: faults of
// reading do not affect sessions.
void WriteCast(const Plan& plan, Scenario& scenario) {
  Chooser choose = plan.ChooserFor("sessions");
  const bool sessions = choose.OneIn(3);
  for (std::size_t i = 0; i < plan.names.size(); ++i) {
    const bool session = sessions && choose.OneIn(2) && plan.names[i] != plan.victim;
    (plan.raw[i] ? scenario.peers
     : session   ? scenario.sessions
                 : scenario.clients)
        .push_back(plan.names[i]);
  }
}

// Draws the stop of the server and the time of heal, which may precede or follow the last step.
void WriteEnd(const Plan& plan, Scenario& scenario) {
  Chooser choose = plan.ChooserFor("end");
  if (plan.Has(Family::kStop) && choose.OneIn(3)) {
    const absl::Duration last = LastStep(scenario, false);
    const absl::Duration at = plan.Round(choose.Between(last / 2, last + plan.span / 4));
    scenario.steps.push_back(StepAt(at, Verb::kStop, "server"));
  }
  if (plan.mode == Mode::kFaulty && choose.OneIn(2)) {
    scenario.heal = LastStep(scenario, true) + plan.Round(choose.Between(plan.grain, plan.span));
  }
}

}  // namespace

Scenario Generate(std::uint64_t seed, std::optional<Mode> mode) {
  const Plan plan = MakePlan(seed, mode);
  Scenario scenario;
  scenario.name = absl::StrCat("seed-", seed);
  scenario.seed = seed;
  scenario.mode = plan.mode;
  scenario.effects_required = false;
  WriteCast(plan, scenario);
  std::vector<std::string>& crowd = seed % 2 == 0 ? scenario.clients : scenario.peers;
  crowd.insert(crowd.end(), plan.crowd.begin(), plan.crowd.end());
  WriteSetting(plan, scenario);
  WriteLives(plan, scenario);
  WriteFaults(plan, scenario);
  WriteServers(plan, scenario);
  WriteSessions(plan, scenario);
  WriteJournal(plan, scenario);
  WriteEnd(plan, scenario);
  WriteOrigins(plan, scenario);
  WriteOperator(plan, scenario);
  std::stable_sort(scenario.steps.begin(), scenario.steps.end(),
                   [](const Step& a, const Step& b) { return a.at < b.at; });
  return scenario;
}

}  // namespace chathttp::sim

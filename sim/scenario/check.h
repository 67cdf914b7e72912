// Checks of a scenario beyond its grammar. They run after the whole text was parsed, since a name
// may be used before its declaration.
//
//   if (std::optional<Mismatch> wrong = CheckWho(scenario, Subject::kAnyone, "bob")) ...
//
// Pure functions.
#ifndef CHATHTTP_SIM_SCENARIO_CHECK_H_
#define CHATHTTP_SIM_SCENARIO_CHECK_H_

#include <optional>
#include <string>

#include "chathttp/sim/scenario/grammar.h"
#include "chathttp/sim/scenario/scenario.h"

namespace chathttp::sim {

// An error: what was expected, and what the scenario has.
struct Mismatch {
  std::string expected;
  std::string got;
};

// Each part of `who` must name a participant or host that `subject` allows.
[[nodiscard]] std::optional<Mismatch> CheckWho(const Scenario& scenario, Subject subject,
                                               const std::string& who);

// Each part of `some` must name participants that `who` includes.
[[nodiscard]] std::optional<Mismatch> CheckSome(const Scenario& scenario, const std::string& who,
                                                const std::string& some);

// `name` must be the name of one peer.
[[nodiscard]] std::optional<Mismatch> CheckPeer(const Scenario& scenario, const std::string& name);

// A fault at the time of `step` must be allowed. The time of a reaction is not known yet.
[[nodiscard]] std::optional<Mismatch> CheckFault(const Scenario& scenario, const Step& step);

// A journal is that of one server.
[[nodiscard]] std::optional<Mismatch> CheckJournal(const Scenario& scenario);

// The backlog must have room for eight texts of the maximum size.
[[nodiscard]] std::optional<Mismatch> CheckBacklog(const Scenario& scenario);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_SCENARIO_CHECK_H_

// What a scenario must fulfil beyond its grammar. Each check judges one thing of a text that was
// read as a whole, since a name may be used before it is declared.
//
//   if (std::optional<Mismatch> wrong = CheckWho(scenario, Subject::kAnyone, "bob")) ...
//
// Pure functions.
#ifndef CHATHTTP_SIM_SCENARIO_CHECK_H_
#define CHATHTTP_SIM_SCENARIO_CHECK_H_

#include <optional>
#include <string>

#include "sim/scenario/grammar.h"
#include "sim/scenario/scenario.h"

namespace chathttp::sim {

struct Mismatch {
  std::string expected;
  std::string got;
};

// Each part of `who` means somebody whom `subject` allows.
[[nodiscard]] std::optional<Mismatch> CheckWho(const Scenario& scenario, Subject subject,
                                               const std::string& who);

// Each part of `some` is among those whom `who` means.
[[nodiscard]] std::optional<Mismatch> CheckSome(const Scenario& scenario, const std::string& who,
                                                const std::string& some);

// A fault may begin at the time of `step`.
[[nodiscard]] std::optional<Mismatch> CheckFault(const Scenario& scenario, const Step& step);

// The backlog has room for eight of the longest texts.
[[nodiscard]] std::optional<Mismatch> CheckBacklog(const Scenario& scenario);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_SCENARIO_CHECK_H_

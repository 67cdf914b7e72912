// Runs a scenario: the unmodified server and its clients on the simulated network, through the
// phases act, heal, settle and drain. The oracle then checks the record.
//
//   RunResult result = Run(scenario);
//   for (const Violation& violation : result.violations) Print(violation);
//
// The same scenario gives the same digest on every machine. Runs are independent of each other and
// may execute in parallel, one per thread.
#ifndef CHATHTTP_SIM_RUN_RUN_H_
#define CHATHTTP_SIM_RUN_RUN_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "chathttp/sim/oracle/violation.h"
#include "chathttp/sim/scenario/scenario.h"
#include "chathttp/sim/world/run_options.h"

namespace chathttp::sim {

struct RunResult {
  std::vector<Violation> violations;
  std::uint64_t digest = 0;
  std::vector<std::uint64_t> checkpoints;        // the digest at each simulated second
  std::map<std::string, std::uint64_t> effects;  // faults that took effect, and how often
  std::map<std::string, std::uint64_t> marks;    // marks that were reached, and how often
  std::uint64_t events = 0;
  std::uint64_t turns = 0;
  std::uint64_t deliveries = 0;  // broadcasts received and checked
  absl::Duration simulated;

  bool ok() const { return violations.empty(); }
};

// A program without a factory in `options` gives the violation "scenario".
RunResult Run(const Scenario& scenario, const RunOptions& options = {});

// The place of a call in a source file, as std::source_location, which clang 14 lacks.
struct CallSite {
  const char* file = "";
  int line = 0;

  static constexpr CallSite Here(const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    return {file, line};
  }
};

// Parses and runs a scenario, for tests. A syntax error gives the violation "scenario". Violations
// that know their line name it in the source file of the caller as well: a literal that begins on the
// line of the call is found there. (Inside of a macro, clang takes the call for the last line.)
RunResult RunScenario(std::string_view text, const RunOptions& options = {},
                      const CallSite& site = CallSite::Here());

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_RUN_RUN_H_

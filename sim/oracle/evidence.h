// What the checks of the oracle share: the scenario, the record, and the violations found so far.
#ifndef CHATHTTP_SIM_ORACLE_EVIDENCE_H_
#define CHATHTTP_SIM_ORACLE_EVIDENCE_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "chathttp/sim/oracle/violation.h"
#include "chathttp/sim/scenario/scenario.h"
#include "chathttp/sim/world/record.h"

namespace chathttp::sim {

// For messages: " at 1.5s".
std::string At(absl::Duration time);

class Evidence {
 public:
  // Both outlive the object.
  Evidence(const Scenario& scenario_given, const WorldRecord& record_given);

  // Notes a violation. Of each invariant and line only the first few are kept; one more violation
  // says how many are left out.
  void Report(Violation violation);
  void Report(std::string_view invariant, std::string message) {
    Report(Violation{std::string(invariant), std::move(message)});
  }
  // Of a connection of the server: names its participant.
  void Report(std::string_view invariant, const ServerConnection& connection,
              std::optional<absl::Duration> at, std::string message);
  void Report(std::string_view invariant, const ConnectionRecord& connection,
              std::optional<absl::Duration> at, std::string message);
  std::vector<Violation> TakeViolations();

  // No fault touched it and it never stopped reading.
  static bool Healthy(const ConnectionRecord& connection) {
    return !connection.faulted && !connection.stopped_reading;
  }
  const Scenario& scenario;
  const WorldRecord& record;

 private:
  std::map<std::string_view, std::string_view> participants_;  // by ConnectionRecord::local
  std::vector<Violation> violations_;
  std::map<std::pair<std::string, int>, int> reported_;  // by invariant and line
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_ORACLE_EVIDENCE_H_

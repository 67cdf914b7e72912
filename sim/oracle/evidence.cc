#include "chathttp/sim/oracle/evidence.h"

#include "absl/strings/str_cat.h"

namespace chathttp::sim {
namespace {

// The most reports of one invariant, or of one line of the scenario.
int MostReports(int line) { return line > 0 ? 10 : 3; }

}  // namespace

std::string At(absl::Duration time) { return absl::StrCat(" at ", absl::FormatDuration(time)); }

Evidence::Evidence(const Scenario& scenario_given, const WorldRecord& record_given)
    : scenario(scenario_given), record(record_given) {
  for (const ConnectionRecord& connection : record.connections) {
    if (!connection.local.empty()) participants_.emplace(connection.local, connection.who);
  }
}

void Evidence::Report(Violation violation) {
  if (++reported_[{violation.invariant, violation.line}] > MostReports(violation.line)) return;
  violations_.push_back(std::move(violation));
}

std::vector<Violation> Evidence::TakeViolations() {
  for (const auto& [what, count] : reported_) {
    const auto& [invariant, line] = what;
    const int more = count - MostReports(line);
    if (more > 0) violations_.push_back({invariant, absl::StrCat("... and ", more, " more"), line});
  }
  return std::move(violations_);
}

void Evidence::Report(std::string_view invariant, const ServerConnection& connection,
                      std::optional<absl::Duration> at, std::string message) {
  const auto participant = participants_.find(connection.socket);
  const std::string_view who =
      participant == participants_.end() ? connection.peer : participant->second;
  Report({std::string(invariant), std::move(message), 0, std::string(who), at});
}

void Evidence::Report(std::string_view invariant, const ConnectionRecord& connection,
                      std::optional<absl::Duration> at, std::string message) {
  Report({std::string(invariant), std::move(message), 0, connection.who, at});
}

}  // namespace chathttp::sim

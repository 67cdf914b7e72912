#include "chathttp/sim/oracle/evidence.h"

#include "absl/strings/str_cat.h"

namespace chathttp::sim {
namespace {

constexpr int kMostReports = 3;  // of one invariant

}  // namespace

std::string At(absl::Duration time) { return absl::StrCat(" at ", absl::FormatDuration(time)); }

Evidence::Evidence(const Scenario& scenario_given, const WorldRecord& record_given)
    : scenario(scenario_given), record(record_given) {
  for (const ConnectionRecord& connection : record.connections) {
    if (!connection.local.empty()) participants_.emplace(connection.local, connection.who);
  }
}

void Evidence::Report(Violation violation) {
  if (++reported_[violation.invariant] > kMostReports) return;
  violations_.push_back(std::move(violation));
}

void Evidence::Report(std::string_view invariant, const ServerConnection& connection,
                      std::optional<absl::Duration> at, std::string message) {
  const auto participant = participants_.find(connection.peer);
  const std::string_view who =
      participant == participants_.end() ? connection.peer : participant->second;
  Report({std::string(invariant), std::move(message), 0, std::string(who), at});
}

void Evidence::Report(std::string_view invariant, const ConnectionRecord& connection,
                      std::optional<absl::Duration> at, std::string message) {
  Report({std::string(invariant), std::move(message), 0, connection.who, at});
}

}  // namespace chathttp::sim

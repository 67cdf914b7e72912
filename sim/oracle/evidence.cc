#include "chathttp/sim/oracle/evidence.h"

#include "absl/strings/str_cat.h"

namespace chathttp::sim {
namespace {

constexpr int kMostReports = 3;  // of one invariant

}  // namespace

std::string At(absl::Duration time) { return absl::StrCat(" at ", absl::FormatDuration(time)); }

void Evidence::Report(Violation violation) {
  if (++reported_[violation.invariant] > kMostReports) return;
  violations_.push_back(std::move(violation));
}

std::string Evidence::Name(const ConnectionRecord& connection) {
  if (connection.ordinal == 0) return connection.who;
  return absl::StrCat(connection.who, " (connection ", connection.ordinal + 1, ")");
}

}  // namespace chathttp::sim

#include "apps/server/reload.h"

#include <algorithm>
#include <string_view>

#include "absl/strings/str_cat.h"

namespace chathttp {

absl::StatusOr<ReloadOutcome> Reloader::Reload() {
  const absl::StatusOr<Config> next = ConfigFromFlagFile(sockets_);
  if (!next.ok()) return next.status();
  const auto kept = server_.Reconfigure(ShareOf(next->server, threads_.first_place()));
  if (!kept.ok()) return kept.status();
  if (absl::Status status = threads_.Reconfigure(next->server); !status.ok()) return status;
  max_connections_ = next->server.max_connections;
  logger_.set_min_level(next->log_level);
  threads_.SetLogLevel(next->log_level);
  ReloadOutcome outcome;
  for (const auto& [name, value] : next->flags) {
    if (value == running_[name]) continue;
    if (HoldsUntilTheEnd(name) || std::find(kept->begin(), kept->end(), name) != kept->end()) {
      outcome.needs_restart.push_back(name);
      continue;
    }
    outcome.changed.push_back(absl::StrCat(name, "=", value));
    running_[name] = value;
  }
  return outcome;
}

}  // namespace chathttp

#include "apps/server/reload.h"

#include <algorithm>
#include <string_view>

#include "absl/strings/str_cat.h"

namespace chathttp {

absl::StatusOr<ReloadOutcome> Reloader::Reload() {
  const absl::StatusOr<Config> next = ConfigFromFlagFile(sockets_);
  if (!next.ok()) return next.status();
  const auto kept = server_.Reconfigure(next->server);
  if (!kept.ok()) return kept.status();
  logger_.set_min_level(next->log_level);
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

#include "chathttp/transport/server/stat_values.h"

#include <cstddef>
#include <string_view>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/transport/codec/message.h"
#include "chathttp/transport/server/server_labels.h"

namespace chathttp {
namespace {

std::string NameOf(RequestKind kind) {
  const std::string_view method =
      kind.method == Method::kUnknown ? "other" : MethodName(kind.method);
  return absl::StrCat(absl::AsciiStrToLower(AbslView(method)), "_", static_cast<int>(kind.code));
}

std::string NameOf(std::string_view label) { return std::string(label); }

template <typename Label>
void AddTally(const std::string& prefix, const Tally<Label>& tally,
              std::vector<StatValue>& values) {
  for (std::size_t i = 0; i < tally.counts().size(); ++i) {
    values.push_back({prefix + NameOf(Labels<Label>::kAll[i]), tally.counts()[i]});
  }
}

}  // namespace

std::vector<StatValue> StatValuesOf(const ServerFigures& figures) {
  const ServerStats& stats = figures.stats;
  std::vector<StatValue> values = {
      {"connections", figures.connections},
      {"members", figures.members},
      {"away", figures.away},
      {"blocked", figures.blocked},
      {"paused", figures.paused},
      {"log_bytes", figures.log_bytes},
      {"partial_bytes", figures.partial_bytes},
      {"held_bytes", figures.held_bytes},
      {"accepted", stats.accepted},
      {"closed", stats.closed},
      {"turned_away", stats.turned_away},
      {"logins", stats.logins},
      {"losses", stats.away},
      {"returns", stats.returns},
      {"evicted", stats.evicted},
      {"expired", stats.expired},
      {"requests", stats.requests},
      {"replies", stats.replies},
      {"broadcasts", stats.broadcasts},
      {"bytes_in", stats.bytes_in},
      {"bytes_out", stats.bytes_out},
      {"turns", stats.turns},
  };
  AddTally("requests_", stats.requests_by_kind, values);
  AddTally("broadcasts_", stats.broadcasts_by_kind, values);
  AddTally("refusals_", stats.refusals, values);
  AddTally("closed_", stats.closed_by_reason, values);
  return values;
}

}  // namespace chathttp

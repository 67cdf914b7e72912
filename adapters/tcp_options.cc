#include "chathttp/adapters/tcp_options.h"

#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/domain/escape.h"

namespace chathttp::posix {
namespace {

constexpr absl::Duration kLongest = absl::Seconds(32767);
constexpr int kMostProbes = 127;

bool ParseSeconds(absl::string_view text, absl::Duration& span) {
  return absl::ParseDuration(text, &span) && span >= absl::Seconds(1) && span <= kLongest &&
         span % absl::Seconds(1) == absl::ZeroDuration();
}

}  // namespace

absl::StatusOr<Keepalive> ParseKeepalive(std::string_view text) {
  Keepalive keepalive;
  if (text == "off") {
    keepalive.idle = absl::ZeroDuration();
    return keepalive;
  }
  const std::vector<absl::string_view> parts = absl::StrSplit(AbslView(text), '/');
  if (parts.size() == 3 && ParseSeconds(parts[0], keepalive.idle) &&
      ParseSeconds(parts[1], keepalive.interval) && absl::SimpleAtoi(parts[2], &keepalive.probes) &&
      keepalive.probes >= 1 && keepalive.probes <= kMostProbes) {
    return keepalive;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("must be idle time, interval and probes, like 20s/5s/3, in whole seconds up to ",
                   absl::ToInt64Seconds(kLongest), " and up to ", kMostProbes,
                   " probes, or off, got \"", Visible(text, 40), "\""));
}

std::string ToString(const Keepalive& keepalive) {
  if (keepalive.idle == absl::ZeroDuration()) return "off";
  return absl::StrCat(absl::ToInt64Seconds(keepalive.idle), "s/",
                      absl::ToInt64Seconds(keepalive.interval), "s/", keepalive.probes);
}

absl::Status CheckUserTimeout(absl::Duration timeout) {
  const bool fits = timeout >= absl::Milliseconds(1) && timeout <= absl::Hours(24);
  if (fits || timeout == absl::ZeroDuration()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("must be 1ms to 24h, or 0, got ", absl::FormatDuration(timeout)));
}

}  // namespace chathttp::posix

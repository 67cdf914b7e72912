#include "chathttp/transport/server/limit_text.h"

#include <cstdint>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "chathttp/domain/absl_view.h"

namespace chathttp {
namespace {

constexpr std::uint32_t kMost = 1'000'000;

absl::Status Error(std::string_view form, std::string_view text) {
  return absl::InvalidArgumentError(
      absl::StrCat(AbslView(form), ", got \"", absl::CHexEscape(AbslView(text)), "\""));
}

bool ParseCount(std::string_view text, std::uint32_t& count) {
  return absl::SimpleAtoi(AbslView(text), &count) && count >= 1 && count <= kMost;
}

}  // namespace

absl::StatusOr<FloodLimit> ParseFloodLimit(std::string_view text) {
  if (text == "off") return FloodLimit{.per_second = 0};
  const std::size_t slash = text.find('/');
  FloodLimit limit;
  if (slash == std::string_view::npos || !ParseCount(text.substr(0, slash), limit.per_second) ||
      !ParseCount(text.substr(slash + 1), limit.burst)) {
    return Error(
        "must be requests a second and how many at once, like 2/10, both 1 to 1000000, or off",
        text);
  }
  return limit;
}

std::string ToString(const FloodLimit& limit) {
  return limit.per_second == 0 ? "off" : absl::StrCat(limit.per_second, "/", limit.burst);
}

absl::StatusOr<ConnectRate> ParseConnectRate(std::string_view text) {
  if (text == "off") return ConnectRate{.connects = 0};
  const std::size_t slash = text.find('/');
  ConnectRate rate;
  if (slash == std::string_view::npos || !ParseCount(text.substr(0, slash), rate.connects) ||
      !absl::ParseDuration(AbslView(text.substr(slash + 1)), &rate.span) ||
      rate.span <= absl::ZeroDuration() || rate.span > absl::Hours(24)) {
    return Error("must be connects and a time of at most 24h, like 32/10m, or off", text);
  }
  return rate;
}

std::string ToString(const ConnectRate& rate) {
  if (rate.connects == 0) return "off";
  return absl::StrCat(rate.connects, "/", absl::FormatDuration(rate.span));
}

absl::StatusOr<std::vector<IpNetwork>> ParseIpNetworks(std::string_view text) {
  std::vector<IpNetwork> networks;
  if (text.empty()) return networks;
  for (const absl::string_view part : absl::StrSplit(AbslView(text), ',')) {
    absl::StatusOr<IpNetwork> network = ParseIpNetwork(StdView(part));
    if (!network.ok()) return network.status();
    networks.push_back(*network);
  }
  return networks;
}

std::string ToString(const std::vector<IpNetwork>& networks) {
  return absl::StrJoin(
      networks, ",", [](std::string* out, const IpNetwork& network) { *out += ToString(network); });
}

}  // namespace chathttp

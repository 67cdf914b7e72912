#include "chathttp/transport/server/admission.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace chathttp {
bool Admission::IsExempt(const IpAddress& address) const {
  return !address.known() ||
         std::any_of(options_.exempt.begin(), options_.exempt.end(),
                     [&](const IpNetwork& network) { return network.Contains(address); });
}

std::optional<std::string> Admission::FindBan(const IpAddress& address, absl::Time now) const {
  if (!address.known()) return std::nullopt;
  for (const auto& [network, end] : bans_) {
    if (end > now && network.Contains(address))
      return std::string("Your address is banned from this server");
  }
  return std::nullopt;
}

absl::Status Admission::AddBan(const Ban& ban, absl::Time now) {
  DropExpired(now);
  if (bans_.size() >= kMaxBans && !bans_.contains(ban.network)) {
    return absl::ResourceExhaustedError(
        absl::StrCat("at most ", kMaxBans, " bans: lift another one first"));
  }
  bans_[ban.network] = ban.end;
  return absl::OkStatus();
}

std::vector<Ban> Admission::bans(absl::Time now) {
  DropExpired(now);
  std::vector<Ban> bans;
  for (const auto& [network, end] : bans_) bans.push_back({network, end});
  return bans;
}

void Admission::DropExpired(absl::Time now) {
  absl::erase_if(bans_, [&](const auto& ban) { return ban.second <= now; });
}

}  // namespace chathttp

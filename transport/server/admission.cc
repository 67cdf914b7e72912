#include "chathttp/transport/server/admission.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "chathttp/transport/ports/mark.h"

namespace chathttp {
namespace {

// So many customers for each connection that there may be: beyond, those without a connection are
// forgotten.
constexpr std::size_t kMostPerConnection = 4;

}  // namespace

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

std::optional<std::string> Admission::Admit(const IpAddress& address, absl::Time now) {
  Sweep(now);
  Customer& customer = customers_[CustomerOf(address)];
  if (customer.connections >= options_.per_address) {
    CHATHTTP_MARK("address-full");
    return absl::StrCat("Too many connections from your address: at most ", options_.per_address,
                        ", got ", customer.connections + 1);
  }
  const ConnectRate& rate = options_.connect_rate;
  if (rate.connects > 0) {
    // As FloodControl, with all connects of the span at once as its burst.
    const absl::Duration interval = rate.span / rate.connects;
    if (customer.paid_until - interval * (rate.connects - 1) > now) {
      CHATHTTP_MARK("address-too-fast");
      return absl::StrCat("Too many connects from your address: at most ", rate.connects, " in ",
                          absl::FormatDuration(rate.span), ", try again later");
    }
    customer.paid_until = std::max(customer.paid_until, now) + interval;
  }
  ++customer.connections;
  return std::nullopt;
}

void Admission::Release(const IpAddress& address) {
  const auto customer = customers_.find(CustomerOf(address));
  if (customer != customers_.end() && customer->second.connections > 0) {
    --customer->second.connections;
  }
}

void Admission::Sweep(absl::Time now) {
  if (customers_.size() < sweep_at_) return;
  absl::erase_if(customers_, [&](const auto& entry) {
    return entry.second.connections == 0 && entry.second.paid_until <= now;
  });
  if (customers_.size() >= kMostPerConnection * options_.max_connections) {
    absl::erase_if(customers_, [](const auto& entry) { return entry.second.connections == 0; });
  }
  sweep_at_ = std::max<std::size_t>(1'024, 2 * customers_.size());
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

#include "chathttp/transport/server/customers.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "chathttp/transport/ports/mark.h"

namespace chathttp {
namespace {

// So many customers for each connection that there may be: beyond, those without a connection are
// forgotten.
constexpr std::size_t kMostPerConnection = 4;

}  // namespace

std::optional<std::string> LocalCustomers::Admit(const IpAddress& address, absl::Time now,
                                                 const ServerOptions& options) {
  Sweep(now, options.max_connections);
  Customer& customer = customers_[CustomerOf(address)];
  if (customer.connections >= options.per_address) {
    CHATHTTP_MARK("address-full");
    return absl::StrCat("Too many connections from your address: at most ", options.per_address,
                        ", got ", customer.connections + 1);
  }
  const ConnectRate& rate = options.connect_rate;
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

void LocalCustomers::Release(const IpAddress& address) {
  const auto customer = customers_.find(CustomerOf(address));
  if (customer != customers_.end() && customer->second.connections > 0) {
    --customer->second.connections;
  }
}

void LocalCustomers::Sweep(absl::Time now, std::size_t max_connections) {
  if (customers_.size() < sweep_at_) return;
  absl::erase_if(customers_, [&](const auto& entry) {
    return entry.second.connections == 0 && entry.second.paid_until <= now;
  });
  if (customers_.size() >= kMostPerConnection * max_connections) {
    absl::erase_if(customers_, [](const auto& entry) { return entry.second.connections == 0; });
  }
  sweep_at_ = std::max<std::size_t>(1'024, 2 * customers_.size());
}

}  // namespace chathttp

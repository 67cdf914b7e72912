// Who may connect at all: exempt peers, and bans.
//
//   Admission admission(options);
//   if (!admission.IsExempt(address)) auto reason = admission.FindBan(address, now);
//
// How many connections each customer may have is a matter of customers.h. Peers without an address
// are exempt, as those in ServerOptions::exempt. Not thread-safe.
#ifndef CHATHTTP_TRANSPORT_SERVER_ADMISSION_H_
#define CHATHTTP_TRANSPORT_SERVER_ADMISSION_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "chathttp/transport/ports/ip_address.h"
#include "chathttp/transport/server/server_options.h"

namespace chathttp {

class Admission {
 public:
  // `options` outlives the object.
  explicit Admission(const ServerOptions& options) : options_(options) {}

  bool IsExempt(const IpAddress& address) const;

  // Why there must be no connection, whatever the customer has. O(bans).
  std::optional<std::string> FindBan(const IpAddress& address, absl::Time now) const;

  // Replaces an earlier ban of the same network. ResourceExhausted if there are
  // kMaxBans others.
  absl::Status AddBan(const Ban& ban, absl::Time now);
  // False if it was not banned.
  bool LiftBan(const IpNetwork& network) { return bans_.erase(network) > 0; }

  // Those that are in force, in order of the networks.
  std::vector<Ban> bans(absl::Time now);

  static constexpr std::size_t kMaxBans = 1'000;

 private:
  void DropExpired(absl::Time now);

  const ServerOptions& options_;
  absl::btree_map<IpNetwork, absl::Time> bans_;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_SERVER_ADMISSION_H_

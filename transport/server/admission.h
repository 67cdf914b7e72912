// Who may connect: limits for each customer (see CustomerOf), and bans.
//
//   Admission admission(options);
//   if (!admission.IsExempt(address)) {
//     auto reason = admission.FindBan(address, now);
//     if (!reason) reason = admission.Admit(address, now);
//   }
//   ...
//   admission.Release(address);          // when the connection is gone
//
// A customer is remembered while it has connections, or may not connect as fast as it likes. Peers
// without an address are exempt, as those in ServerOptions::exempt. Not thread-safe.
#ifndef CHATHTTP_TRANSPORT_SERVER_ADMISSION_H_
#define CHATHTTP_TRANSPORT_SERVER_ADMISSION_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_map.h"
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
  // Counts a connection of an address that is not exempt, or returns why there must be none. O(1)
  // amortised.
  std::optional<std::string> Admit(const IpAddress& address, absl::Time now);
  // Of a connection that Admit counted.
  void Release(const IpAddress& address);

  // Replaces an earlier ban of the same network. ResourceExhausted if there are
  // kMaxBans others.
  absl::Status AddBan(const Ban& ban, absl::Time now);
  // False if it was not banned.
  bool LiftBan(const IpNetwork& network) { return bans_.erase(network) > 0; }

  // Those that are in force, in order of the networks.
  std::vector<Ban> bans(absl::Time now);

  static constexpr std::size_t kMaxBans = 1'000;

  std::size_t customers() const { return customers_.size(); }

 private:
  struct Customer {
    std::uint32_t connections = 0;
    absl::Time paid_until = absl::InfinitePast();  // for its connects; see FloodControl
  };

  void DropExpired(absl::Time now);
  // Forgets the customers that nothing is known of, if there are many.
  void Sweep(absl::Time now);

  const ServerOptions& options_;
  absl::flat_hash_map<IpNetwork, Customer> customers_;  // used for look-ups; swept in any order
  std::size_t sweep_at_ = 1'024;
  absl::btree_map<IpNetwork, absl::Time> bans_;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_SERVER_ADMISSION_H_

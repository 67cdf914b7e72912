// How many connections each customer has (see CustomerOf in ip_address.h), and how fast it connects.
//
//   LocalCustomers customers;
//   auto refused = customers.Admit(address, now, options);   // why there must be no connection
//   ...
//   customers.Release(address);                              // when the connection is gone
//
// Servers of one room that run on threads of one process count together: they share one object, that
// of adapters/shared_customers.h. See ChatServer::ShareCustomers.
#ifndef CHATHTTP_TRANSPORT_SERVER_CUSTOMERS_H_
#define CHATHTTP_TRANSPORT_SERVER_CUSTOMERS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "chathttp/transport/ports/ip_address.h"
#include "chathttp/transport/server/server_options.h"

namespace chathttp {

class Customers {
 public:
  Customers() = default;
  Customers(const Customers&) = delete;
  Customers& operator=(const Customers&) = delete;
  virtual ~Customers() = default;

  // Counts a connection of an address, or returns why there must be none: by `per_address` and
  // `connect_rate` of the options. O(1) amortised.
  virtual std::optional<std::string> Admit(const IpAddress& address, absl::Time now,
                                           const ServerOptions& options) = 0;
  // Of a connection that Admit counted. O(1).
  virtual void Release(const IpAddress& address) = 0;
};

// Those of one thread. A customer is remembered while it has connections, or may not connect as fast
// as it likes. Not thread-safe.
class LocalCustomers final : public Customers {
 public:
  std::optional<std::string> Admit(const IpAddress& address, absl::Time now,
                                   const ServerOptions& options) override;
  void Release(const IpAddress& address) override;

  // Those that are remembered.
  std::size_t size() const { return customers_.size(); }

 private:
  struct Customer {
    std::uint32_t connections = 0;
    absl::Time paid_until = absl::InfinitePast();  // for its connects; see FloodControl
  };

  // Forgets the customers that nothing is known of, if there are many.
  void Sweep(absl::Time now, std::size_t max_connections);

  absl::flat_hash_map<IpNetwork, Customer> customers_;  // used for look-ups; swept in any order
  std::size_t sweep_at_ = 1'024;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_SERVER_CUSTOMERS_H_

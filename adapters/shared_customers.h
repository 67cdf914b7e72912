// How many connections each customer has, for the servers of one room on several threads: each
// limit holds for all of them together.
//
//   SharedCustomers customers;
//   first.ShareCustomers(customers);
//   second.ShareCustomers(customers);
//
// May be used from any thread. It must outlive the servers.
#ifndef CHATHTTP_ADAPTERS_SHARED_CUSTOMERS_H_
#define CHATHTTP_ADAPTERS_SHARED_CUSTOMERS_H_

#include <mutex>
#include <optional>
#include <string>

#include "chathttp/transport/server/customers.h"

namespace chathttp::posix {

class SharedCustomers final : public Customers {
 public:
  std::optional<std::string> Admit(const IpAddress& address, absl::Time now,
                                   const ServerOptions& options) override {
    const std::scoped_lock lock(mutex_);
    return customers_.Admit(address, now, options);
  }

  void Release(const IpAddress& address) override {
    const std::scoped_lock lock(mutex_);
    customers_.Release(address);
  }

 private:
  std::mutex mutex_;
  LocalCustomers customers_;  // guarded by mutex_
};

}  // namespace chathttp::posix

#endif  // CHATHTTP_ADAPTERS_SHARED_CUSTOMERS_H_

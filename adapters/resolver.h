// Finds the addresses of hosts without blocking the loop.
//
//   Resolver resolver(loop);
//   std::unique_ptr<Lookup> lookup = resolver.Resolve({"localhost", 9994}, [](auto addresses) { ...
//   });
//
// getaddrinfo blocks, so it runs on helper threads, the only ones in the program: at most
// kMaxThreads, which end when there is nothing left to look up. Nobody waits for them: a look-up
// that is not wanted any more is forgotten, and the process may exit in the middle of one.
// All members are for the thread of the loop.
#ifndef CHATHTTP_ADAPTERS_RESOLVER_H_
#define CHATHTTP_ADAPTERS_RESOLVER_H_

#include <memory>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "adapters/event_loop.h"
#include "adapters/socket_address.h"
#include "transport/ports/network.h"

namespace chathttp::posix {

using LookupCallback = absl::AnyInvocable<void(absl::StatusOr<std::vector<SocketAddress>>)>;

// A look-up in progress. Destroying it gives up: the callback is destroyed and not called any
// more. It may outlive the resolver, and be destroyed inside its callback.
class Lookup {
 public:
  struct State;
  explicit Lookup(std::shared_ptr<State> state);
  Lookup(const Lookup&) = delete;
  Lookup& operator=(const Lookup&) = delete;
  ~Lookup();

 private:
  const std::shared_ptr<State> state_;
};

class Resolver {
 public:
  static constexpr int kMaxThreads = 4;

  explicit Resolver(EventLoop& loop);

  // Calls `done` once, from the loop, with the addresses or as LookUp fails. Never from inside
  // this call.
  std::unique_ptr<Lookup> Resolve(const Endpoint& endpoint, LookupCallback done);

 private:
  struct Pool;
  static void Work(const std::shared_ptr<Pool>& pool);
  bool StartThread();

  const std::shared_ptr<Pool> pool_;
};

}  // namespace chathttp::posix

#endif  // CHATHTTP_ADAPTERS_RESOLVER_H_

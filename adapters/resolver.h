// Finds the addresses of hosts without blocking the loop.
//
//   Resolver resolver(loop);
//   std::unique_ptr<Lookup> lookup =
//       resolver.Resolve({"localhost", 9994}, [](auto addresses) { ... });
//
// getaddrinfo blocks, so it runs on at most kMaxThreads helper threads, which end when no look-up
// is left. They are never joined: a cancelled look-up finishes unnoticed, and the process may exit
// during one. Call all methods from the thread of the loop.
#ifndef CHATHTTP_ADAPTERS_RESOLVER_H_
#define CHATHTTP_ADAPTERS_RESOLVER_H_

#include <memory>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "chathttp/adapters/event_loop.h"
#include "chathttp/adapters/socket_address.h"
#include "chathttp/transport/ports/network.h"

namespace chathttp::posix {

using LookupCallback = absl::AnyInvocable<void(absl::StatusOr<std::vector<SocketAddress>>)>;

// A look-up in progress. Its destructor cancels it: the callback is destroyed and never called. It
// may outlive the resolver, and may be destroyed inside its callback.
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

  // Calls `done` once, from the loop and never inside this call, with the result of LookUp.
  std::unique_ptr<Lookup> Resolve(const Endpoint& endpoint, LookupCallback done);

 private:
  struct Pool;
  static void* Work(void* argument);  // the function of a thread
  bool StartThread();

  const std::shared_ptr<Pool> pool_;
};

}  // namespace chathttp::posix

#endif  // CHATHTTP_ADAPTERS_RESOLVER_H_

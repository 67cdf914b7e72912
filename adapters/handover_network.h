// The network of a server whose connections are accepted on another thread:
//
//   HandoverNetwork network(*loop);                       // on the thread of the server
//   server.Listen(network, {"0.0.0.0", 9994});            // where the other thread listens
//   ...
//   network.HandOver(std::move(accepted), {"0.0.0.0", 9994});   // on the other thread
//
// `loop` must outlive it. All but HandOver is called on the thread of the loop.
#ifndef CHATHTTP_ADAPTERS_HANDOVER_NETWORK_H_
#define CHATHTTP_ADAPTERS_HANDOVER_NETWORK_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "chathttp/adapters/event_loop.h"
#include "chathttp/adapters/posix_network.h"
#include "chathttp/adapters/socket_router.h"
#include "chathttp/transport/ports/network.h"

namespace chathttp::posix {

class HandoverNetwork final : public Network {
 public:
  explicit HandoverNetwork(EventLoop& loop);
  ~HandoverNetwork() override;

  // Gives the acceptor the connections that are handed over with this endpoint. AlreadyExists if
  // there is such a listener.
  absl::StatusOr<std::unique_ptr<Listener>> Listen(const Endpoint& endpoint,
                                                   Acceptor& acceptor) override;
  // As PosixNetwork.
  std::unique_ptr<ConnectAttempt> Connect(const Endpoint& endpoint, ConnectCallback done) override;

  // Gives a connection to the acceptor at `endpoint`, in a later turn of the loop. Closes it if
  // nobody listens there any more. Calls `done` right behind that, on the thread of the loop. From any
  // thread.
  void HandOver(
      AcceptedSocket accepted, const Endpoint& endpoint, std::function<void()> done = [] {});

 private:
  class HandoverListener;
  using Acceptors = std::vector<std::pair<Endpoint, Acceptor*>>;

  EventLoop& loop_;
  PosixNetwork outgoing_;
  const std::shared_ptr<Mailbox> mailbox_;
  const std::shared_ptr<Acceptors> acceptors_;  // used on the thread of the loop only
};

}  // namespace chathttp::posix

#endif  // CHATHTTP_ADAPTERS_HANDOVER_NETWORK_H_

// The Network of the server in a run that is traced: traces each message that the server reads or
// writes, as "read" and "wrote" with the participant in TraceEvent::peer.
//
//   ServerTrace network(host, recorder, [&](std::string_view peer) { return NameOf(peer); });
//   ChatServer server(network, scheduler);
//
// It changes nothing else. Network and recorder outlive it, and it outlives its listeners and
// streams. Not thread-safe.
#ifndef CHATHTTP_SIM_WORLD_SERVER_TRACE_H_
#define CHATHTTP_SIM_WORLD_SERVER_TRACE_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "chathttp/sim/world/tap.h"
#include "chathttp/transport/ports/network.h"

namespace chathttp::sim {

class ServerTrace final : public Network {
 public:
  // `name_of` returns the participant with an address as in Acceptor::OnAccept.
  using NameOf = std::function<std::string(std::string_view peer)>;

  ServerTrace(Network& network, const Recorder& recorder, NameOf name_of)
      : network_(network), recorder_(recorder), name_of_(std::move(name_of)) {}

  absl::StatusOr<std::unique_ptr<Listener>> Listen(const Endpoint& endpoint,
                                                   Acceptor& acceptor) override;
  std::unique_ptr<ConnectAttempt> Connect(const Endpoint& endpoint, ConnectCallback done) override {
    return network_.Connect(endpoint, std::move(done));
  }

 private:
  Network& network_;
  const Recorder& recorder_;
  NameOf name_of_;
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_WORLD_SERVER_TRACE_H_

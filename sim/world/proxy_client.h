// The network of a participant behind a proxy: each of its connections comes through the proxy
// listener of the server and starts with a PROXY header, which the participant does not see.
//
//   ProxyClient network(inner, {"server", 9995}, {.form = ProxyForm::kV2, .address = "192.0.2.7"});
//   auto attempt = network.Connect({"server", 9994}, done);   // goes to port 9995
//
// `inner` outlives the network, the network its attempts. Not thread-safe.
#ifndef CHATHTTP_SIM_WORLD_PROXY_CLIENT_H_
#define CHATHTTP_SIM_WORLD_PROXY_CLIENT_H_

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "chathttp/sim/scenario/scenario.h"
#include "chathttp/transport/ports/network.h"

namespace chathttp::sim {

struct ProxiedAddress {
  ProxyForm form = ProxyForm::kV1;
  std::string address;  // that the header tells
};

class ProxyClient final : public Network {
 public:
  // `listener`: the proxy listener of the server.
  ProxyClient(Network& inner, Endpoint listener, ProxiedAddress proxied)
      : inner_(inner), listener_(std::move(listener)), proxied_(std::move(proxied)) {}

  // Participants do not listen.
  absl::StatusOr<std::unique_ptr<Listener>> Listen(const Endpoint& endpoint,
                                                   Acceptor& acceptor) override {
    return inner_.Listen(endpoint, acceptor);
  }
  std::unique_ptr<ConnectAttempt> Connect(const Endpoint& endpoint, ConnectCallback done) override;

 private:
  Network& inner_;
  const Endpoint listener_;
  const ProxiedAddress proxied_;
};

// The stream below one of a ProxyClient; `stream` itself if it is none.
const ByteStream& BelowProxy(const ByteStream& stream);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_WORLD_PROXY_CLIENT_H_

// A network whose peers are proxies: each connection starts with a PROXY header (proxy_header.h), and
// the acceptor is given the address of the proxy's client.
//
//   ProxyNetwork behind_proxy(network, scheduler, {.from = {*ParseIpNetwork("10.0.0.0/8")}},
//                             [](std::string_view peer, std::string_view reason) { ... });
//   server.Listen(behind_proxy, {"10.0.0.1", 9995});
//
// Whoever may send a header may give itself any address. So a peer that is not a known proxy is
// closed at once, and nothing is read from it. A bad header resets the connection; no header in time
// closes it. The acceptor learns of a connection when its header is complete: a server that speaks
// first does so then. The bytes behind the header are the first that the stream gives.
//
// Not thread-safe. The network must outlive its listeners, and the scheduler all streams.
#ifndef CHATHTTP_TRANSPORT_PROXY_PROXY_NETWORK_H_
#define CHATHTTP_TRANSPORT_PROXY_PROXY_NETWORK_H_

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "chathttp/transport/ports/ip_address.h"
#include "chathttp/transport/ports/network.h"
#include "chathttp/transport/ports/scheduler.h"

namespace chathttp {

struct ProxyOptions {
  std::vector<IpNetwork> from;                     // where proxies are; empty: nowhere
  absl::Duration header_limit = absl::Seconds(5);  // from connecting to the end of the header
  std::size_t max_waiting = 1024;  // connections of one listener that wait for their header
};

// Learns of each connection that is closed without the acceptor: the address of the proxy, in the
// format of ToString(Endpoint), and why, one printable line. Valid during the call. It must not
// destroy the network or a listener.
using ProxyRefusal = absl::AnyInvocable<void(std::string_view peer, std::string_view reason)>;

class ProxyNetwork final : public Network {
 public:
  // `network` and `scheduler` must outlive the object; `refused` must not be empty (asserted).
  ProxyNetwork(Network& network, Scheduler& scheduler, ProxyOptions options, ProxyRefusal refused);

  absl::StatusOr<std::unique_ptr<Listener>> Listen(const Endpoint& endpoint,
                                                   Acceptor& acceptor) override;

  // Connections of all listeners that wait for their header.
  std::size_t waiting() const { return waiting_; }

  // That of `network`: sends no header.
  std::unique_ptr<ConnectAttempt> Connect(const Endpoint& endpoint, ConnectCallback done) override;

 private:
  class ProxyListener;

  Network& network_;
  Scheduler& scheduler_;
  const ProxyOptions options_;
  ProxyRefusal refused_;
  std::size_t waiting_ = 0;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_PROXY_PROXY_NETWORK_H_

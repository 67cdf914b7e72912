// A tap below the proxy listener of a server: records what each connection sends until its PROXY
// header is complete, and which one the listener is about to pass on.
//
//   ArrivalTap arrivals(network, now);
//   ProxyNetwork proxies(arrivals, scheduler, options, [&](auto peer, auto reason) {
//     arrivals.NoteRefusal(peer, reason);
//   });
//   arrivals.current()    // in OnAccept of a listener of `proxies`: whose connection it is
//
// `network` outlives the tap, the tap its listeners and streams. Not thread-safe.
#ifndef CHATHTTP_SIM_WORLD_ARRIVAL_TAP_H_
#define CHATHTTP_SIM_WORLD_ARRIVAL_TAP_H_

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "chathttp/sim/world/server_record.h"
#include "chathttp/transport/ports/network.h"

namespace chathttp::sim {

class ArrivalTap final : public Network {
 public:
  using Now = std::function<Moment()>;

  ArrivalTap(Network& inner, Now now) : inner_(inner), now_(std::move(now)) {}

  absl::StatusOr<std::unique_ptr<Listener>> Listen(const Endpoint& endpoint,
                                                   Acceptor& acceptor) override;
  // A server does not connect.
  std::unique_ptr<ConnectAttempt> Connect(const Endpoint& endpoint, ConnectCallback done) override {
    return inner_.Connect(endpoint, std::move(done));
  }

  // The arrival, by its index, that is being accepted or read.
  std::optional<std::size_t> current() const { return current_; }
  const Arrival& operator[](std::size_t index) const { return arrivals_[index]; }

  void NoteRefusal(std::string_view peer, std::string_view reason);
  std::vector<Arrival> Take();

 private:
  class TappedListener;
  class TappedStream;

  Network& inner_;
  Now now_;
  std::deque<Arrival> arrivals_;
  std::optional<std::size_t> current_;
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_WORLD_ARRIVAL_TAP_H_

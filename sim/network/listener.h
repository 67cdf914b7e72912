// A listener of a simulated host, with its accept queue. Not thread-safe.
#ifndef CHATHTTP_SIM_NETWORK_LISTENER_H_
#define CHATHTTP_SIM_NETWORK_LISTENER_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <string>

#include "chathttp/sim/network/stream.h"
#include "chathttp/transport/ports/network.h"
#include "chathttp/transport/ports/scheduler.h"

namespace chathttp::sim {

class SimHost;

class SimListener final : public Listener {
 public:
  // `host` and `acceptor` outlive the listener.
  SimListener(SimHost& host, std::uint16_t port, Acceptor& acceptor, Descriptor descriptor);
  ~SimListener() override;

  Endpoint local() const override;

  // Whether the accept queue holds NetworkOptions::backlog connections.
  bool full() const;
  // `tie` orders OnAccept among the events of one instant.
  void Enqueue(std::unique_ptr<SimStream> stream, std::string peer, std::uint64_t tie);

 private:
  struct Waiting {
    std::unique_ptr<SimStream> stream;
    std::string peer;
    std::uint64_t tie;
  };

  void ScheduleAccept();
  void AcceptNext();

  SimHost& host_;
  std::uint16_t port_;
  Acceptor& acceptor_;
  Descriptor descriptor_;
  std::deque<Waiting> waiting_;
  TimerId accept_ = kNoTimer;
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_NETWORK_LISTENER_H_

// A listener of a simulated host and its queue of connections that wait to be accepted. One thread.
#ifndef CHATHTTP_SIM_NETWORK_LISTENER_H_
#define CHATHTTP_SIM_NETWORK_LISTENER_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <string>

#include "sim/network/stream.h"
#include "transport/ports/network.h"
#include "transport/ports/scheduler.h"

namespace chathttp::sim {

class SimHost;

class SimListener final : public Listener {
 public:
  // `host` and `acceptor` outlive the listener.
  SimListener(SimHost& host, std::uint16_t port, Acceptor& acceptor, Descriptor descriptor);
  ~SimListener() override;

  Endpoint local() const override;

  // Whether the queue has reached NetworkOptions::backlog.
  bool full() const;
  // `tie` places its OnAccept among the events of one instant.
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

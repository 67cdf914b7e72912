// A connection attempt of a simulated host. As in TCP, an opening packet goes to the server and an
// answer comes back. The host repeats a packet that is lost, late or meets a full accept queue
// after 1, 2, 4, ... 32 s; the attempt fails 64 s after the last one (Linux with its default of six
// retries). Not thread-safe.
#ifndef CHATHTTP_SIM_NETWORK_ATTEMPT_H_
#define CHATHTTP_SIM_NETWORK_ATTEMPT_H_

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "chathttp/sim/network/draw.h"
#include "chathttp/sim/network/host.h"
#include "chathttp/sim/network/stream.h"
#include "chathttp/transport/ports/network.h"
#include "chathttp/transport/ports/scheduler.h"

namespace chathttp::sim {

class SimAttempt final : public ConnectAttempt {
 public:
  // `host` outlives the attempt. `entity` keys the draws of the attempt and its connection.
  SimAttempt(SimHost& host, const Endpoint& to, std::uint64_t entity, ConnectCallback done);
  ~SimAttempt() override;

 private:
  using Step = void (SimAttempt::*)();

  void After(absl::Duration delay, Step step);
  void FailSoon(absl::Status why);
  void SendOpening();
  void OpeningArrives();
  absl::Duration RetryWait() const;
  void RetryLater();
  void Answer();

  SimHost& host_;
  SimHost* server_;
  std::uint16_t port_;
  std::uint64_t entity_;
  DrawSequence draws_;
  ConnectCallback done_;
  Descriptor descriptor_;
  int openings_sent_ = 0;
  absl::StatusOr<std::unique_ptr<ByteStream>> outcome_;
  TimerId timer_ = kNoTimer;
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_NETWORK_ATTEMPT_H_

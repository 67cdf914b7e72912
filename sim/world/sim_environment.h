// The simulated environment of a run: virtual time, and a network in memory with its faults.
//
// The scenario outlives the environment. Not thread-safe.
#ifndef CHATHTTP_SIM_WORLD_SIM_ENVIRONMENT_H_
#define CHATHTTP_SIM_WORLD_SIM_ENVIRONMENT_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "chathttp/sim/network/sim_network.h"
#include "chathttp/sim/network/virtual_scheduler.h"
#include "chathttp/sim/scenario/scenario.h"
#include "chathttp/sim/world/environment.h"
#include "chathttp/sim/world/faults.h"
#include "chathttp/sim/world/proxy_client.h"

namespace chathttp::sim {

class SimEnvironment final : public Environment {
 public:
  explicit SimEnvironment(const Scenario& scenario);

  Scheduler& scheduler() override { return scheduler_; }
  Network& NetworkOf(std::string_view who) override;
  std::string WhoIs(std::string_view peer) const override;
  Endpoint ListenerOf(std::string_view server) const override;
  Endpoint ProxyListenerOf(std::string_view server) const override;
  SimLog* log() override { return log_ ? &*log_ : nullptr; }
  std::string LocalOf(const ByteStream& stream) const override;
  bool RunUntil(absl::FunctionRef<bool()> done, absl::Duration limit) override;
  void Settle(absl::FunctionRef<std::uint64_t()> progress, absl::FunctionRef<bool()> done,
              absl::Duration limit) override;
  void RunInOrder(absl::Time when, std::uint64_t order, Scheduler::Task task) override;
  Leftover Finish(absl::Duration limit) override;
  absl::Status status() const override { return scheduler_.status(); }
  void Begin(FaultListener listener) override;
  void BeginFault(const Step& step, std::size_t index) override;
  void EndFaults() override;
  bool IsFaulted(std::string_view who) const override { return faults_->Affects(who); }
  std::uint64_t EffectsOf(std::size_t index) const override;

  SimNetwork& network() { return network_; }
  const VirtualScheduler& virtual_time() const { return scheduler_; }
  // The longest time from an event to the turn that it causes.
  absl::Duration max_wake_delay() const { return max_wake_delay_; }
  // The digest at the end of each simulated second.
  std::vector<std::uint64_t> TakeCheckpoints() { return std::move(checkpoints_); }

 private:
  void AddCheckpoint();
  void DrawWakeDelay();
  void SetAddresses();

  const Scenario& scenario_;
  std::vector<std::string> names_;
  VirtualScheduler scheduler_;
  SimNetwork network_;
  std::optional<SimLog> log_;
  std::map<std::string, std::unique_ptr<ProxyClient>, std::less<>> proxied_;  // by participant
  absl::Time start_;
  FaultListener listener_;
  std::unique_ptr<Faults> faults_;
  absl::Duration max_wake_delay_;
  absl::Duration wall_offset_;
  std::vector<std::uint64_t> wall_jumps_;  // steps
  std::vector<std::uint64_t> checkpoints_;
  absl::Time next_checkpoint_;
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_WORLD_SIM_ENVIRONMENT_H_

#include <memory>

#include "chathttp/contract/contract_world.h"
#include "chathttp/sim/network/sim_network.h"
#include "chathttp/sim/network/virtual_scheduler.h"
#include "tests/contract/worlds/worlds.h"

namespace chathttp {
namespace {

struct SimOptions {
  sim::VirtualScheduler::Options scheduler = {};
  sim::NetworkOptions network = {};
};

class SimContractWorld final : public ContractWorld {
 public:
  explicit SimContractWorld(const SimOptions& options)
      : scheduler_(options.scheduler), network_(scheduler_, options.network) {}

  Network& network() override { return network_.host("here"); }
  Scheduler& scheduler() override { return scheduler_; }
  Endpoint free_endpoint() override { return {"here", 0}; }
  Endpoint refusing_endpoint() override { return {"here", 9}; }

  bool Run(absl::FunctionRef<bool()> done, absl::Duration limit) override {
    return scheduler_.RunUntil(done, limit);
  }

 private:
  sim::VirtualScheduler scheduler_;
  sim::SimNetwork network_;
};

MakeWorld WorldWith(const SimOptions& options) {
  return [options] { return std::make_unique<SimContractWorld>(options); };
}

}  // namespace

void RegisterSimTests() {
  const SimOptions drip{
      .network = {
          .link = {.max_chunk_bytes = 1, .send_buffer_bytes = 7, .receive_buffer_bytes = 5}}};
  const SimOptions slow{.scheduler = {.max_wake_delay = absl::Milliseconds(2)},
                        .network = {.link = {.max_chunk_bytes = 700,
                                             .latency = sim::UniformLatency(
                                                 absl::Milliseconds(1), absl::Milliseconds(20))}}};
  RegisterAlsoBehindProxy("Sim", WorldWith({}));
  RegisterContractTests("SimDrip", WorldWith(drip));
  RegisterAlsoBehindProxy("SimSlow", WorldWith(slow));
}

}  // namespace chathttp

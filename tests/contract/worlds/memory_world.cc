#include <algorithm>
#include <cstddef>
#include <memory>

#include "chathttp/contract/contract_world.h"
#include "chathttp/transport/ports/host_scheduler.h"
#include "chathttp/transport/ports/memory_network.h"
#include "tests/contract/worlds/worlds.h"

namespace chathttp {
namespace {

// Time of its own, which jumps to the next turn.
class MemoryContractWorld final : public ContractWorld {
 public:
  explicit MemoryContractWorld(std::size_t buffer_bytes) : network_(scheduler_, buffer_bytes) {}

  Network& network() override { return network_; }
  Scheduler& scheduler() override { return scheduler_; }
  Endpoint free_endpoint() override { return {"here", 0}; }
  Endpoint refusing_endpoint() override { return {"nobody", 1}; }

  bool Run(absl::FunctionRef<bool()> done, absl::Duration limit) override {
    const absl::Time end = scheduler_.Now() + limit;
    while (!done()) {
      if (scheduler_.Now() == end) return false;
      const absl::Time now = std::min(scheduler_.next_due(), end);
      scheduler_.Turn(now, now);
    }
    return true;
  }

 private:
  HostScheduler scheduler_;
  MemoryNetwork network_;
};

MakeWorld WorldWith(std::size_t buffer_bytes) {
  return [buffer_bytes] { return std::make_unique<MemoryContractWorld>(buffer_bytes); };
}

}  // namespace

void RegisterMemoryTests() {
  RegisterAlsoBehindProxy("Memory", WorldWith(kMemoryBufferBytes));
  RegisterContractTests("MemoryTiny", WorldWith(7));
}

}  // namespace chathttp

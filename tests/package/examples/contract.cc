// Runs the contract suite of the ports over MemoryNetwork, in time that jumps from turn to turn.
#include "chathttp/contract/contract_world.h"
#include "chathttp/transport/ports/host_scheduler.h"
#include "chathttp/transport/ports/memory_network.h"
#include "gtest/gtest.h"

struct MemoryWorld final : chathttp::ContractWorld {
  chathttp::Network& network() override { return memory; }
  chathttp::Scheduler& scheduler() override { return host; }
  chathttp::Endpoint free_endpoint() override { return {"here", 0}; }
  chathttp::Endpoint refusing_endpoint() override { return {"nobody", 1}; }
  bool Run(absl::FunctionRef<bool()> done, absl::Duration limit) override {
    const absl::Time end = host.Now() + limit;
    while (!done()) {
      if (host.Now() == end) return false;
      const absl::Time now = host.next_due() < end ? host.next_due() : end;
      host.Turn(now, now);
    }
    return true;
  }
  chathttp::HostScheduler host;
  chathttp::MemoryNetwork memory{host};
};

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  chathttp::RegisterContractTests("Memory", [] { return std::make_unique<MemoryWorld>(); });
  return RUN_ALL_TESTS();
}

#include <cstddef>
#include <memory>

#include "chathttp/contract/contract_world.h"
#include "chathttp/transport/ports/host_scheduler.h"
#include "chathttp/transport/ports/memory_network.h"
#include "tests/contract/worlds.h"

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

  bool RunUntil(absl::FunctionRef<bool()> done) override {
    const absl::Time limit = scheduler_.Now() + absl::Hours(1);
    while (!done()) {
      if (scheduler_.next_due() > limit) return false;
      Turn(scheduler_.next_due());
    }
    return true;
  }

  void RunFor(absl::Duration duration) override {
    const absl::Time end = scheduler_.Now() + duration;
    while (scheduler_.next_due() <= end) Turn(scheduler_.next_due());
    Turn(end);
  }

 private:
  void Turn(absl::Time now) { scheduler_.Turn(now, now); }

  HostScheduler scheduler_;
  MemoryNetwork network_;
};

void Register(const char* name, std::size_t buffer_bytes) {
  RegisterContractTests(
      name, [buffer_bytes] { return std::make_unique<MemoryContractWorld>(buffer_bytes); });
}

}  // namespace

void RegisterMemoryTests() {
  Register("Memory", kMemoryBufferBytes);
  Register("MemoryTiny", 7);
}

}  // namespace chathttp

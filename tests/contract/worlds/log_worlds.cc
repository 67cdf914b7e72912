// The ordered logs of this tree.
#include <cstdlib>
#include <iostream>
#include <memory>
#include <utility>
#include <vector>

#include "chathttp/adapters/event_loop.h"
#include "chathttp/adapters/shared_log.h"
#include "chathttp/contract/log_contract.h"
#include "chathttp/sim/network/sim_log.h"
#include "chathttp/sim/network/virtual_scheduler.h"
#include "tests/contract/worlds/worlds.h"

namespace chathttp {
namespace {

class LocalLogWorld final : public RoomWorld {
 public:
  OrderedLog& AddServer() override { return log_; }
  Scheduler& scheduler() override { return scheduler_; }
  bool is_shared() const override { return false; }
  bool Run(absl::FunctionRef<bool()> done, absl::Duration limit) override {
    return scheduler_.RunUntil(done, limit);
  }

 private:
  sim::VirtualScheduler scheduler_{{.seed = 1}};
  LocalLog log_{1};
};

class SimLogWorld final : public RoomWorld {
 public:
  OrderedLog& AddServer() override { return log_.AddServer(ServerNumber{++servers_}); }
  Scheduler& scheduler() override { return scheduler_; }
  bool is_shared() const override { return true; }
  bool Run(absl::FunctionRef<bool()> done, absl::Duration limit) override {
    return scheduler_.RunUntil(done, limit);
  }

 private:
  sim::VirtualScheduler scheduler_{{.seed = 1}};
  sim::SimLog log_{scheduler_, {.seed = 1, .max_delay = absl::Milliseconds(5)}};
  std::uint32_t servers_ = 0;
};

// All servers on one loop: tests/adapters/shared_room_test.cc has threads.
class SharedLogWorld final : public RoomWorld {
 public:
  SharedLogWorld() : loop_(MakeLogLoop()) {}

  OrderedLog& AddServer() override {
    const auto number = static_cast<std::uint32_t>(servers_.size() + 1);
    servers_.push_back(log_.AddServer(ServerNumber{number}, *loop_));
    return *servers_.back();
  }
  Scheduler& scheduler() override { return *loop_; }
  bool is_shared() const override { return true; }
  bool Run(absl::FunctionRef<bool()> done, absl::Duration limit) override {
    return RunLoop(*loop_, done, limit);
  }

 private:
  const std::unique_ptr<posix::EventLoop> loop_;
  posix::SharedLog log_{1, std::size_t{1} << 20};
  std::vector<std::unique_ptr<OrderedLog>> servers_;
};

}  // namespace

std::unique_ptr<posix::EventLoop> MakeLogLoop() {
  auto loop = posix::EventLoop::Create();
  if (!loop.ok()) {
    std::cerr << loop.status() << '\n';
    std::abort();
  }
  return *std::move(loop);
}

bool RunLoop(posix::EventLoop& loop, absl::FunctionRef<bool()> done, absl::Duration limit) {
  const absl::Time end = loop.Now() + limit;
  while (!done()) {
    if (loop.Now() >= end) return false;
    loop.Turn(std::min(end - loop.Now(), absl::Milliseconds(20)));
  }
  return true;
}

void RegisterLogTests() {
  RegisterLogAndRoomTests("LocalLog", [] { return std::make_unique<LocalLogWorld>(); });
  RegisterLogAndRoomTests("SimLog", [] { return std::make_unique<SimLogWorld>(); });
  RegisterLogAndRoomTests("SharedLog", [] { return std::make_unique<SharedLogWorld>(); });
}

}  // namespace chathttp

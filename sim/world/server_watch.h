// The scheduler of the server's process. It counts the server's turns, and the wakeless turns, in
// which the server used neither a port nor a timer.
//
//   ServerWatch watch(scheduler, network, [&] { Sample(server.held_bytes()); });
//   ChatServer server(network.host("server"), watch);
//
// The watch outlives the server; scheduler and network outlive the watch. Not thread-safe.
#ifndef CHATHTTP_SIM_WORLD_SERVER_WATCH_H_
#define CHATHTTP_SIM_WORLD_SERVER_WATCH_H_

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "chathttp/sim/network/sim_network.h"
#include "chathttp/transport/ports/scheduler.h"

namespace chathttp::sim {

class ServerWatch final : public Scheduler {
 public:
  // `after_turn` runs after each turn of the server. The turn may have destroyed the server.
  ServerWatch(Scheduler& scheduler, const SimNetwork& network, std::function<void()> after_turn)
      : scheduler_(scheduler), network_(network), after_turn_(std::move(after_turn)) {}

  absl::Time Now() const override { return scheduler_.Now(); }
  absl::Time WallNow() const override { return scheduler_.WallNow(); }
  TimerId RunAt(absl::Time when, Task task) override {
    ++timer_calls_;
    return scheduler_.RunAt(when, std::move(task));
  }
  void Cancel(TimerId timer) override {
    ++timer_calls_;
    scheduler_.Cancel(timer);
  }
  void AtEndOfTurn(Task task) override {
    tasks_.push_back(std::move(task));
    if (tasks_.size() == 1) scheduler_.AtEndOfTurn([this] { RunTasks(); });
  }

  std::uint64_t turns() const { return turns_; }
  std::uint64_t wakeless_turns() const { return wakeless_turns_; }

 private:
  void RunTasks() {
    ++turns_;
    const std::uint64_t timer_calls = timer_calls_;
    const std::uint64_t digest = network_.digest();
    std::swap(tasks_, running_);
    for (Task& task : running_) task();
    running_.clear();
    if (timer_calls == timer_calls_ && digest == network_.digest()) ++wakeless_turns_;
    after_turn_();
  }

  Scheduler& scheduler_;
  const SimNetwork& network_;
  std::function<void()> after_turn_;
  std::vector<Task> tasks_;
  std::vector<Task> running_;
  std::uint64_t timer_calls_ = 0;
  std::uint64_t turns_ = 0;
  std::uint64_t wakeless_turns_ = 0;
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_WORLD_SERVER_WATCH_H_

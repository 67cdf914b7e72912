#include "chathttp/sim/network/sim_log.h"

#include <algorithm>
#include <cassert>
#include <deque>
#include <utility>

#include "chathttp/sim/network/draw.h"

namespace chathttp::sim {

class SimLog::Server final : public OrderedLog {
 public:
  Server(SimLog& log, ServerNumber number)
      : log_(log),
        number_(number),
        draws_(log.options_.seed, Purpose::kLog, static_cast<std::uint64_t>(number)),
        known_(log.entries_.size()),
        taken_(known_) {}

  ~Server() override { StopTimers(); }

  ServerNumber self() const override { return number_; }
  bool MayAppend() const override { return coming_.size() < log_.options_.window; }

  Order Append(const Command& command) override {
    if (dead_) return Order::kLater;
    coming_.push_back(
        {Later(coming_.empty() ? Now() : coming_.back().at), command, std::string(command.text)});
    SetTimers();
    return Order::kLater;
  }

  bool Next(Command& command) override {
    is_idle_ = taken_ == known_;
    if (is_idle_) return false;
    const Entry& entry = log_.entries_[taken_++];
    command = entry.command;
    command.text = entry.text;
    return true;
  }

  void Observe(Scheduler::Task ready) override { ready_ = std::move(ready); }

  // The log has `end` commands now.
  void Announce(std::size_t end) {
    if (dead_) return;
    news_.push_back({Later(news_.empty() ? Now() : news_.back().at), end});
    SetTimers();
  }

  void Cut() {
    is_cut_ = true;
    StopTimers();
  }

  void Heal() {
    is_cut_ = false;
    SetTimers();
  }

  void Die() {
    dead_ = true;
    Cut();
    const std::size_t lost = draws_.Uniform(0, coming_.size());
    coming_.resize(coming_.size() - lost);
    for (Coming& command : std::exchange(coming_, {})) log_.Append(command.Get());
    ready_ = [] {};
  }

  std::size_t taken() const { return taken_; }

 private:
  struct Coming {
    absl::Time at;
    Command command;
    std::string text;

    Command Get() const {
      Command got = command;
      got.text = text;
      return got;
    }
  };
  struct News {
    absl::Time at;
    std::size_t end;
  };

  absl::Time Now() const { return log_.scheduler_.Now(); }

  absl::Time Later(absl::Time earliest) {
    const absl::Duration delay =
        UniformDuration(draws_, absl::ZeroDuration(), log_.options_.max_delay);
    return std::max(earliest, Now() + delay);
  }

  void SetTimers() {
    if (is_cut_) return;
    VirtualScheduler& scheduler = log_.scheduler_;
    if (arrival_ == kNoTimer && !coming_.empty()) {
      arrival_ = scheduler.RunAt(coming_.front().at, [this] { Arrive(); });
    }
    if (notice_ == kNoTimer && !news_.empty()) {
      notice_ = scheduler.RunAt(news_.front().at, [this] { Notice(); });
    }
  }

  void StopTimers() {
    log_.scheduler_.Cancel(std::exchange(arrival_, kNoTimer));
    log_.scheduler_.Cancel(std::exchange(notice_, kNoTimer));
  }

  // The first command on the way comes to the log.
  void Arrive() {
    arrival_ = kNoTimer;
    const bool was_full = !MayAppend();
    const Coming command = std::move(coming_.front());
    coming_.pop_front();
    SetTimers();
    log_.Append(command.Get());
    if (was_full) ready_();
  }

  // The server comes to know more of the log.
  void Notice() {
    notice_ = kNoTimer;
    known_ = std::max(known_, news_.front().end);
    news_.pop_front();
    SetTimers();
    if (std::exchange(is_idle_, false)) ready_();
  }

  SimLog& log_;
  const ServerNumber number_;
  DrawSequence draws_;
  std::deque<Coming> coming_;
  std::deque<News> news_;
  TimerId arrival_ = kNoTimer;
  TimerId notice_ = kNoTimer;
  std::size_t known_;
  std::size_t taken_;
  bool is_idle_ = true;  // the server has been told that there is nothing
  bool is_cut_ = false;
  bool dead_ = false;
  Scheduler::Task ready_ = [] {};
};

SimLog::SimLog(VirtualScheduler& scheduler, const Options& options)
    : scheduler_(scheduler), options_(options) {}

SimLog::~SimLog() {
  for (const TimerId timer : departures_) scheduler_.Cancel(timer);
}

OrderedLog& SimLog::AddServer(ServerNumber number) {
  auto& server = servers_[number];
  assert(server == nullptr);
  server = std::make_unique<Server>(*this, number);
  return *server;
}

void SimLog::Cut(ServerNumber number) { servers_.at(number)->Cut(); }

void SimLog::Heal(ServerNumber number) { servers_.at(number)->Heal(); }

void SimLog::Kill(ServerNumber number, absl::Duration later) {
  servers_.at(number)->Die();
  departures_.push_back(scheduler_.RunAt(scheduler_.Now() + later, [this, number] {
    Append({.kind = Command::Kind::kServerGone, .server = number, .wall = scheduler_.WallNow()});
  }));
}

std::size_t SimLog::taken(ServerNumber number) const { return servers_.at(number)->taken(); }

void SimLog::Append(const Command& command) {
  entries_.push_back({command, std::string(command.text)});
  for (const auto& [number, server] : servers_) server->Announce(entries_.size());
}

}  // namespace chathttp::sim

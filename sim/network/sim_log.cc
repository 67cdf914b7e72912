#include "chathttp/sim/network/sim_log.h"

#include <algorithm>
#include <cassert>
#include <deque>
#include <utility>

#include "chathttp/sim/network/draw.h"
#include "chathttp/transport/codec/position.h"

namespace chathttp::sim {

class SimLog::Server final : public OrderedLog {
 public:
  // `known`: the entries that are not for it.
  Server(SimLog& log, ServerNumber number, std::size_t known)
      : log_(log),
        number_(number),
        epoch_(log.epoch_),
        draws_(log.options_.seed, Purpose::kLog, static_cast<std::uint64_t>(number)),
        known_(known),
        taken_(known),
        room_(log.restarted_) {}

  ~Server() override { StopTimers(); }

  ServerNumber self() const override { return number_; }
  std::uint64_t epoch() const override { return epoch_; }
  bool MayAppend() const override {
    return !needs_number_ && coming_.size() < log_.options_.window;
  }

  Order Append(const Command& command) override {
    if (dead_) return Order::kLater;
    stops_ |= command.kind == Command::Kind::kServerGone;
    Coming coming{.command = command, .text = std::string(command.text)};
    if (command.session != nullptr) coming.session = *command.session;
    Send(std::move(coming));
    return Order::kLater;
  }

  bool Next(Command& command) override {
    is_idle_ = taken_ == known_;
    if (is_idle_) return false;
    const Entry& entry = log_.entries_[taken_++];
    command = entry.command;
    command.text = entry.text;
    command.session = entry.session ? &*entry.session : nullptr;
    const bool restarted = command.kind == Command::Kind::kRestart;
    if (restarted) {
      room_ = taken_;
      ++epoch_;
    }
    const bool gone =
        command.kind == Command::Kind::kServerGone && command.server == number_ && !stops_;
    if ((restarted || gone) && !std::exchange(needs_number_, true)) Send({.asks_number = true});
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
    if (is_cut_) return;
    is_cut_ = true;
    StopTimers();
    const absl::Duration away = log_.options_.away;
    if (dead_ || away == absl::InfiniteDuration()) return;
    departure_ = log_.scheduler_.RunAt(Now() + away, [this] {
      departure_ = kNoTimer;
      log_.AppendGone(number_);
    });
  }

  void Heal() {
    if (!is_cut_ || dead_) return;
    is_cut_ = false;
    log_.scheduler_.Cancel(std::exchange(departure_, kNoTimer));
    const auto is_late = [now = Now()](const auto& waiting) { return waiting.at <= now; };
    delayed_ += static_cast<std::uint64_t>(std::count_if(coming_.begin(), coming_.end(), is_late) +
                                           std::count_if(news_.begin(), news_.end(), is_late));
    SetTimers();
  }

  void Die() {
    dead_ = true;
    is_cut_ = true;
    StopTimers();
    const std::size_t lost = draws_.Uniform(0, coming_.size());
    coming_.resize(coming_.size() - lost);
    for (const Coming& command : std::exchange(coming_, {})) Arrived(command);
    ready_ = [] {};
  }

  void Close() {
    dead_ = true;
    StopTimers();
    coming_.clear();
    news_.clear();
    ready_ = [] {};
  }

  void SetExtraDelay(absl::Duration delay) { extra_delay_ = delay; }

  std::size_t taken() const { return taken_; }
  std::uint64_t delayed() const { return delayed_; }

 private:
  struct Coming {
    absl::Time at = {};
    Command command = {};
    std::string text = {};
    std::optional<SessionLogin> session = std::nullopt;
    std::size_t room = 0;      // of the server when it appended the command
    bool asks_number = false;  // no command: the server needs a new number
  };
  struct News {
    absl::Time at;
    std::size_t end;
  };

  absl::Time Now() const { return log_.scheduler_.Now(); }

  absl::Time Later(absl::Time earliest) {
    const absl::Duration delay =
        UniformDuration(draws_, absl::ZeroDuration(), log_.options_.max_delay);
    if (extra_delay_ > absl::ZeroDuration()) ++delayed_;
    return std::max(earliest, Now() + delay + extra_delay_);
  }

  void Send(Coming coming) {
    coming.at = Later(coming_.empty() ? Now() : coming_.back().at);
    coming.room = room_;
    coming_.push_back(std::move(coming));
    SetTimers();
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
    log_.scheduler_.Cancel(std::exchange(departure_, kNoTimer));
  }

  // The first command on the way comes to the log.
  void Arrive() {
    arrival_ = kNoTimer;
    const bool was_full = !MayAppend();
    const Coming coming = std::move(coming_.front());
    coming_.pop_front();
    SetTimers();
    Arrived(coming);
    if (was_full && MayAppend()) ready_();
  }

  void Arrived(const Coming& coming) {
    if (coming.asks_number) {
      number_ = log_.TakeNumber();
      needs_number_ = false;
      return;
    }
    if (coming.room < log_.restarted_) return;
    Command command = coming.command;
    command.text = coming.text;
    command.session = coming.session ? &*coming.session : nullptr;
    log_.Append(command);
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
  ServerNumber number_;
  std::uint64_t epoch_;  // at the place that it has taken
  DrawSequence draws_;
  std::deque<Coming> coming_;
  std::deque<News> news_;
  TimerId arrival_ = kNoTimer;
  TimerId notice_ = kNoTimer;
  TimerId departure_ = kNoTimer;
  std::size_t known_;
  std::size_t taken_;
  std::size_t room_;  // SimLog::restarted_, as far as the server knows
  absl::Duration extra_delay_;
  std::uint64_t delayed_ = 0;
  bool is_idle_ = true;  // the server has been told that there is nothing
  bool is_cut_ = false;
  bool dead_ = false;
  bool stops_ = false;         // it has appended its own kServerGone
  bool needs_number_ = false;  // it was declared gone, or the room was restarted
  Scheduler::Task ready_ = [] {};
};

SimLog::SimLog(VirtualScheduler& scheduler, const Options& options)
    : scheduler_(scheduler), options_(options), epoch_(FreshEpoch(scheduler.WallNow())) {}

SimLog::~SimLog() {
  for (const TimerId timer : departures_) scheduler_.Cancel(timer);
}

OrderedLog& SimLog::AddServer(ServerNumber number) {
  auto& server = servers_[number];
  assert(server == nullptr);
  next_number_ = std::max(next_number_, static_cast<std::uint32_t>(number) + 1);
  server = std::make_unique<Server>(*this, number, entries_.size());
  return *server;
}

OrderedLog& SimLog::AddServerLate(ServerNumber number) {
  auto& server = servers_[number];
  assert(server == nullptr);
  next_number_ = std::max(next_number_, static_cast<std::uint32_t>(number) + 1);
  server = std::make_unique<Server>(*this, number, restarted_);
  server->Announce(entries_.size());
  return *server;
}

ServerNumber SimLog::NextNumber() const { return ServerNumber{next_number_}; }

void SimLog::SetExtraDelay(ServerNumber number, absl::Duration delay) {
  servers_.at(number)->SetExtraDelay(delay);
}

void SimLog::Cut(ServerNumber number) { servers_.at(number)->Cut(); }

void SimLog::Heal(ServerNumber number) { servers_.at(number)->Heal(); }

void SimLog::Kill(ServerNumber number, absl::Duration later) {
  Server& server = *servers_.at(number);
  server.Die();
  departures_.push_back(scheduler_.RunAt(scheduler_.Now() + later,
                                         [this, gone = server.self()] { AppendGone(gone); }));
}

void SimLog::Restart() {
  restarted_ = entries_.size() + 1;
  ++epoch_;
  Append({.kind = Command::Kind::kRestart, .wall = scheduler_.WallNow()});
}

void SimLog::Close() {
  for (const TimerId timer : std::exchange(departures_, {})) scheduler_.Cancel(timer);
  for (const auto& [number, server] : servers_) server->Close();
}

std::size_t SimLog::taken(ServerNumber number) const { return servers_.at(number)->taken(); }

std::uint64_t SimLog::delayed(ServerNumber number) const { return servers_.at(number)->delayed(); }

void SimLog::AppendGone(ServerNumber number) {
  Append({.kind = Command::Kind::kServerGone, .server = number, .wall = scheduler_.WallNow()});
}

void SimLog::Append(const Command& command) {
  Entry entry{.command = command, .text = std::string(command.text), .at = scheduler_.Now()};
  if (command.session != nullptr) entry.session = *command.session;
  entries_.push_back(std::move(entry));
  for (const auto& [number, server] : servers_) server->Announce(entries_.size());
}

}  // namespace chathttp::sim

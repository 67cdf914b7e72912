// A log in the hands of the test: commands of the server come back when the test says so.
#ifndef CHATHTTP_TESTS_TRANSPORT_SERVER_HAND_LOG_H_
#define CHATHTTP_TESTS_TRANSPORT_SERVER_HAND_LOG_H_

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>

#include "chathttp/transport/codec/session_login.h"
#include "chathttp/transport/journal/past_room.h"
#include "chathttp/transport/ports/ordered_log.h"
#include "chathttp/transport/ports/scheduler.h"

namespace chathttp {

class HandLog final : public OrderedLog {
 public:
  ServerNumber self() const override { return number; }
  std::uint64_t epoch() const override { return its_epoch; }
  bool MayAppend() const override { return open; }
  Order Append(const Command& command) override {
    appended.push_back(Keep(command));
    return Order::kLater;
  }
  bool Next(Command& command) override {
    if (coming.empty()) return false;
    taken_ = std::move(coming.front());
    coming.pop_front();
    command = taken_.command;
    command.text = taken_.text;
    command.session = taken_.session ? &*taken_.session : nullptr;
    command.past = taken_.past ? &*taken_.past : nullptr;
    its_epoch = taken_.epoch;
    return true;
  }
  void Observe(Scheduler::Task ready) override { ready_ = std::move(ready); }

  void Give(const Command& command) { coming.push_back(Keep(command)); }
  // A command that changes the epoch.
  void GiveEpoch(const Command& command, std::uint64_t epoch) {
    last_epoch_ = epoch;
    Give(command);
  }
  // Gives back all that the server has appended.
  void GiveBack() {
    for (Kept& kept : std::exchange(appended, {})) coming.push_back(std::move(kept));
    ready_();
  }
  void Wake() { ready_(); }

  struct Kept {
    Command command;
    std::string text;
    std::optional<SessionLogin> session;
    std::optional<PastRoom> past;
    std::uint64_t epoch;  // behind it
  };
  ServerNumber number{1};
  std::uint64_t its_epoch = 1;
  bool open = true;
  std::deque<Kept> appended;
  std::deque<Kept> coming;

 private:
  Kept Keep(const Command& command) const {
    Kept kept{.command = command,
              .text = std::string(command.text),
              .session = {},
              .past = {},
              .epoch = last_epoch_};
    if (command.session != nullptr) kept.session = *command.session;
    if (command.past != nullptr) kept.past = *command.past;
    return kept;
  }

  std::uint64_t last_epoch_ = 1;
  Kept taken_;
  Scheduler::Task ready_;
};

}  // namespace chathttp

#endif  // CHATHTTP_TESTS_TRANSPORT_SERVER_HAND_LOG_H_

// What a log has for its server: commands, and the places where the server gets a number.
//
// Not thread-safe.
#ifndef CHATHTTP_ADAPTERS_REDIS_COMMAND_QUEUE_H_
#define CHATHTTP_ADAPTERS_REDIS_COMMAND_QUEUE_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <utility>

#include "chathttp/transport/codec/session_login.h"
#include "chathttp/transport/journal/past_room.h"
#include "chathttp/transport/ports/ordered_log.h"

namespace chathttp::redis {

class CommandQueue {
 public:
  // From the command on, the epoch of the room's positions is `epoch`.
  void Push(const Command& command, std::uint64_t epoch) {
    Item item{.command = command, .text = std::string(command.text), .epoch = epoch};
    if (command.session != nullptr) item.session = std::make_unique<SessionLogin>(*command.session);
    if (command.past != nullptr) item.past = std::make_unique<PastRoom>(*command.past);
    bytes_ += item.bytes();
    items_.push_back(std::move(item));
  }
  // From here on the number of the server is `number`.
  void PushNumber(ServerNumber number, std::uint64_t epoch) {
    items_.push_back({.command = {.server = number}, .epoch = epoch, .is_number = true});
    bytes_ += items_.back().bytes();
  }

  bool empty() const { return items_.empty(); }
  std::size_t bytes() const { return bytes_; }
  // The epoch behind the item that was taken last; 0 if there was none.
  std::uint64_t epoch() const { return current_.epoch; }

  // Takes the next item; the queue is not empty. Returns true for a number, which is that of the
  // command. What the command points to is valid until the next call.
  bool Pop(Command& command) {
    current_ = std::move(items_.front());
    items_.pop_front();
    bytes_ -= current_.bytes();
    command = current_.command;
    command.text = current_.text;
    command.session = current_.session.get();
    command.past = current_.past.get();
    return current_.is_number;
  }

 private:
  struct Item {
    Command command = {};
    std::string text = {};
    std::unique_ptr<const SessionLogin> session = nullptr;
    std::unique_ptr<const PastRoom> past = nullptr;
    std::uint64_t epoch = 0;
    bool is_number = false;

    std::size_t bytes() const {
      return sizeof(Item) + text.size() + (session == nullptr ? 0 : sizeof(SessionLogin)) +
             (past == nullptr ? 0 : past->members.size() * sizeof(PastMember));
    }
  };

  std::deque<Item> items_;
  std::size_t bytes_ = 0;
  Item current_ = {};
};

}  // namespace chathttp::redis

#endif  // CHATHTTP_ADAPTERS_REDIS_COMMAND_QUEUE_H_

// What a log has for its server: commands, and the places where the server gets a number.
//
// Not thread-safe.
#ifndef CHATHTTP_ADAPTERS_REDIS_COMMAND_QUEUE_H_
#define CHATHTTP_ADAPTERS_REDIS_COMMAND_QUEUE_H_

#include <cstddef>
#include <deque>
#include <string>
#include <utility>

#include "chathttp/transport/ports/ordered_log.h"

namespace chathttp::redis {

class CommandQueue {
 public:
  void Push(const Command& command) {
    items_.push_back({command, std::string(command.text), false});
    bytes_ += sizeof(Item) + command.text.size();
  }
  // From here on the number of the server is `number`.
  void PushNumber(ServerNumber number) {
    items_.push_back({{.server = number}, {}, true});
    bytes_ += sizeof(Item);
  }

  bool empty() const { return items_.empty(); }
  std::size_t bytes() const { return bytes_; }

  // Takes the next item; the queue is not empty. Returns true for a number, which is that of the
  // command. The text is valid until the next call.
  bool Pop(Command& command) {
    current_ = std::move(items_.front());
    items_.pop_front();
    bytes_ -= sizeof(Item) + current_.text.size();
    command = current_.command;
    command.text = current_.text;
    return current_.is_number;
  }

 private:
  struct Item {
    Command command;
    std::string text;
    bool is_number;
  };

  std::deque<Item> items_;
  std::size_t bytes_ = 0;
  Item current_ = {};
};

}  // namespace chathttp::redis

#endif  // CHATHTTP_ADAPTERS_REDIS_COMMAND_QUEUE_H_

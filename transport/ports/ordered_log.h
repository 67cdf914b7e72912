// Port: the order of the commands of one room, which one or more servers serve.
//
// A server checks a request, appends its command, and applies every command of the log, its own
// included, in the order of the log. So all servers of a room apply the same commands in one order,
// and their rooms are equal at equal positions.
//
//   if (log.MayAppend()) waits = log.Append(command) == OrderedLog::Order::kLater;
//   for (Command next; log.Next(next);) Apply(next);        // at the start of a turn
//
// A room with one server needs no log: LocalLog says kNow to each command.
//
// One object for each server. Call it on the loop's thread of that server. It calls `ready` in a
// turn step of its own, never inside one of its methods.
#ifndef CHATHTTP_TRANSPORT_PORTS_ORDERED_LOG_H_
#define CHATHTTP_TRANSPORT_PORTS_ORDERED_LOG_H_

#include <cstdint>
#include <string_view>

#include "absl/time/time.h"
#include "chathttp/domain/chat_room.h"
#include "chathttp/transport/ports/scheduler.h"

namespace chathttp {

// Identifies a server of a room; never used again for another one. It is the upper 24 bits of the
// ids of its members, so 0 for a server on its own.
enum class ServerNumber : std::uint32_t {};

// The id of a member of a server. Requires server < 2^24 and number < 2^40.
constexpr MemberId MemberIdOf(ServerNumber server, std::uint64_t number) {
  return MemberId{static_cast<std::uint64_t>(server) << 40 | number};
}
constexpr ServerNumber ServerOf(MemberId member) {
  return ServerNumber{static_cast<std::uint32_t>(static_cast<std::uint64_t>(member) >> 40)};
}
constexpr std::uint64_t NumberOf(MemberId member) {
  return static_cast<std::uint64_t>(member) & ((std::uint64_t{1} << 40) - 1);
}

struct SessionLogin;  // transport/codec/session_login.h
struct PastRoom;      // transport/journal/past_room.h

struct Command {
  enum class Kind : std::uint8_t {
    kLogin,       // of `member`, with the name `text`
    kSay,         // `text`, by `member`
    kLogout,      // of `member`
    kServerGone,  // all members of `server` leave; later commands of it have no effect
    kRestart,     // all members of all servers leave, without a notice: the log has lost commands,
                  // or all servers stop. Positions have another epoch, and count from 0 again
    kEpoch,       // positions have another epoch, and the count goes on
    kPast,  // the room is `past`, and was empty before: the server joins, and the log does not
            // have what made the room so
  };
  Kind kind = Kind::kSay;
  ServerNumber server{0};  // whose command it is
  MemberId member{0};
  absl::Time wall = {};  // the server's wall clock when it appended the command
  // Of a kSay and a kLogout: how often the member had returned as its server knew. The command has no
  // effect if it has returned more often.
  std::uint32_t returns = 0;
  const SessionLogin* session = nullptr;  // of a kLogin, if it has one; valid as `text`
  const PastRoom* past = nullptr;         // of a kPast; valid as `text`
  std::string_view text = {};             // valid during Append, or until the next call of Next
};

class OrderedLog {
 public:
  enum class Order {
    kNow,    // the command is the next one: apply it at once; Next does not give it
    kLater,  // Next gives it, when it is its turn
  };

  OrderedLog() = default;
  OrderedLog(const OrderedLog&) = delete;
  OrderedLog& operator=(const OrderedLog&) = delete;
  virtual ~OrderedLog() = default;

  // The number of this server. It changes only after Next has given the server its own kServerGone,
  // though it serves, or a kRestart: then MayAppend is false until the log has the new number.
  virtual ServerNumber self() const = 0;

  // The epoch of the room's positions at the place that Next has reached: the same for all servers
  // there, and never used for another numbering of broadcasts. It changes only with a kRestart, a kEpoch
  // or a kPast. 0 while the log does not know it; then MayAppend is false.
  virtual std::uint64_t epoch() const = 0;

  // False while the log has no room, or cannot be reached: then the server serves no request. The end
  // of a connection may append all the same.
  virtual bool MayAppend() const = 0;

  // Appends a command of this server. What it returns is the same for all commands of a log.
  virtual Order Append(const Command& command) = 0;

  // Sets `command` to the next command in the order, those of this server included. False if there
  // is none yet.
  virtual bool Next(Command& command) = 0;

  // Calls `ready` when Next has a command again after it returned false, and when MayAppend has
  // become true. Replaces an earlier one.
  virtual void Observe(Scheduler::Task ready) = 0;
};

// The log of a server that has its room for itself.
class LocalLog final : public OrderedLog {
 public:
  // `epoch`: of all its positions; not 0.
  explicit LocalLog(std::uint64_t epoch) : epoch_(epoch) {}
  ServerNumber self() const override { return ServerNumber{0}; }
  std::uint64_t epoch() const override { return epoch_; }
  bool MayAppend() const override { return true; }
  Order Append(const Command&) override { return Order::kNow; }
  bool Next(Command&) override { return false; }
  void Observe(Scheduler::Task) override {}

 private:
  std::uint64_t epoch_;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_PORTS_ORDERED_LOG_H_

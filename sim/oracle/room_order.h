// The one order of a room that several servers share: G, the list of all broadcasts, as it follows from
// the log of their commands, and the members at each point. Part of the oracle, so written from the
// rules and not from the server.
//
//   RoomOrder order(record, options);
//   order.items()[7].raw                  // the bytes of a broadcast: the same at each server
//   order.effects()[3].result             // what the fourth command of the log does
//   order.ListAt(8)                       // what a GET gets behind the eighth broadcast
//
// A position is a number of items, as in room_log.h. Pure functions.
#ifndef CHATHTTP_SIM_ORACLE_ROOM_ORDER_H_
#define CHATHTTP_SIM_ORACLE_ROOM_ORDER_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "chathttp/sim/oracle/rules.h"
#include "chathttp/sim/world/record.h"
#include "chathttp/transport/server/server_options.h"

namespace chathttp::sim {

struct OrderedItem {
  Told told = Told::kNonsense;
  std::uint64_t member = 0;
  std::string name;
  std::string text;
  std::string raw;
  std::string datetime;
  std::size_t command = 0;  // that says so, by its place in the log
};

// What a command of the log does.
struct CommandEffect {
  enum class Result {
    kNone,  // of a server that is gone, or of somebody who is no member
    kDone,
    kTaken,  // a login whose name is taken
    kFull,   // a login while the room is full
  };
  Result result = Result::kNone;
  std::size_t begin = 0;  // the position before it
  std::size_t end = 0;    // and behind it
};

class RoomOrder {
 public:
  struct Member {
    std::uint64_t id;
    std::string name;
  };
  using Members = std::vector<Member>;  // in order of login

  RoomOrder(const WorldRecord& record, const ServerOptions& options);

  const std::vector<OrderedItem>& items() const { return items_; }
  const std::vector<CommandEffect>& effects() const { return effects_; }

  // The entity of a GET at a position.
  std::string ListAt(std::size_t position) const;
  // When so many commands of the log are applied: the members, and the position.
  const Members& MembersAfter(std::size_t commands) const;
  std::size_t PositionAfter(std::size_t commands) const;

  // The first command behind `login` that ends this login; the end of the log if there is none.
  std::size_t EndOfLogin(std::size_t login) const;

 private:
  void Apply(std::size_t index);
  void Login(const LoggedCommand& command, CommandEffect& effect);
  void Logout(std::uint64_t member, absl::Time wall, std::size_t command);
  void Depart(const LoggedCommand& command, std::size_t index);
  void Add(Told told, const Member& member, const std::string& text, absl::Time wall,
           std::size_t command);
  void KeepMembers();

  const WorldRecord& record_;
  const ServerOptions options_;
  Members members_;
  std::set<std::string> names_;  // of these, folded
  std::set<std::uint32_t> gone_;
  std::vector<OrderedItem> items_;
  std::vector<CommandEffect> effects_;
  std::vector<Members> states_;           // all that were
  std::vector<std::size_t> state_at_;     // by position: an index of states_
  std::vector<std::size_t> state_after_;  // by number of commands
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_ORACLE_ROOM_ORDER_H_

// The one order of a room that several servers share: G, the list of all broadcasts, as it follows from
// the log of their commands, and the members at each point. Part of the oracle, so written from the
// rules and not from the server.
//
//   RoomOrder order(record, options);
//   order.items()[7].raw                  // the bytes of a broadcast: the same at each server
//   order.effects()[3].result             // what the fourth command of the log does
//   order.ListAt(8)                       // what a GET gets behind the eighth broadcast
//
// A stay is the time of one login in the room. A member with a session has it on several connections, one
// after another, of any servers: these are its visits. A position is a number of items, as in room_log.h;
// the number of a broadcast counts from 1 in its epoch, which a restart of the log ends. Pure functions.
#ifndef CHATHTTP_SIM_ORACLE_ROOM_ORDER_H_
#define CHATHTTP_SIM_ORACLE_ROOM_ORDER_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "chathttp/sim/oracle/login_reply.h"
#include "chathttp/sim/oracle/rules.h"
#include "chathttp/sim/world/raw_codec.h"
#include "chathttp/sim/world/record.h"
#include "chathttp/transport/codec/session_token.h"
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
    kNone,  // of a server that is gone, of somebody who is no member, or void since its member returned
    kDone,
    kReturned,  // a login that goes on with a session
    kTaken,     // a login whose name is taken
    kFull,      // a login while the room is full
    kRefused,   // a login with a token that holds and must not be used
  };
  Result result = Result::kNone;
  std::size_t begin = 0;  // the position before it
  std::size_t end = 0;    // and behind it
  std::size_t visit =
      static_cast<std::size_t>(-1);  // that it begins, refuses to go on with, or ends
  std::uint64_t epoch = 0;           // behind it
  std::size_t first = 0;             // position at which that epoch begins
};

struct OrderedStay {
  std::uint64_t member = 0;
  std::string name;
  std::uint64_t entered = 0;                      // the number of its "entered"
  std::optional<TokenHash> token = std::nullopt;  // of its session, if it has one
  std::vector<std::size_t> visits = {};
  std::size_t end = 0;  // the command that ends it; the end of the log if there is none
};

struct OrderedVisit {
  std::size_t stay = 0;
  std::size_t login = 0;  // the command that begins it
  std::size_t end =
      0;  // the first one that ends it for certain; the end of the log if there is none
};

// A server is gone, and a member of it with a session stays.
struct HostLoss {
  std::size_t command = 0;
  std::size_t visit = 0;
};

class RoomOrder {
 public:
  struct Member {
    std::uint64_t id;
    std::string name;
    std::size_t stay = 0;
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

  const std::vector<OrderedStay>& stays() const { return stays_; }
  const std::vector<OrderedVisit>& visits() const { return visits_; }
  const std::vector<HostLoss>& host_losses() const { return host_losses_; }
  const OrderedStay& StayOf(std::size_t visit) const { return stays_[visits_[visit].stay]; }
  // The last visit of a member that has returned so often, if there is one.
  std::optional<std::size_t> VisitOf(std::uint64_t member, std::uint32_t returns) const;
  // The server that has, or had, the connection of a visit.
  std::uint32_t HostOf(std::size_t visit) const;

  // The position of the room behind so many commands, as members know it.
  RawPosition PlaceAfter(std::size_t commands) const;
  // What each server knows that answers a login behind so many commands. The order outlives it.
  KnownPast PastAfter(std::size_t commands) const;

 private:
  void Apply(std::size_t index);
  void Login(std::size_t index);
  bool Return(std::size_t index);
  void BeginVisit(std::size_t stay, std::size_t login);
  void EndVisit(std::size_t stay, std::size_t command);
  void Logout(std::uint64_t member, absl::Time wall, std::size_t command);
  void Depart(const LoggedCommand& command, std::size_t index);
  void Restart(std::size_t index);
  void Add(Told told, const Member& member, const std::string& text, absl::Time wall,
           std::size_t command);
  void KeepMembers();

  const WorldRecord& record_;
  const ServerOptions options_;
  Members members_;
  std::set<std::string> names_;  // of these, folded
  std::set<std::uint32_t> gone_;
  std::uint64_t epoch_;
  std::size_t first_ = 0;                    // the position at which it begins
  std::map<TokenHash, std::size_t> tokens_;  // of the stays that last
  std::vector<OrderedStay> stays_;
  std::vector<OrderedVisit> visits_;
  std::vector<HostLoss> host_losses_;
  std::vector<OrderedItem> items_;
  std::vector<std::uint64_t> bytes_before_ = {0};  // by position
  std::vector<CommandEffect> effects_;
  std::vector<Members> states_;           // all that were
  std::vector<std::size_t> state_at_;     // by position: an index of states_
  std::vector<std::size_t> state_after_;  // by number of commands
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_ORACLE_ROOM_ORDER_H_

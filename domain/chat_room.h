// The chat room: who is in it, and what login, say, query and logout do.
//
//   ChatRoom room;
//   Result entered = room.Login(MemberId{1}, "Alice");
//   Result said = room.Say(MemberId{1}, "Hello, everyone!");
//   if (said.broadcast) Deliver(said.broadcast->name, said.broadcast->text);   // to every member
//
// The room calls nobody: each command returns what came of it and at most one broadcast, whatever
// the number of members, and delivering that is the caller's job. No I/O, no clock, no threads; an
// object is used by one thread at a time. Equal call sequences give equal results.
#ifndef CHATHTTP_DOMAIN_CHAT_ROOM_H_
#define CHATHTTP_DOMAIN_CHAT_ROOM_H_

#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_set.h"
#include "absl/hash/hash.h"
#include "domain/limits.h"
#include "domain/user_name.h"

namespace chathttp {

// Names a member to be; chosen by the caller and never used for another one.
enum class MemberId : std::uint64_t {};

enum class Outcome {
  kOk,
  kNameTaken,        // a member has this name, in whatever case
  kNameReserved,     // nobody may have this name
  kNameInvalid,      // not a name: see DescribeNameProblem
  kAlreadyLoggedIn,  // the login stands
  kNotLoggedIn,
  kTextInvalid,  // see DescribeTextProblem
  kTextTooLong,  // see DescribeTextProblem
  kRoomFull,     // as many members as the limit
};

// What everyone in the room is to be told.
struct Broadcast {
  enum class Kind {
    kEntered,  // to all members but the one that entered
    kSaid,     // to all members, the speaker included
    kLeft,     // to all members that remain
  };
  Kind kind;
  std::string_view name;  // as given at login; valid until the next Login or Logout
  std::string_view text;  // of kSaid: the caller's own bytes; else empty
};

struct [[nodiscard]] Result {
  Outcome outcome;
  std::optional<Broadcast> broadcast;
};

class ChatRoom {
 public:
  // A member of the room, for reading.
  struct Member {
    MemberId id;
    std::string name;  // as given at login
  };

  explicit ChatRoom(const RoomLimits& limits = {}) : limits_(limits) {}
  ChatRoom(const ChatRoom&) = delete;
  ChatRoom& operator=(const ChatRoom&) = delete;

  // Lets `id` in under `name`. kOk, kAlreadyLoggedIn, kNameInvalid, kNameReserved, kNameTaken or
  // kRoomFull, the first that applies. Amortised O(1).
  Result Login(MemberId id, std::string_view name);

  // Says `text`, without its line end. kOk, kNotLoggedIn, kTextTooLong or kTextInvalid.
  // O(size of the text) whatever the number of members; allocates nothing.
  Result Say(MemberId id, std::string_view text);

  // Asks for the list, which members() holds. kOk or kNotLoggedIn; never a broadcast.
  Result Query(MemberId id) const;

  // Lets `id` out; its name is free when this returns. kOk or kNotLoggedIn. O(1).
  Result Logout(MemberId id);

  // The members in order of login. Valid until the next Login or Logout.
  const std::list<Member>& members() const { return members_; }

  // The name of a member; nothing when `id` is not logged in. Valid until its Logout. O(1).
  std::optional<std::string_view> NameOf(MemberId id) const;

  // Grows by one with every Login and Logout that changes members(): a key to cache the list by.
  std::uint64_t membership_version() const { return membership_version_; }

  const RoomLimits& limits() const { return limits_; }

 private:
  using Position = std::list<Member>::iterator;

  // Members by what they have at their position: a table holds nothing but the positions.
  struct HashId {
    using is_transparent = void;
    std::size_t operator()(MemberId id) const { return absl::HashOf(id); }
    std::size_t operator()(Position member) const { return absl::HashOf(member->id); }
  };
  struct EqualId {
    using is_transparent = void;
    bool operator()(Position a, Position b) const { return a->id == b->id; }
    bool operator()(Position a, MemberId b) const { return a->id == b; }
  };
  struct HashName : NameHash {
    using NameHash::operator();
    std::size_t operator()(Position member) const { return NameHash::operator()(member->name); }
  };
  struct EqualName : NameEqual {
    bool operator()(Position a, Position b) const { return SameName(a->name, b->name); }
    bool operator()(Position a, std::string_view b) const { return SameName(a->name, b); }
  };

  RoomLimits limits_;
  std::list<Member> members_;
  // Looked up in, never iterated: the order differs from run to run.
  absl::flat_hash_set<Position, HashId, EqualId> by_id_;
  absl::flat_hash_set<Position, HashName, EqualName> by_name_;
  std::string departed_name_;  // keeps the name of the last kLeft broadcast alive
  std::uint64_t membership_version_ = 0;
};

}  // namespace chathttp

#endif  // CHATHTTP_DOMAIN_CHAT_ROOM_H_

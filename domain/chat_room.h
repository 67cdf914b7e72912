// The chat room: its members, and the commands login, say, query and logout.
//
//   ChatRoom room;
//   Result entered = room.Login(MemberId{1}, "Alice");
//   Result said = room.Say(MemberId{1}, "Hello, everyone!");
//   if (said.broadcast) Deliver(said.broadcast->name, said.broadcast->text);   // to every member
//
// Each command returns its outcome and at most one broadcast, however many members there are. The
// caller delivers the broadcast. No I/O and no clock; equal call sequences give equal results. Not
// thread-safe.
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
#include "chathttp/domain/limits.h"
#include "chathttp/domain/user_name.h"

namespace chathttp {

// Identifies a member. The caller chooses it and never reuses it for another member.
enum class MemberId : std::uint64_t {};

enum class Outcome {
  kOk,
  kNameTaken,        // a member has this name; case is ignored
  kNameReserved,     // nobody may have this name
  kNameInvalid,      // not a name: see DescribeNameProblem
  kAlreadyLoggedIn,  // the login stands
  kNotLoggedIn,
  kTextInvalid,  // see DescribeTextProblem
  kTextTooLong,  // see DescribeTextProblem
  kRoomFull,     // as many members as the limit
};

// What the outcome means, for a person: "a member has this name".
std::string_view Describe(Outcome outcome);

// An event that the caller sends to members of the room.
struct Broadcast {
  enum class Kind {
    kEntered,  // to all members but the one that entered
    kSaid,     // to all members, including the speaker
    kLeft,     // to all members that remain
  };
  Kind kind;
  MemberId id;            // of the member that entered, spoke or left
  std::string_view name;  // as given to Login; valid until the next Login or Logout
  std::string_view text;  // of kSaid: a view of Say's argument; else empty
};

struct [[nodiscard]] Result {
  Outcome outcome;
  std::optional<Broadcast> broadcast;
};

class ChatRoom {
 public:
  struct Member {
    MemberId id;
    std::string name;  // as given to Login
  };

  explicit ChatRoom(const RoomLimits& limits = {}) : limits_(limits) {}
  ChatRoom(const ChatRoom&) = delete;
  ChatRoom& operator=(const ChatRoom&) = delete;

  // The outcome that Login or Say would have now; they change nothing. The costs are the same.
  Outcome CheckLogin(MemberId id, std::string_view name) const;
  Outcome CheckSay(MemberId id, std::string_view text) const;

  // Adds member `id` with `name`. Returns the first that applies: kAlreadyLoggedIn, kNameInvalid,
  // kNameReserved, kNameTaken, kRoomFull, kOk. Amortised O(1).
  Result Login(MemberId id, std::string_view name);

  // Says `text`, which has no line end. Returns kOk, kNotLoggedIn, kTextTooLong or kTextInvalid.
  // O(size of the text), independent of the number of members; allocates nothing.
  Result Say(MemberId id, std::string_view text);

  // Checks whether `id` may read members(). Returns kOk or kNotLoggedIn; never a broadcast. O(1).
  Result Query(MemberId id) const;

  // Removes member `id` and frees its name. Returns kOk or kNotLoggedIn. O(1).
  Result Logout(MemberId id);

  // The members in order of login. Valid until the next Login or Logout.
  const std::list<Member>& members() const { return members_; }

  // The name of member `id`; nullopt if `id` is not logged in. Valid until its Logout. O(1).
  std::optional<std::string_view> NameOf(MemberId id) const;

  // The member with this name, in any case; nullopt if there is none. O(1).
  std::optional<MemberId> IdOf(std::string_view name) const;

  // Increases by one with each Login and Logout that changes members(): a key for a cached list.
  std::uint64_t membership_version() const { return membership_version_; }

  const RoomLimits& limits() const { return limits_; }

 private:
  using Position = std::list<Member>::iterator;

  // The tables hold positions in members_; these functions hash and compare the member there.
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
  // Used for look-ups, never iterated: the order differs from run to run.
  absl::flat_hash_set<Position, HashId, EqualId> by_id_;
  absl::flat_hash_set<Position, HashName, EqualName> by_name_;
  std::string departed_name_;  // keeps the name of the last kLeft broadcast alive
  std::uint64_t membership_version_ = 0;
};

}  // namespace chathttp

#endif  // CHATHTTP_DOMAIN_CHAT_ROOM_H_

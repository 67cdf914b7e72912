// The sessions of a room: members that may come back after the loss of their connection.
//
//   sessions.Begin(member, {.token = HashOfToken(token), .entered = 17, .connection = connection});
//   sessions.SetAway(member, now + limit, address);     // the connection is lost
//   if (auto member = sessions.Find(HashOfToken(token))) sessions.Return(*member, connection);
//   for (MemberId late : sessions.Overdue(now)) ...     // they leave
//
// Keeps hashes of tokens only. A table of facts: the server closes connections and tells the room. Not
// thread-safe.
#ifndef CHATHTTP_TRANSPORT_SERVER_SESSIONS_H_
#define CHATHTTP_TRANSPORT_SERVER_SESSIONS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "chathttp/domain/chat_room.h"
#include "chathttp/transport/codec/session_token.h"
#include "chathttp/transport/ports/ip_address.h"
#include "chathttp/transport/ports/ordered_log.h"
#include "chathttp/transport/server/server_event.h"

namespace chathttp {

// At most so many away members of one address, unless it is exempt.
inline constexpr std::size_t kMaxAwayPerAddress = 16;

struct MemberSession {
  TokenHash token{};
  std::uint64_t entered = 0;   // the number of the "entered" of the member among the broadcasts
  ServerNumber host{0};        // the server that has, or had, its connection
  std::uint32_t returns = 0;   // how often the member has returned
  ConnectionId connection{0};  // at this server; 0 if there is none
  absl::Time away_until = absl::InfiniteFuture();
  IpAddress address;  // while away: of the lost connection; not known if it is exempt
};

class Sessions {
 public:
  // The member has none yet. False if a session has this token already, which only a broken source
  // of random bytes can cause: then there is no session.
  bool Begin(MemberId member, const MemberSession& session);
  // No effect without a session.
  void End(MemberId member);
  void EndAll();

  // Null if the member has no session. Valid until the next call. O(1).
  const MemberSession* Of(MemberId member) const;
  // The member whose token has this hash. O(1); the comparison takes the same time for each token.
  std::optional<MemberId> Find(const TokenHash& token) const;

  // The member's connection is lost. Requires a session.
  void SetAway(MemberId member, absl::Time until, const IpAddress& address);
  // The member has returned to a server; `connection` is 0 if that is another one. Requires a session.
  void Return(MemberId member, ServerNumber host, ConnectionId connection);
  // An away member is about to leave: it is not overdue any more.
  void StopWaiting(MemberId member);

  // Members that are away.
  std::size_t away() const { return away_.size(); }
  // Those of the customer with this address (see CustomerOf).
  std::size_t AwayOf(const IpAddress& address) const;
  // In order of their limits.
  std::vector<MemberId> AwayMembers() const;

  // When the first of the away members must leave; InfiniteFuture if there is none.
  absl::Time first_limit() const;
  // The first member whose limit is over, if any.
  std::optional<MemberId> Overdue(absl::Time now) const;

  std::size_t size() const { return by_member_.size(); }

 private:
  void ForgetAway(MemberId member, MemberSession& session);

  // Used for look-ups, never iterated.
  absl::flat_hash_map<MemberId, MemberSession> by_member_;
  absl::flat_hash_map<std::uint64_t, MemberId> by_token_;  // the first bytes of the hash
  absl::flat_hash_map<IpNetwork, std::size_t> away_of_;    // by CustomerOf
  absl::btree_set<std::pair<absl::Time, MemberId>> away_;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_SERVER_SESSIONS_H_

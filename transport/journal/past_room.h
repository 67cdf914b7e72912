// A room as it was at one place, for a server that goes on from there: what a journal knows of the
// place where its server stopped, or what the log of a room with several servers hands to one that joins.
#ifndef CHATHTTP_TRANSPORT_JOURNAL_PAST_ROOM_H_
#define CHATHTTP_TRANSPORT_JOURNAL_PAST_ROOM_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "chathttp/domain/chat_room.h"
#include "chathttp/transport/codec/position.h"
#include "chathttp/transport/codec/session_token.h"
#include "chathttp/transport/ports/ordered_log.h"

namespace chathttp {

// An epoch that is over. A position of it with a count up to this one is exact.
struct EpochEnd {
  std::uint64_t epoch = 0;
  std::uint64_t count = 0;

  friend bool operator==(const EpochEnd&, const EpochEnd&) = default;
};

struct PastBroadcast {
  std::uint64_t count = 0;  // its number; that of the first broadcast is 1
  absl::Time wall = {};
  Broadcast::Kind kind = Broadcast::Kind::kSaid;
  std::string name = {};
  std::string text = {};

  friend bool operator==(const PastBroadcast&, const PastBroadcast&) = default;
};

struct PastMember {
  MemberId id{0};  // from a journal: 0 without a session
  std::string name = {};
  std::optional<TokenHash> token = {};  // of its session
  std::uint64_t entered = 0;            // the number of its "entered"
  // From a log, with a session: as in MemberSession, and whether the host is gone, so that it is away.
  ServerNumber host{0};
  std::uint32_t returns = 0;
  bool away = false;

  friend bool operator==(const PastMember&, const PastMember&) = default;
};

struct PastRoom {
  // Where the room goes on. From a journal, the epoch is a new one if the wall clock goes right; it
  // always is if the server did not stop cleanly.
  Position end;
  // Older epochs, oldest first: at most JournalRoom::kMaxEnded, the last ones.
  std::vector<EpochEnd> ended = {};
  // The last broadcasts, oldest first, without a gap: the number of the last one is end.count. A log
  // has none.
  std::vector<PastBroadcast> broadcasts = {};
  // Those who were in the room, in order of login.
  std::vector<PastMember> members = {};
  // Of a journal: the server stopped cleanly, or there was no journal.
  bool clean = true;

  friend bool operator==(const PastRoom&, const PastRoom&) = default;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_JOURNAL_PAST_ROOM_H_

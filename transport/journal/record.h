// The records of a journal: what a server writes down, so that it can go on after a restart.
//
//   journal.Append(SaidOrNotice{.wall = now, .kind = Broadcast::Kind::kEntered, .name = "Alice"});
//   journal.Append(SessionBegun{.member = id, .name = "Alice", .token = HashOfToken(token)});
//
// Views of a record belong to its maker: they are valid during Journal::Append, or as long as the bytes
// from which a record was read.
#ifndef CHATHTTP_TRANSPORT_JOURNAL_RECORD_H_
#define CHATHTTP_TRANSPORT_JOURNAL_RECORD_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include "absl/time/time.h"
#include "chathttp/domain/chat_room.h"
#include "chathttp/transport/codec/session_token.h"

namespace chathttp {

inline constexpr std::size_t kMaxJournalNameBytes = 255;  // of a name in a record

// A broadcast. The only record that the count of a position counts.
struct SaidOrNotice {
  absl::Time wall = {};  // kept to the nanosecond
  Broadcast::Kind kind = Broadcast::Kind::kSaid;
  std::string_view name = {};
  std::string_view text = {};  // of kSaid; else empty

  friend bool operator==(const SaidOrNotice&, const SaidOrNotice&) = default;
};

// The member with this name has a session. Follows the "entered" of the name.
struct SessionBegun {
  MemberId member{0};
  std::string_view name = {};
  TokenHash token = {};

  friend bool operator==(const SessionBegun&, const SessionBegun&) = default;
};

// From here on, positions have this epoch. The same epoch again: a server has opened the journal
// after a clean stop.
struct EpochBegun {
  std::uint64_t epoch = 0;

  friend bool operator==(const EpochBegun&, const EpochBegun&) = default;
};

// A server has stopped, and everybody has heard at most what is before this record.
struct Closed {
  friend bool operator==(const Closed&, const Closed&) = default;
};

// A member that was in the room when the file was begun. Only in the head of a file, where the journal
// writes it: no server appends it.
struct MemberPresent {
  MemberId member{0};  // 0 without a session
  std::string_view name = {};
  std::uint64_t entered = 0;  // the number of its "entered": that of the first broadcast is 1
  std::optional<TokenHash> token = {};

  friend bool operator==(const MemberPresent&, const MemberPresent&) = default;
};

// An older epoch: a position of it with a count up to this one is exact. In the head of a file, likewise.
struct EpochEnded {
  std::uint64_t epoch = 0;
  std::uint64_t count = 0;

  friend bool operator==(const EpochEnded&, const EpochEnded&) = default;
};

// One of the records above. A struct, so that transport/ports/journal.h can declare it.
struct JournalRecord
    : std::variant<SaidOrNotice, SessionBegun, EpochBegun, Closed, MemberPresent, EpochEnded> {
  using variant::variant;
};

// The record is one of the head of a file.
inline bool IsOfHead(const JournalRecord& record) {
  return std::holds_alternative<MemberPresent>(record) ||
         std::holds_alternative<EpochEnded>(record);
}

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_JOURNAL_RECORD_H_

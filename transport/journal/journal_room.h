// The room that the records of a journal tell of: who is in it, and where it is.
//
//   JournalRoom room({header.epoch, header.first_count}, header.last_wall);
//   for (StoredRecord stored; reader.Next(stored);) room.Apply(stored.record);
//
// Any order of records is allowed: who enters twice is in the room once. Not thread-safe.
#ifndef CHATHTTP_TRANSPORT_JOURNAL_JOURNAL_ROOM_H_
#define CHATHTTP_TRANSPORT_JOURNAL_JOURNAL_ROOM_H_

#include <cstddef>
#include <deque>
#include <list>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "chathttp/domain/user_name.h"
#include "chathttp/transport/codec/position.h"
#include "chathttp/transport/journal/past_room.h"
#include "chathttp/transport/journal/record.h"

namespace chathttp {

class JournalRoom {
 public:
  // It remembers so many older epochs, the last ones.
  static constexpr std::size_t kMaxEnded = 1000;

  // The room at a position; `last_wall` is the time of the last broadcast before it.
  explicit JournalRoom(const Position& end = {}, absl::Time last_wall = absl::InfinitePast())
      : end_(end), last_wall_(last_wall) {}
  JournalRoom(JournalRoom&&) = default;
  JournalRoom& operator=(JournalRoom&&) = default;

  void Apply(const JournalRecord& record);

  const Position& end() const { return end_; }
  // In order of login.
  const std::list<PastMember>& members() const { return members_; }
  // Older epochs, oldest first.
  const std::deque<EpochEnd>& ended() const { return ended_; }
  // The last record is Closed.
  bool closed() const { return closed_; }
  // The time of the last broadcast; InfinitePast if there was none.
  absl::Time last_wall() const { return last_wall_; }

 private:
  void End(const EpochEnd& epoch);
  void Add(PastMember member);
  void Remove(std::string_view name);

  Position end_;
  std::list<PastMember> members_;
  absl::flat_hash_map<std::string, std::list<PastMember>::iterator, NameHash, NameEqual> by_name_;
  std::deque<EpochEnd> ended_;
  bool closed_ = false;
  absl::Time last_wall_;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_JOURNAL_JOURNAL_ROOM_H_

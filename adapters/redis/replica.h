// What all servers of a room know alike at the same place of its log: the place, a hash of all entries
// up to it, and the servers. Which entries have an effect is decided here.
//
//   switch (replica.Judge(position, entry)) { ... }                // is it the next one?
//   replica.Apply(position, payload, entry, effects);              // if it is
//
// No I/O and no clock. Not thread-safe.
#ifndef CHATHTTP_ADAPTERS_REDIS_REPLICA_H_
#define CHATHTTP_ADAPTERS_REDIS_REPLICA_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "chathttp/adapters/redis/entry.h"
#include "chathttp/adapters/redis/snapshot.h"
#include "chathttp/adapters/redis/stream_reply.h"
#include "chathttp/transport/ports/ordered_log.h"

namespace chathttp::redis {

// The effects of an entry, in order.
class EntryEffects {
 public:
  virtual void OnRestart(const Entry& entry) = 0;
  virtual void OnNumbering() = 0;  // Replica::numbering has changed, without a restart
  virtual void OnServerUp(ServerNumber number, std::uint64_t nonce) = 0;
  // A batch with another n than the next one of its server has no effect.
  virtual void OnBatch(ServerNumber server, std::uint64_t n) = 0;
  virtual void OnDroppedBatch(ServerNumber server, std::uint64_t n) = 0;
  virtual void OnTick(ServerNumber server) = 0;
  virtual void OnCommand(const Command& command) = 0;  // kLogin, kSay, kLogout or kServerGone

 protected:
  ~EntryEffects() = default;
};

class Replica {
 public:
  // Hashes of this many last entries are kept.
  static constexpr std::size_t kKeptHashes = 4096;
  static constexpr absl::Duration kSilentRoom = absl::Seconds(10);
  static constexpr std::uint64_t kMaxServers = (std::uint64_t{1} << 24) - 1;  // in an epoch

  enum class Judgement : std::uint8_t {
    kNext,     // it follows the last one
    kMissing,  // entries between the last one and it are missing
    kOtherPast,  // its writer has read other entries at the same places, or too few: it gives a numbering
                 // out again
    kFull,  // a kServerUp, and the numbers of servers are used up
  };

  // Before the first entry.
  Replica() = default;
  // At `position`, where `snapshot` was made.
  Replica(const Position& position, const Snapshot& snapshot);

  Judgement Judge(const Position& position, const Entry& entry) const;

  // Applies the next entry; `payload` is all of it.
  void Apply(const Position& position, std::string_view payload, const Entry& entry,
             EntryEffects& effects);

  // Of the last entry.
  const Position& position() const { return position_; }
  std::uint64_t hash() const { return hash_; }
  // The epoch of the room's positions (see entry.h); 0 before the first entry. A kCreate or kRestart gives
  // it, and a kServerUp a greater one if no server seems to be up: none is listed, or the last entry is
  // kSilentRoom older, by the wall clocks of their writers.
  std::uint64_t numbering() const { return numbering_; }

  // Whether the entry at position() is the one that was applied last. True if none was since a snapshot.
  bool IsLast(std::string_view payload) const;

  // In order of their numbers.
  const std::vector<KnownServer>& servers() const { return servers_; }
  const KnownServer* Find(ServerNumber number) const;

  // All but the room.
  Snapshot MakeSnapshot() const;

 private:
  void ApplyBatch(const Position& position, const Entry& entry, EntryEffects& effects);
  // Whether a kGone of `by` has an effect.
  bool IsGone(const BatchCommand& command, ServerNumber by) const;

  Position position_;
  std::uint64_t hash_ = 0;
  std::optional<std::uint64_t> hash_before_last_;
  Position first_kept_;  // all hashes from here on are kept, but for those that are too old
  std::array<std::uint64_t, kKeptHashes> hashes_ = {};  // by the index of the entry
  std::uint64_t numbering_ = 0;
  // The greatest of an entry in this epoch of the log.
  absl::Time last_wall_ = absl::InfinitePast();
  std::uint64_t server_count_ = 0;
  std::vector<KnownServer> servers_;
};

}  // namespace chathttp::redis

#endif  // CHATHTTP_ADAPTERS_REDIS_REPLICA_H_

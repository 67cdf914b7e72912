// What a server must know to go on at a place of the log without the entries before it.
#ifndef CHATHTTP_ADAPTERS_REDIS_SNAPSHOT_H_
#define CHATHTTP_ADAPTERS_REDIS_SNAPSHOT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "chathttp/adapters/redis/stream_reply.h"
#include "chathttp/transport/journal/past_room.h"
#include "chathttp/transport/ports/ordered_log.h"

namespace chathttp::redis {

// A server of the room, as all servers know it at one place of the log.
struct KnownServer {
  ServerNumber number{0};
  std::uint64_t nonce = 0;  // of its kServerUp
  std::uint64_t max_members = 0;
  std::uint64_t max_text_bytes = 0;
  std::string name = {};
  std::uint64_t n = 0;  // of its last batch that had an effect
  Position heard = {};  // its last entry, with an effect or without

  friend bool operator==(const KnownServer&, const KnownServer&) = default;
};

struct Snapshot {
  std::uint64_t hash = 0;                 // of all entries up to here
  std::uint64_t server_count = 0;         // servers that came up in this epoch
  absl::Time last_wall = {};              // the greatest wall time of an entry
  std::vector<KnownServer> servers = {};  // in order of their numbers
  // Without broadcasts. Members with sessions are away if their host is not among the servers.
  PastRoom room = {};

  friend bool operator==(const Snapshot&, const Snapshot&) = default;
};

std::string EncodeSnapshot(const Snapshot& snapshot);
// Errors: Unimplemented (another version), DataLoss.
absl::StatusOr<Snapshot> DecodeSnapshot(std::string_view payload);

}  // namespace chathttp::redis

#endif  // CHATHTTP_ADAPTERS_REDIS_SNAPSHOT_H_

// The entries of the log of a room in Redis, as bytes.
//
//   const absl::StatusOr<Entry> entry = DecodeEntry(payload);
//   if (absl::IsUnimplemented(entry.status())) ...     // written by a newer program
//
// The first byte is the version of the format. A server that cannot read an entry must not go on, since
// its room would differ from those of the others. Pure functions.
#ifndef CHATHTTP_ADAPTERS_REDIS_ENTRY_H_
#define CHATHTTP_ADAPTERS_REDIS_ENTRY_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "chathttp/adapters/redis/stream_reply.h"
#include "chathttp/transport/ports/ordered_log.h"

namespace chathttp::redis {

inline constexpr std::uint8_t kEntryVersion = 1;

// Commands in one entry; further ones make it unreadable.
inline constexpr std::size_t kMaxBatchCommands = 64;

// A command in a batch.
struct BatchCommand {
  enum class Kind : std::uint8_t {
    kLogin = 1,   // number, text: the name
    kSay = 2,     // number, text
    kLogout = 3,  // number
    kTick = 4,    // a sign of life
    kGone = 5,    // gone, heard
  };
  Kind kind = Kind::kTick;
  absl::Duration delay = absl::ZeroDuration();  // after the wall time of its batch; may be negative
  std::uint64_t number = 0;                     // of the member at its server
  std::string_view text = {};
  ServerNumber gone{0};  // that is gone. Of another server: only if its last entry is at `heard`
  Position heard = {};
};

struct Entry {
  enum class Kind : std::uint8_t {
    kCreate = 1,    // the first entry of a room
    kServerUp = 2,  // a server joins: its number is one more than that of the last one
    kBatch = 3,     // commands of a server
    kRestart = 4,   // the first entry of a further epoch: the room is empty, without servers
  };
  Kind kind = Kind::kBatch;
  absl::Time wall = {};     // of its writer
  Position known = {};      // the last entry that the writer of a kServerUp or kBatch had read
  std::uint64_t hash = 0;   // of all entries up to there
  std::uint64_t nonce = 0;  // of kServerUp: another one for each time that a server joins
  // Of kServerUp: the limits of the room. All servers must have the same ones.
  std::uint64_t max_members = 0;
  std::uint64_t max_text_bytes = 0;
  std::string_view text = {};  // of kServerUp: the name of the server; of kRestart: why
  ServerNumber server{0};      // of kBatch, as what follows
  std::uint64_t n = 0;         // counts the batches of a server from 1
  std::vector<BatchCommand> commands = {};
};

// The views of the entry are of `payload`. Errors: Unimplemented (another version), DataLoss.
absl::StatusOr<Entry> DecodeEntry(std::string_view payload);

// `entry` with its commands.
std::string EncodeEntry(const Entry& entry);

// The same in parts, for a batch whose commands come one by one: the head of a batch of `count`
// commands (`entry.commands` is not used), and each command.
std::string EncodeBatchHead(const Entry& entry, std::size_t count);
void AppendBatchCommand(const BatchCommand& command, std::string& out);

}  // namespace chathttp::redis

#endif  // CHATHTTP_ADAPTERS_REDIS_ENTRY_H_

// The entries of the log of a room in Redis, as bytes.
//
//   const absl::StatusOr<Entry> entry = DecodeEntry(payload);
//   if (absl::IsUnimplemented(entry.status())) ...     // written by a newer program
//
// The first byte is the version of the format. Version 1 had no sessions. A server that cannot read an entry must not go on, since
// its room would differ from those of the others. Pure functions.
#ifndef CHATHTTP_ADAPTERS_REDIS_ENTRY_H_
#define CHATHTTP_ADAPTERS_REDIS_ENTRY_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "chathttp/adapters/redis/stream_reply.h"
#include "chathttp/transport/codec/session_login.h"
#include "chathttp/transport/ports/ordered_log.h"

namespace chathttp::redis {

inline constexpr std::uint8_t kEntryVersion = 2;

// Commands in one entry; further ones make it unreadable.
inline constexpr std::size_t kMaxBatchCommands = 64;

// Most bytes of a command besides its text.
inline constexpr std::size_t kMaxCommandBytes = 112;

// Numbers of servers are below.
inline constexpr std::uint64_t kServerEnd = std::uint64_t{1} << 24;

// Epochs of the positions that members know (docs/protocol.md, "Coming back") are below. To tell them
// from the epochs of the log, such an epoch is called a numbering here.
inline constexpr std::uint64_t kNumberingEnd = std::uint64_t{1} << 62;

// A command in a batch.
struct BatchCommand {
  enum class Kind : std::uint8_t {
    kLogin = 1,   // member, text: the name, session
    kSay = 2,     // member, returns, text
    kLogout = 3,  // member, returns
    kTick = 4,    // a sign of life
    kGone = 5,    // gone, heard
  };
  Kind kind = Kind::kTick;
  absl::Duration delay = absl::ZeroDuration();  // after the wall time of its batch; may be negative
  // Of the server that appends a kLogin; of any server else, since members return to others.
  MemberId member{0};
  std::uint32_t returns = 0;  // as Command::returns
  std::string_view text = {};
  std::optional<SessionLogin> session = std::nullopt;
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
  absl::Time wall = {};         // of its writer
  std::uint64_t numbering = 0;  // of kCreate and kRestart: that begins with it, at least 1
  Position known = {};          // the last entry that the writer of a kServerUp or kBatch had read
  std::uint64_t hash = 0;       // of all entries up to there
  std::uint64_t nonce = 0;      // of kServerUp: another one for each time that a server joins
  // Of kServerUp: the limits of the room. All servers must have the same ones.
  std::uint64_t max_members = 0;
  std::uint64_t max_text_bytes = 0;
  std::string_view text = {};  // of kServerUp: the name of the server; of kRestart: why
  ServerNumber server{0};      // of kBatch, as what follows
  std::uint64_t n = 0;         // counts the batches of a server from 1
  std::vector<BatchCommand> commands = {};
};

// Whether the entry is the first one of an epoch of the log.
inline bool BeginsEpoch(const Entry& entry) {
  return entry.kind == Entry::Kind::kCreate || entry.kind == Entry::Kind::kRestart;
}

// Unimplemented: an entry or a snapshot of another version than this program's `own`.
absl::Status OtherVersion(int version, int own);

// The message of an error of DecodeEntry or DecodeSnapshot, and what an operator can do.
std::string WithAdvice(const absl::Status& status);

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

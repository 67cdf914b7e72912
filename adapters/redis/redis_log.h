// The ordered log of a room whose servers run on several machines, in a stream of a Redis server.
//
//   redis::RedisLog log(network, loop, {.room = *redis::ParseRoomUrl("redis://10.0.0.7/lobby"),
//                                       .password = secret, .server_name = "chat-1", .random = dice});
//   ChatServer server(network, loop, options, log);
//   log.SetRoom(server.room(), [&] { return server.past(); });
//   log.OnReady([&] { if (server.endpoints().empty()) Complain(server.Listen(endpoint)); });
//   log.OnFailure([&](const redis::RedisLog::Failure& failure) { Report(failure); server.Stop(...); });
//   ... run the loop ...
//   server.Stop([&] { loop.Stop(); });            // appends the end of this server
//
// The stream {ROOM}:log has the commands of all servers; {ROOM}:snap has the members of the room, with
// their sessions, at two places of it, so that a server that joins need not read the whole log. One server starts with
// `create`, once in the life of a room. Redis 7.0 or later, or Valkey, with "appendonly yes" and
// "appendfsync always": what Redis forgets, the room forgets.
//
// - Before `ready`, Next gives what the log has: a kPast if it begins at a snapshot, and the commands since.
// - The first entry of a room has the first epoch of its positions, and a kRestart the next one: the wall
//   clock in milliseconds, but greater than any that its writer knows. A server that comes up where none
//   seems to be up begins one, too, with a kEpoch, since nobody knows whether Redis has lost entries.
// - A command is done when it is read back, so Append returns kLater. At most 32 batches are on the
//   way; MayAppend is false until there are fewer.
// - Each server appends a sign of life every second. A server that has read six of its own without an
//   entry of another server appends the kServerGone of that one. A server that reads its own gets a
//   new number, as after a kRestart; `self` is 0 and MayAppend false until then.
// - While Redis cannot be reached, requests wait. After 5 s without the own sign of life, MayAppend is
//   false, and the log closes both connections and connects again, after growing waits.
// - If Redis has lost entries, or has others than before, the servers agree on a kRestart.
// - Failures that only an operator can remove are reported once; then the log does nothing more.
//
// All servers of a room need the same RoomLimits, with texts of at most kMaxTextBytes. A server that
// hears an earlier one with other limits fails. `network` and `scheduler` outlive the log, and the log
// outlives the server. Not thread-safe.
#ifndef CHATHTTP_ADAPTERS_REDIS_REDIS_LOG_H_
#define CHATHTTP_ADAPTERS_REDIS_REDIS_LOG_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"
#include "chathttp/adapters/redis/room_url.h"
#include "chathttp/domain/chat_room.h"
#include "chathttp/transport/client/backoff.h"
#include "chathttp/transport/journal/past_room.h"
#include "chathttp/transport/ports/network.h"
#include "chathttp/transport/ports/ordered_log.h"
#include "chathttp/transport/ports/scheduler.h"

namespace chathttp::redis {

class RedisLog final : public OrderedLog {
 public:
  static constexpr std::size_t kMaxTextBytes = std::size_t{64} << 10;

  struct Options {
    RoomUrl room = {};
    std::string password = {};     // empty: no AUTH
    std::string server_name = {};  // for operators; at most 64 bytes are kept
    bool create = false;           // makes the log of the room if there is none
    // Uniformly distributed 64-bit values; must not be empty (asserted). Two servers must not draw
    // the same ones.
    Backoff::Random random = {};
    // Entries between two snapshots, at least 1 (asserted). Twice as many stay in the stream.
    std::uint64_t snapshot_every = 10'000;
    // Bytes of commands that Next has not given, before no more are read from Redis.
    std::size_t unread_bytes = std::size_t{8} << 20;
  };

  // Why the log cannot go on; `message` says what to do next.
  struct Failure {
    enum class Kind : std::uint8_t {
      kConfiguration,  // Redis refuses the password, the key or the command
      kRoomGone,       // there is no log
      kEntry,          // an entry that this program cannot read
    };
    Kind kind;
    std::string message;
  };

  struct Figures {
    bool reachable = false;  // connected, and not overdue
    bool ready = false;
    absl::Duration lag = absl::ZeroDuration();         // age of the first own command on the way
    absl::Duration round_trip = absl::ZeroDuration();  // of the last own sign of life
    std::size_t window = 0;                            // own batches on the way
    std::size_t unread_bytes = 0;                      // read from Redis, not taken by Next
    std::uint64_t resends = 0;                         // batches that were sent again
    std::uint64_t connects = 0;                        // attempts to connect
    std::uint64_t restarts = 0;                        // of the room, since this server started
    std::uint64_t snapshots = 0;                       // that this server made
    std::uint64_t epoch = 0;                           // the place of the last entry read
    std::uint64_t index = 0;
  };

  struct Server {
    ServerNumber number;
    std::string name;  // as its own options say; escape it before showing
    bool self;
    absl::Time last_heard;  // on the wall clock of this server
  };

  RedisLog(Network& network, Scheduler& scheduler, const Options& options);
  ~RedisLog() override;

  // The room that the commands of Next are applied to, and a function that gives all of it, sessions
  // included, for snapshots; without it there are none. Both are used inside of Next only. A room that
  // takes texts of more than kMaxTextBytes is a failure.
  void SetRoom(const ChatRoom& room, absl::AnyInvocable<PastRoom()> past);

  // Calls `ready` each time that this server has got a number; serve from then on.
  void OnReady(Scheduler::Task ready);
  // Calls `failed` at most once. It may destroy the log.
  void OnFailure(absl::AnyInvocable<void(const Failure&)> failed);
  // Calls `note` with a line for the log of the operator, for example when the connection is lost.
  void OnNote(absl::AnyInvocable<void(std::string_view)> note);

  bool ready() const;
  Figures figures() const;
  // The servers of the room, in order of their numbers.
  std::vector<Server> servers() const;

  // OrderedLog. Append drops commands of an earlier number of this server.
  ServerNumber self() const override;
  std::uint64_t epoch() const override;
  bool MayAppend() const override;
  Order Append(const Command& command) override;
  bool Next(Command& command) override;
  void Observe(Scheduler::Task ready) override;

 private:
  class Impl;
  const std::unique_ptr<Impl> impl_;
};

}  // namespace chathttp::redis

#endif  // CHATHTTP_ADAPTERS_REDIS_REDIS_LOG_H_

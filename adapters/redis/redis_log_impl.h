// The parts of RedisLog: redis_log.cc has the port and the turns, redis_log_connect.cc the connections
// and how a server finds its place in the log, redis_log_entries.cc the effects of entries.
//
// The log is ahead of its server: entries take their effect on replica_ and writer_ when they are read,
// and on the server when it takes their commands from queue_. So a server that is slow for a while
// still shows signs of life, and self_ is the number that the server has seen.
#ifndef CHATHTTP_ADAPTERS_REDIS_REDIS_LOG_IMPL_H_
#define CHATHTTP_ADAPTERS_REDIS_REDIS_LOG_IMPL_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "chathttp/adapters/redis/batch_writer.h"
#include "chathttp/adapters/redis/command_queue.h"
#include "chathttp/adapters/redis/liveness.h"
#include "chathttp/adapters/redis/redis_connection.h"
#include "chathttp/adapters/redis/redis_log.h"
#include "chathttp/adapters/redis/replica.h"
#include "chathttp/transport/ports/repeating_timer.h"
#include "chathttp/transport/ports/turn.h"

namespace chathttp::redis {

class RedisLog::Impl final : private EntryEffects {
 public:
  Impl(Network& network, Scheduler& scheduler, const Options& options);
  ~Impl();

  // The methods of RedisLog.
  void SetRoom(const ChatRoom& room, absl::AnyInvocable<PastRoom()> past);
  void OnReady(Scheduler::Task ready) { on_ready_ = std::move(ready); }
  void OnFailure(absl::AnyInvocable<void(const Failure&)> failed) {
    on_failure_ = std::move(failed);
  }
  void OnNote(absl::AnyInvocable<void(std::string_view)> note) { on_note_ = std::move(note); }
  bool ready() const { return is_up_ && self_ == writer_.server() && !failure_; }
  Figures figures() const;
  std::vector<Server> servers() const;
  ServerNumber self() const { return self_; }
  std::uint64_t epoch() const { return queue_.epoch(); }
  bool MayAppend() const;
  Order Append(const Command& command);
  bool Next(Command& command);
  void Observe(Scheduler::Task ready) { on_change_ = std::move(ready); }

 private:
  // Turns and timers.

  void RunTurn();
  void RunTimer();
  // Whether the own sign of life is overdue, connections or not.
  bool IsSilent() const;
  // Something of this server is on the way, so that an answer must come.
  bool IsWaiting() const;
  void MakeProgress() { progress_at_ = scheduler_.Now(); }
  void Note(std::string_view line) {
    if (on_note_) on_note_(line);
  }

  // Connections.

  void Connect();
  void Lost(const absl::Status& reason);
  // Closes both connections, and connects again after a while.
  void Drop(std::string_view reason);
  void Fail(Failure::Kind kind, std::string message);
  void FailRoomGone();
  // Handles an error or a reply of another form than `command` has.
  void OnWrongReply(const RespValue& reply, std::string_view command);
  bool connected() const { return reader_ != nullptr && !reader_->closed(); }

  // The way into the log.

  void FindPlace();
  void OnTop(RespValue& reply);
  void OnLast(RespValue& reply, const Position& position);
  void OnNewestSnapshot(RespValue& reply);
  void GoOnFrom(const Position& position, std::string_view payload);
  bool MayRead() const;
  void Read();
  void OnRead(RespValue& reply);
  void Join();
  void StartRestart(std::string why, std::uint64_t seen_epoch = 0);
  void SendRestart();
  // An epoch of positions that this server knows to be unused.
  std::uint64_t NextNumbering() const;
  void SendBatches();
  void OnAppended(RespValue& reply, const Position& known);
  std::string NextId() const;
  bool has_caught_up() const { return top_ && replica_.position() >= *top_; }

  // Entries.

  // False if the entries behind this one must not be taken.
  bool Take(const StreamEntry& entry);
  void OnRestart(const Entry& entry) override;
  void OnNumbering() override;
  void OnServerUp(ServerNumber number, std::uint64_t nonce) override;
  void OnBatch(ServerNumber server, std::uint64_t n) override;
  void CheckLimits(ServerNumber earlier);
  void OnDroppedBatch(ServerNumber server, std::uint64_t n) override;
  void OnTick(ServerNumber server) override;
  void OnCommand(const Command& command) override;
  void Push(const Command& command);
  // This server has no number any more; it joins again unless it leaves.
  void LoseNumber();

  // Snapshots.

  void MaySnapshot();
  void OnSnapshotTaken(RespValue& reply, const Position& position);
  void OnOlderSnapshot(RespValue& reply);

  Network& network_;
  Scheduler& scheduler_;
  const Options options_;
  const std::string log_key_;
  const std::string snapshot_key_;
  const ChatRoom* room_ = nullptr;
  absl::AnyInvocable<PastRoom()> past_;
  Scheduler::Task on_ready_;
  Scheduler::Task on_change_;
  absl::AnyInvocable<void(const Failure&)> on_failure_;
  absl::AnyInvocable<void(std::string_view)> on_note_;

  // What this server has read.
  Replica replica_;
  Liveness liveness_;
  BatchWriter writer_;  // its server is 0 while this one has no number
  CommandQueue queue_;
  bool has_place_ = false;                // replica_ is somewhere in the log
  bool was_fed_ = false;                  // queue_ has had more than the first epoch
  std::uint64_t nonce_ = 0;               // of the kServerUp on the way
  bool leaves_ = false;                   // this server has appended its own end
  std::uint64_t since_snapshot_ = 0;      // entries
  std::optional<Position> missing_from_;  // the last entry before a gap
  std::uint64_t gap_epoch_ = 0;           // of the entry behind the gap
  std::uint64_t restart_epoch_ = 0;       // not 0: entries of earlier epochs have no effect
  std::string restart_reason_;

  // What its server has taken.
  ServerNumber self_{0};
  bool is_up_ = false;                // self_ is a number that the server has seen
  bool loses_self_ = false;           // the last command that was taken ended self_
  bool is_idle_ = true;               // Next has returned false
  mutable bool was_refused_ = false;  // MayAppend has returned false
  bool is_new_ready_ = false;

  // Of the two connections; they are made and closed together.
  std::unique_ptr<RedisConnection> reader_;
  std::unique_ptr<RedisConnection> appender_;
  std::optional<Position> top_;  // the last entry when the connections were made
  Position read_from_;           // the last entry that was seen
  bool is_reading_ = false;      // an XREAD is on the way
  bool has_sent_up_ = false;
  bool has_created_ = false;
  bool is_snapshot_on_way_ = false;
  std::string refusal_;  // why Redis may have taken no entry of this server
  absl::Time progress_at_;
  TimerId reconnect_ = kNoTimer;
  Backoff backoff_;

  absl::Time tick_at_ = absl::InfiniteFuture();  // when the sign of life on the way was appended
  absl::Time next_tick_at_;
  absl::Duration round_trip_ = absl::ZeroDuration();
  std::uint64_t connects_ = 0;
  std::uint64_t restarts_ = 0;
  std::uint64_t snapshots_ = 0;
  std::optional<Failure> failure_;
  bool told_failure_ = false;
  Turn turn_;
  std::optional<RepeatingTimer> timer_;
};

}  // namespace chathttp::redis

#endif  // CHATHTTP_ADAPTERS_REDIS_REDIS_LOG_IMPL_H_

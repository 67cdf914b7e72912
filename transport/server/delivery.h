// The output side of a chat server: one log of broadcasts, one outbox per connection, and at the
// end of each turn one gather write for each unblocked connection with pending output.
//
// Broadcast is O(bytes), independent of the number of members. Flush does one write per unblocked
// member; blocked connections cost nothing until their streams are writable. Not thread-safe.
#ifndef CHATHTTP_TRANSPORT_SERVER_DELIVERY_H_
#define CHATHTTP_TRANSPORT_SERVER_DELIVERY_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "chathttp/domain/chat_room.h"
#include "chathttp/transport/codec/message.h"
#include "chathttp/transport/codec/response_encoder.h"
#include "chathttp/transport/journal/past_room.h"
#include "chathttp/transport/ports/scheduler.h"
#include "chathttp/transport/server/broadcast_index.h"
#include "chathttp/transport/server/connection.h"
#include "chathttp/transport/server/fanout_log.h"
#include "chathttp/transport/server/server_options.h"

namespace chathttp {

class Delivery {
 public:
  // Both arguments must outlive the object.
  Delivery(Scheduler& scheduler, const ServerOptions& options);

  // Appends a broadcast to the log, for all current followers. Its Datetime is `wall`. O(bytes).
  void Broadcast(const chathttp::Broadcast& broadcast, absl::Time wall);

  // Queues a reply for one connection.
  void Reply(Connection& connection, StatusCode code, std::string_view entity,
             std::string_view header_line = {});
  // Queues the list of members, which is encoded once per membership_version.
  void ReplyList(Connection& connection, const ChatRoom& room);

  // Encodes a response, for a peer without a Connection.
  std::string Encode(StatusCode code, std::string_view entity);

  // Broadcasts so far, those of earlier servers of the room included; see Renumber.
  std::uint64_t count() const { return index_.count(); }

  // Whether all broadcasts after the first `count` can be sent again: they are in the log, and take
  // not more than half of it. Requires count <= count().
  bool MayReplay(std::uint64_t count) const;
  // The smallest count for which MayReplay is true, at least `least`. O(log n).
  std::uint64_t OldestReplay(std::uint64_t least) const;

  // Replies to a login: `header_line` may be several lines. Then sends the broadcasts from behind
  // number `count` on, without number `unheard` if it is among those. Requires MayReplay(count).
  void Welcome(Connection& connection, std::string_view header_line, std::uint64_t count,
               std::uint64_t unheard);

  // Stops sending broadcasts to a connection, after its queued output.
  void Unfollow(Connection& connection);

  // From now on, sends only the first `count` broadcasts, and replies that stand before further ones.
  // They must be in the log.
  void LimitTo(std::uint64_t count);

  // Takes the broadcasts of an earlier server of the room, before the first one of this.
  void Restore(const PastRoom& past);

  // From here on, `count` has this value, and what was broadcast before cannot be sent again.
  void Renumber(std::uint64_t count) { index_.Renumber(count); }

  // Adds a connection to the next Flush, unless it is blocked.
  void Queue(Connection& connection);

  // False while an unblocked member, or the limit of LimitTo, has half of the log unsent, and so could lose bytes: call Flush
  // before the next Broadcast.
  bool MayBroadcast() const {
    return log_.end() - std::min(slowest_unblocked_, sendable_end()) <= log_.capacity_bytes() / 2;
  }

  // Whether MayBroadcast is false because of LimitTo: only LimitTo changes that, so the server need not
  // run a turn before.
  bool held() const { return log_.end() - sendable_end() > log_.capacity_bytes() / 2; }
  // The same of MayServe: lists that were asked for wait behind broadcasts that wait.
  bool serving_held() const { return held() || (too_many_lists() && limited()); }

  // False if MayBroadcast() is false, braked(), list_bytes of old lists are unsent, or
  // turn_broadcast_bytes were broadcast since the last Flush: call Flush before serving requests.
  bool MayServe() const {
    return MayBroadcast() && !too_many_lists() && (!has_brake_ || (!braked_ && !turn_is_full()));
  }

  // Whether more than half of the members were blocked in the last Flush (see
  // ServerOptions::brake_limit). This changes only by Unblock, StopBraking or the end of a
  // connection, so the server need not run a turn before.
  bool braked() const { return has_brake_ && braked_; }

  // The options have changed, those of the log excepted.
  void Reconfigure() {
    encoder_ = ResponseEncoder(options_.developer, options_.server, options_.time_zone);
  }

  // From now on MayServe ignores the brake and turn_broadcast_bytes.
  void DisableBrake() { has_brake_ = false; }

  // Removes a connection from the brake's count if its brakes_until has passed.
  void StopBraking(Connection& connection);

  // Writes to a blocked connection once, when its stall limit has passed: a stream need not notify
  // before much of its send buffer is free (Linux: a third). Returns true if the stream took bytes
  // or broke; then the next Flush continues.
  bool Retry(Connection& connection);

  // Call it when the stream of a connection is writable again. No effect if it is not blocked.
  void Unblock(Connection& connection);

  // Drops the pending output of a connection; afterwards it may be destroyed.
  void Forget(Connection& connection);

  // The connections on which the server must act after a Flush.
  struct Flushed {
    std::vector<Connection*> slow;      // lost bytes of the log, or hold old lists over list_bytes
    std::vector<Connection*> broken;    // the stream is broken
    std::vector<Connection*> sent_all;  // in kLastWords, and all output was sent
    std::vector<Connection*> blocked;   // newly blocked; they have a deadline accepts_by
  };
  // Finds the slow consumers, then writes once to each unblocked connection with pending output. A
  // returned pointer is valid until its connection is destroyed.
  Flushed Flush();

  // Whether Flush must run again in the next turn: unblocked connections have pending output, or
  // old lists exceed list_bytes and wait for nothing else.
  bool unfinished() const { return behind_ || !queue_.empty() || (too_many_lists() && !limited()); }

  // Bytes in the filled part of the log and in lists.
  std::size_t held_bytes() const;

  // Of the list that ReplyList sent last.
  std::size_t list_entity_bytes() const { return list_ == nullptr ? 0 : list_->size(); }

  // The number of blocked connections, and the bytes in the filled part of the log.
  std::size_t blocked() const { return blocked_.size(); }
  std::size_t log_bytes() const { return log_.end() - log_.begin(); }

  const Tally<Broadcast::Kind>& broadcasts() const { return broadcasts_; }
  // See ServerStats::fanout.
  const DurationHistogram& fanout() const { return fanout_; }
  std::uint64_t replies() const { return replies_; }
  std::uint64_t bytes_out() const { return bytes_out_; }

 private:
  using BlockedKey = std::pair<std::uint64_t, ConnectionId>;  // oldest byte needed

  void AppendBroadcast(const chathttp::Broadcast& broadcast, absl::Time wall);
  void Append(absl::Time wall, std::initializer_list<std::string_view> entity);
  // How much of the log may be sent.
  std::uint64_t sendable_end() const {
    const std::uint64_t count = std::clamp(limit_, index_.first(), index_.count());
    return index_.OffsetAfter(count, log_.end());
  }
  void FindSlow(Flushed& flushed);
  // After a Flush: how long its broadcasts took.
  void MeasureFanout();

  void PrefetchFollowers(std::size_t i) const;

  // Writes once to an unblocked connection, if it has pending output.
  void Write(Connection& connection, Flushed& flushed);
  // Gathers pending output in batch_, writes it, and advances the outbox by the bytes taken.
  IoResult WriteOnce(Connection& connection);
  // Schedules the rest of the output for the next Flush, after a write that took the whole batch.
  void ContinueLater(Connection& connection);

  void Block(Connection& connection);
  BlockedKey KeyOf(const Connection& connection) const {
    return {connection.outbox.oldest_needed(), connection.id};
  }
  // The oldest byte of the log that the connection needs; the end of the log if it needs none.
  std::uint64_t Needed(const Connection& connection) const {
    return std::min(connection.outbox.oldest_needed(), log_.end());
  }
  bool IsFarBehind(std::uint64_t needed) const {
    return log_.end() - needed > log_.capacity_bytes() / 2;
  }
  void AddFollower(Connection& connection);
  void DropFollower(Connection& connection);
  // A quarter of the bytes while a member is blocked: more would only wait in the log.
  bool turn_is_full() const {
    const std::size_t most = options_.turn_broadcast_bytes / (braking_ > 0 ? 4 : 1);
    return log_.end() - flushed_until_ >= most;
  }
  void DropBraking(Connection& connection);
  bool limited() const { return sendable_end() != log_.end(); }  // by LimitTo
  // Only lists of earlier membership versions count; the current list exists once.
  bool too_many_lists() const { return list_bytes_ - current_list_bytes_ > options_.list_bytes; }

  Scheduler& scheduler_;
  const ServerOptions& options_;
  FanoutLog log_;
  BroadcastIndex index_;
  ResponseEncoder encoder_;
  WriteBatch batch_;
  std::vector<Connection*> followers_;  // following and not blocked, in any order
  std::vector<Connection*> queue_;      // with replies queued since the last Flush
  std::vector<Connection*> limited_;    // `queued`, but what they have to send waits for the limit
  std::vector<Connection*> flushing_;   // used in Flush, kept for its capacity
  absl::btree_map<BlockedKey, Connection*> blocked_;
  std::size_t braking_ = 0;  // the number of connections whose `brakes` is set
  bool braked_ = false;      // as of the last Flush
  bool has_brake_ = true;
  std::uint64_t slowest_unblocked_;  // as of the last Flush; a log offset
  std::uint64_t flushed_until_;      // the end of the log at the last Flush
  std::uint64_t sent_until_;         // sendable_end() at the last Flush
  std::uint64_t limit_ = std::numeric_limits<std::uint64_t>::max();  // see LimitTo
  std::uint64_t list_version_ = 0;
  std::size_t list_bytes_ = 0;               // of all lists in list_ and in outboxes
  std::size_t current_list_bytes_ = 0;       // of list_
  std::shared_ptr<const std::string> list_;  // of list_version_
  bool behind_ = false;  // in the last Flush an unblocked follower was not sent everything
  Tally<Broadcast::Kind> broadcasts_;
  std::uint64_t broadcasts_now_ = 0;  // since the last Flush
  absl::Time first_append_;           // of these
  DurationHistogram fanout_;
  std::uint64_t replies_ = 0;
  std::uint64_t bytes_out_ = 0;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_SERVER_DELIVERY_H_

// The outgoing half of a chat server: one log of broadcasts, one outbox a connection, and at the
// end of each turn one gather write for each connection that is behind and not blocked.
//
// Cost: Broadcast O(bytes) whatever the number of members; Flush one write a member. A blocked
// connection costs nothing until its stream tells that it is writable. One thread.
#ifndef CHATHTTP_TRANSPORT_SERVER_DELIVERY_H_
#define CHATHTTP_TRANSPORT_SERVER_DELIVERY_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "domain/chat_room.h"
#include "transport/codec/message.h"
#include "transport/codec/response_encoder.h"
#include "transport/ports/scheduler.h"
#include "transport/server/connection.h"
#include "transport/server/fanout_log.h"
#include "transport/server/server_options.h"

namespace chathttp {

class Delivery {
 public:
  // Both outlive the object.
  Delivery(Scheduler& scheduler, const ServerOptions& options);

  // Tells every follower, those that have begun to follow before this call.
  void Broadcast(const chathttp::Broadcast& broadcast);

  // Queues a reply for one connection.
  void Reply(Connection& connection, StatusCode code, std::string_view entity);
  // Queues the list of members, encoded once for each state of the room.
  void ReplyList(Connection& connection, const ChatRoom& room);

  // A response as bytes, for a peer that is no connection.
  std::string Encode(StatusCode code, std::string_view entity);

  // Begins or ends, behind what is queued so far, to send broadcasts to a connection.
  void Follow(Connection& connection);
  void Unfollow(Connection& connection);

  // Has the next Flush look at a connection, if it is not blocked.
  void Queue(Connection& connection);

  // False while so much is unsent that a healthy member could be lapped: flush before more is
  // broadcast.
  bool MayBroadcast() const { return log_.end() - slowest_unblocked_ <= log_.capacity_bytes() / 2; }

  // False also while more old lists wait to be sent than are allowed, or so much was broadcast
  // since the last Flush: flush before more is served. False while braked().
  bool MayServe() const {
    return MayBroadcast() && !too_many_lists() && (!has_brake_ || (!braked_ && !turn_is_full()));
  }

  // In the last Flush more than half of the members were blocked (see ServerOptions::brake_limit).
  // Only an Unblock, the end of a connection or time changes that: sleep until then.
  bool braked() const { return has_brake_ && braked_; }

  // From now on neither the brake nor the bytes of a turn keep a request from being served.
  void DisableBrake() { has_brake_ = false; }

  // Time has passed: from its brakes_until on, the brake does not count a connection.
  void StopBraking(Connection& connection);

  // Writes to a blocked connection once more, before the stall limit strikes: a stream need not
  // tell of room before much of its buffer is free (Linux: a third). True if it took bytes or
  // broke; the next Flush goes on from there.
  bool Retry(Connection& connection);

  // The stream can take bytes again.
  void Unblock(Connection& connection);

  // Sends nothing more to a connection, whose outbox is emptied; it may be destroyed.
  void Forget(Connection& connection);

  // What a Flush found out; the server acts on it.
  struct Flushed {
    std::vector<Connection*> slow;      // lost bytes of the log, or hold up too many lists
    std::vector<Connection*> broken;    // their stream is gone
    std::vector<Connection*> sent_all;  // in kLastWords, and nothing waits for them any more
    std::vector<Connection*> blocked;   // take no more now; have a deadline accepts_by
  };
  // Finds the slow consumers, then writes once to each connection that is behind and not blocked.
  // The pointers are valid until one is forgotten.
  Flushed Flush();

  // Bytes wait for connections that are not blocked, or blocked ones are in the way: Flush again in
  // the next turn.
  bool unfinished() const { return behind_ || !queue_.empty() || too_many_lists(); }

  // Bytes of the log, as far as it was ever filled, and of lists that somebody holds.
  std::size_t held_bytes() const;

  std::uint64_t broadcasts() const { return broadcasts_; }
  std::uint64_t replies() const { return replies_; }
  std::uint64_t bytes_out() const { return bytes_out_; }

 private:
  using BlockedKey = std::pair<std::uint64_t, ConnectionId>;  // oldest byte needed, who

  void Append(std::initializer_list<std::string_view> entity);
  void FindSlow(Flushed& flushed);

  void PrefetchFollowers(std::size_t i) const;

  // One write of a connection that is not blocked, if anything is pending.
  void Write(Connection& connection, Flushed& flushed);
  // One write of what is pending, gathered in batch_; the outbox goes on behind what was taken.
  IoResult WriteOnce(Connection& connection);
  // A write took all that it was offered, and there is more.
  void ContinueLater(Connection& connection);

  void Block(Connection& connection);
  BlockedKey KeyOf(const Connection& connection) const {
    return {connection.outbox.oldest_needed(), connection.id};
  }
  // The oldest byte of the log that the connection needs, its end if it needs none.
  std::uint64_t Needed(const Connection& connection) const {
    return std::min(connection.outbox.oldest_needed(), log_.end());
  }
  bool IsFarBehind(std::uint64_t needed) const {
    return log_.end() - needed > log_.capacity_bytes() / 2;
  }
  void AddFollower(Connection& connection);
  void DropFollower(Connection& connection);
  bool turn_is_full() const { return log_.end() - flushed_until_ >= options_.turn_broadcast_bytes; }
  void DropBraking(Connection& connection);
  // The current list is one for all; those of earlier states of the room are what could add up.
  bool too_many_lists() const { return list_bytes_ - current_list_bytes_ > options_.list_bytes; }

  Scheduler& scheduler_;
  const ServerOptions& options_;
  FanoutLog log_;
  ResponseEncoder encoder_;
  WriteBatch batch_;
  std::vector<Connection*> followers_;  // following and not blocked, in no order that matters
  std::vector<Connection*> queue_;      // with replies queued since the last Flush
  std::vector<Connection*> flushing_;   // of Flush, kept for its capacity
  absl::btree_map<BlockedKey, Connection*> blocked_;
  std::size_t braking_ = 0;  // of the blocked ones, those that the brake counts
  bool braked_ = false;      // as of the last Flush
  bool has_brake_ = true;
  std::uint64_t slowest_unblocked_ = 0;  // as of the last Flush: none needs a byte before this
  std::uint64_t flushed_until_ = 0;      // the end of the log at the last Flush
  std::uint64_t list_version_ = 0;
  std::size_t list_bytes_ = 0;               // of all lists that list_ or some outbox holds
  std::size_t current_list_bytes_ = 0;       // of list_
  std::shared_ptr<const std::string> list_;  // of list_version_
  bool behind_ = false;  // some follower was not sent all in the last Flush, but is not blocked
  std::uint64_t broadcasts_ = 0;
  std::uint64_t replies_ = 0;
  std::uint64_t bytes_out_ = 0;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_SERVER_DELIVERY_H_

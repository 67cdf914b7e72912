#include "transport/delivery.h"

#include <algorithm>
#include <utility>

#include "transport/entity.h"
#include "transport/mark.h"
#include "transport/room_service.h"

namespace chathttp {
namespace {

// A list that counts as long as somebody holds it; `bytes` outlives all of them.
struct CountedList {
  CountedList(std::string text, std::size_t& bytes) : entity(std::move(text)), total(bytes) {
    total += size();
  }
  CountedList(const CountedList&) = delete;
  CountedList& operator=(const CountedList&) = delete;
  ~CountedList() { total -= size(); }

  std::size_t size() const { return sizeof(*this) + entity.capacity(); }

  const std::string entity;
  std::size_t& total;
};

}  // namespace

Delivery::Delivery(Scheduler& scheduler, const ServerOptions& options)
    : scheduler_(scheduler),
      options_(options),
      log_(options.backlog_bytes),
      encoder_(options.developer, options.server, options.time_zone) {}

void Delivery::Broadcast(const chathttp::Broadcast& broadcast) {
  switch (broadcast.kind) {
    case Broadcast::Kind::kEntered:
      return Append({broadcast.name, kEnteredEnding});
    case Broadcast::Kind::kSaid:
      return Append({kSaidOpening, broadcast.name, kSaidMiddle, broadcast.text, "\n"});
    case Broadcast::Kind::kLeft:
      return Append({broadcast.name, kLeftEnding});
  }
}

void Delivery::Append(std::initializer_list<std::string_view> entity) {
  std::size_t bytes = 0;
  for (const std::string_view piece : entity) bytes += piece.size();
  log_.Append({encoder_.Head(StatusCode::kOk, bytes, scheduler_.WallNow())});
  log_.Append(entity);
  ++broadcasts_;
}

std::string Delivery::Encode(StatusCode code, std::string_view entity) {
  std::string bytes;
  encoder_.Append(code, entity, scheduler_.WallNow(), bytes);
  return bytes;
}

void Delivery::Reply(Connection& connection, StatusCode code, std::string_view entity) {
  connection.outbox.Reply(log_.end(), Encode(code, entity));
  ++replies_;
  Queue(connection);
}

void Delivery::ReplyList(Connection& connection, const ChatRoom& room) {
  if (list_ == nullptr || list_version_ != room.membership_version()) {
    const auto counted = std::make_shared<const CountedList>(ListEntity(room), list_bytes_);
    list_ = std::shared_ptr<const std::string>(counted, &counted->entity);
    current_list_bytes_ = counted->size();
    list_version_ = room.membership_version();
  }
  const std::string_view head = encoder_.Head(StatusCode::kOk, list_->size(), scheduler_.WallNow());
  connection.outbox.Reply(log_.end(), std::string(head), list_);
  ++replies_;
  Queue(connection);
}

std::size_t Delivery::held_bytes() const {
  return std::min<std::uint64_t>(log_.end(), log_.capacity_bytes()) + list_bytes_;
}

void Delivery::Follow(Connection& connection) {
  connection.outbox.Follow(log_.end());
  if (connection.blocked) {
    CHATHTTP_MARK("follow-while-blocked");
    Unblock(connection);  // what it needs of the log has changed: the next write blocks it anew
  } else {
    AddFollower(connection);
  }
}

void Delivery::Unfollow(Connection& connection) {
  connection.outbox.Unfollow(log_.end());
  DropFollower(connection);
  if (connection.blocked) {
    Unblock(connection);
  } else {
    Queue(connection);
  }
}

void Delivery::Queue(Connection& connection) {
  if (connection.blocked || connection.queued) return;
  connection.queued = true;
  queue_.push_back(&connection);
}

void Delivery::AddFollower(Connection& connection) {
  connection.follower = followers_.size();
  followers_.push_back(&connection);
}

void Delivery::DropFollower(Connection& connection) {
  if (connection.follower == Connection::kNotFollowing) return;
  followers_[connection.follower] = followers_.back();
  followers_[connection.follower]->follower = connection.follower;
  followers_.pop_back();
  connection.follower = Connection::kNotFollowing;
}

void Delivery::Block(Connection& connection) {
  connection.blocked = true;
  connection.blocked_at = connection.outbox.oldest_needed();
  blocked_.emplace(BlockedKey{connection.blocked_at, connection.id}, &connection);
  DropFollower(connection);
  if (connection.accepts_by == absl::InfiniteFuture()) {
    connection.accepts_by = scheduler_.Now() + options_.stall_limit;
  }
}

void Delivery::Unblock(Connection& connection) {
  if (!connection.blocked) return;
  connection.blocked = false;
  blocked_.erase({connection.blocked_at, connection.id});
  if (connection.outbox.following()) AddFollower(connection);
  const std::uint64_t needed = std::min(connection.blocked_at, log_.end());
  connection.recovering = log_.end() - needed > log_.capacity_bytes() / 2;
  if (connection.recovering) CHATHTTP_MARK("recovering");
  Queue(connection);
}

void Delivery::Forget(Connection& connection) {
  DropFollower(connection);
  if (connection.blocked) blocked_.erase({connection.blocked_at, connection.id});
  if (connection.queued) std::erase(queue_, &connection);
  connection.outbox.DropReplies();
  connection.blocked = connection.queued = false;
}

Delivery::Flushed Delivery::Flush() {
  Flushed flushed;
  FindSlow(flushed);
  const bool all = behind_ || log_.end() != flushed_until_;
  behind_ = false;
  flushed_until_ = log_.end();
  for (Connection* connection : std::exchange(queue_, {})) {
    connection->queued = false;
    const bool is_follower = connection->follower != Connection::kNotFollowing;
    if (!(all && is_follower)) Write(*connection, flushed);
  }
  if (all) {
    // Backwards: a connection that blocks is replaced by one that was written to already.
    for (std::size_t i = followers_.size(); i-- > 0;) Write(*followers_[i], flushed);
  }
  NoteSlowest();
  return flushed;
}

void Delivery::FindSlow(Flushed& flushed) {
  const bool lists = too_many_lists();
  if (lists) CHATHTTP_MARK("lists-over-limit");
  for (const auto& [key, connection] : blocked_) {
    const bool lapped = key.first < log_.begin();
    if (!lapped && !lists) break;
    if (!lapped && !connection->outbox.HoldsOther(list_)) continue;
    lapped ? CHATHTTP_MARK("evicted-lapped") : CHATHTTP_MARK("evicted-for-lists");
    flushed.slow.push_back(connection);
  }
}

void Delivery::Write(Connection& connection, Flushed& flushed) {
  Outbox& outbox = connection.outbox;
  if (outbox.pending(log_.end())) {
    if (outbox.oldest_needed() < log_.begin()) {
      CHATHTTP_MARK("evicted-lapped");
      return flushed.slow.push_back(&connection);
    }
    outbox.Gather(log_, options_.turn_write_bytes, batch_);
    const IoResult result = connection.stream->Write(batch_.pieces());
    if (result.status == IoStatus::kBroken || result.status == IoStatus::kEndOfStream) {
      CHATHTTP_MARK("write-broken");
      return flushed.broken.push_back(&connection);
    }
    outbox.Advance(log_.end(), result.bytes);
    connection.bytes_out += result.bytes;
    bytes_out_ += result.bytes;
    if (result.bytes > 0) {
      connection.accepts_by = absl::InfiniteFuture();
      connection.last_try = false;
    }
    if (result.bytes < batch_.bytes()) {
      CHATHTTP_MARK("write-partial");
      Block(connection);
      flushed.blocked.push_back(&connection);
    } else if (outbox.pending(log_.end())) {
      if (connection.follower == Connection::kNotFollowing) {
        Queue(connection);
      } else {
        CHATHTTP_MARK("follower-behind");
        behind_ = true;
      }
    }
  }
  if (connection.throttled && outbox.private_bytes() < options_.private_bytes) {
    connection.throttled = false;
    connection.OnReadable();
  }
  if (connection.phase == Connection::Phase::kLastWords && !outbox.pending(log_.end())) {
    flushed.sent_all.push_back(&connection);
  }
}

// Who is not blocked is waited for, but for members that come back from far behind.
void Delivery::NoteSlowest() {
  slowest_unblocked_ = log_.end();
  for (Connection* connection : queue_) NoteBehind(*connection);
  if (!behind_) return;
  for (Connection* connection : followers_) NoteBehind(*connection);
}

void Delivery::NoteBehind(Connection& connection) {
  const std::uint64_t needed = std::min(connection.outbox.oldest_needed(), log_.end());
  if (log_.end() - needed <= log_.capacity_bytes() / 2) connection.recovering = false;
  if (!connection.recovering) slowest_unblocked_ = std::min(slowest_unblocked_, needed);
}

}  // namespace chathttp

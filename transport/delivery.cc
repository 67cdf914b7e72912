#include "transport/delivery.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <utility>

#include "transport/entity.h"
#include "transport/mark.h"
#include "transport/room_service.h"

namespace chathttp {
namespace {

bool IsBroken(const IoResult& result) {
  return result.status == IoStatus::kBroken || result.status == IoStatus::kEndOfStream;
}

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
  NeedOutbox(connection).Reply(log_.end(), Encode(code, entity));
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
  NeedOutbox(connection).Reply(log_.end(), std::string(head), list_);
  ++replies_;
  Queue(connection);
}

std::size_t Delivery::held_bytes() const {
  return std::min<std::uint64_t>(log_.end(), log_.capacity_bytes()) + list_bytes_;
}

Outbox& Delivery::NeedOutbox(Connection& connection) {
  Unsettled& unsettled = connection.NeedUnsettled();
  if (has_cursor(connection)) {
    Follower& follower = followers_[connection.follower];
    unsettled.outbox = Outbox::Following(follower.cursor);
    connection.bytes_out += follower.cursor;
    follower.cursor = Follower::kHasOutbox;
  }
  return unsettled.outbox;
}

void Delivery::Settle(Connection& connection) {
  Unsettled* const unsettled = connection.unsettled();
  if (unsettled == nullptr) return;
  const std::optional<std::uint64_t> cursor = unsettled->outbox.LogOnly();
  if (cursor && !IsFarBehind(*cursor)) connection.recovering = false;
  if (cursor && connection.follower != Connection::kNotFollowing && !connection.recovering) {
    followers_[connection.follower].cursor = *cursor;
    connection.bytes_out -= *cursor;
    unsettled->outbox = Outbox();
  }
  connection.Settle();
}

void Delivery::Follow(Connection& connection) {
  NeedOutbox(connection).Follow(log_.end());
  if (connection.blocked) {
    CHATHTTP_MARK("follow-while-blocked");
    Unblock(connection);  // what it needs of the log has changed: the next write blocks it anew
  } else {
    AddFollower(connection);
  }
}

void Delivery::Unfollow(Connection& connection) {
  NeedOutbox(connection).Unfollow(log_.end());
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
  connection.follower = static_cast<std::uint32_t>(followers_.size());
  followers_.push_back({Follower::kHasOutbox, &connection});
}

void Delivery::DropFollower(Connection& connection) {
  if (connection.follower == Connection::kNotFollowing) return;
  followers_[connection.follower] = followers_.back();
  followers_[connection.follower].connection->follower = connection.follower;
  followers_.pop_back();
  connection.follower = Connection::kNotFollowing;
}

void Delivery::Block(Connection& connection) {
  Unsettled& unsettled = connection.NeedUnsettled();
  connection.blocked = true;
  unsettled.blocked_at = unsettled.outbox.oldest_needed();
  blocked_.emplace(BlockedKey{unsettled.blocked_at, connection.id}, &connection);
  DropFollower(connection);
  const absl::Time now = scheduler_.Now();
  if (unsettled.brakes_until == absl::InfiniteFuture()) {  // took bytes since it was blocked before
    unsettled.accepts_by = now + options_.stall_limit;
    unsettled.brakes_until = now + options_.brake_limit;
  }
  if (unsettled.outbox.following() && unsettled.brakes_until > now) {
    connection.brakes = true;
    ++braking_;
  }
}

void Delivery::StopBraking(Connection& connection) {
  if (!connection.brakes || connection.unsettled()->brakes_until > scheduler_.Now()) return;
  CHATHTTP_MARK("brake-timed-out");
  DropBraking(connection);
}

void Delivery::DropBraking(Connection& connection) {
  if (connection.brakes) --braking_;
  connection.brakes = false;
}

void Delivery::Unblock(Connection& connection) {
  if (!connection.blocked) return;
  const Unsettled& unsettled = connection.NeedUnsettled();
  connection.blocked = false;
  DropBraking(connection);
  blocked_.erase({unsettled.blocked_at, connection.id});
  if (unsettled.outbox.following()) AddFollower(connection);
  const std::uint64_t needed = std::min(unsettled.blocked_at, log_.end());
  connection.recovering = IsFarBehind(needed);
  if (connection.recovering) CHATHTTP_MARK("recovering");
  Queue(connection);
}

void Delivery::Forget(Connection& connection) {
  if (has_cursor(connection)) NeedOutbox(connection);
  DropFollower(connection);
  DropBraking(connection);
  if (Unsettled* const unsettled = connection.unsettled()) {
    if (connection.blocked) blocked_.erase({unsettled->blocked_at, connection.id});
    unsettled->outbox.DropReplies();
  }
  if (connection.queued) std::erase(queue_, &connection);
  connection.blocked = connection.queued = false;
}

Delivery::Flushed Delivery::Flush() {
  Flushed flushed;
  FindSlow(flushed);
  const bool all = behind_ || log_.end() != flushed_until_;
  behind_ = false;
  flushed_until_ = log_.end();
  queue_.swap(flushing_);
  for (Connection* connection : flushing_) {
    connection->queued = false;
    const bool is_follower = connection->follower != Connection::kNotFollowing;
    if (!(all && is_follower)) Write(*connection, flushed);
  }
  flushing_.clear();
  if (all) {
    // Backwards: a connection that blocks is replaced by one that was written to already.
    for (std::size_t i = followers_.size(); i-- > 0;) {
      FetchAhead(i);
      Follower& follower = followers_[i];
      if (follower.cursor != Follower::kHasOutbox) {
        WriteLog(follower, flushed);
      } else {
        Write(*follower.connection, flushed);
      }
    }
  }
  NoteSlowest();
  braked_ = braking_ > followers_.size();
  if (braked_) CHATHTTP_MARK("braked");
  return flushed;
}

// A write takes some microseconds, a line that is not in the cache a tenth of one.
void Delivery::FetchAhead(std::size_t i) const {
  if (i >= 4) __builtin_prefetch(&followers_[i - 4].connection->stream);
  if (i >= 2) __builtin_prefetch(followers_[i - 2].connection->stream.get());
}

void Delivery::FindSlow(Flushed& flushed) {
  const bool lists = too_many_lists();
  if (lists) CHATHTTP_MARK("lists-over-limit");
  for (const auto& [key, connection] : blocked_) {
    const bool lapped = key.first < log_.begin();
    if (!lapped && !lists) break;
    if (!lapped && !connection->unsettled()->outbox.HoldsOther(list_)) continue;
    lapped ? CHATHTTP_MARK("evicted-lapped") : CHATHTTP_MARK("evicted-for-lists");
    flushed.slow.push_back(connection);
  }
}

void Delivery::WriteLog(Follower& follower, Flushed& flushed) {
  const std::uint64_t end = log_.end();
  if (follower.cursor == end) return;
  if (follower.cursor < log_.begin()) {
    CHATHTTP_MARK("evicted-lapped");
    return flushed.slow.push_back(follower.connection);
  }
  const std::size_t bytes =
      std::min<std::uint64_t>(end - follower.cursor, options_.turn_write_bytes);
  const std::array<std::string_view, 2> pieces =
      log_.Read(follower.cursor, follower.cursor + bytes);
  const IoResult result =
      follower.connection->stream->Write(std::span(pieces).first(pieces[1].empty() ? 1 : 2));
  if (result.bytes < bytes) {
    NeedOutbox(*follower.connection);
    return NoteWritten(*follower.connection, bytes, result, flushed);
  }
  follower.cursor += bytes;
  bytes_out_ += bytes;
  if (follower.cursor == end) return;
  CHATHTTP_MARK("follower-behind");
  behind_ = true;
}

void Delivery::Write(Connection& connection, Flushed& flushed) {
  Unsettled* const unsettled = connection.unsettled();
  bool pending = unsettled != nullptr && unsettled->outbox.pending(log_.end());
  if (pending) {
    Outbox& outbox = unsettled->outbox;
    if (outbox.oldest_needed() < log_.begin()) {
      CHATHTTP_MARK("evicted-lapped");
      return flushed.slow.push_back(&connection);
    }
    outbox.Gather(log_, options_.turn_write_bytes, batch_);
    const IoResult result = connection.stream->Write(batch_.pieces());
    NoteWritten(connection, batch_.bytes(), result, flushed);
    if (IsBroken(result)) return;
    pending = outbox.pending(log_.end());
    if (pending && !connection.blocked) NoteUnsent(connection);
  }
  if (connection.throttled && connection.private_bytes() < options_.private_bytes) {
    connection.throttled = false;
    connection.OnReadable();
  }
  if (connection.phase == Connection::Phase::kLastWords && !pending) {
    flushed.sent_all.push_back(&connection);
  }
  Settle(connection);
}

void Delivery::NoteWritten(Connection& connection, std::size_t offered, const IoResult& result,
                           Flushed& flushed) {
  if (IsBroken(result)) {
    CHATHTTP_MARK("write-broken");
    return flushed.broken.push_back(&connection);
  }
  Unsettled& unsettled = *connection.unsettled();
  unsettled.outbox.Advance(log_.end(), result.bytes);
  connection.bytes_out += result.bytes;
  bytes_out_ += result.bytes;
  if (result.bytes > 0) {
    unsettled.accepts_by = unsettled.brakes_until = absl::InfiniteFuture();
    connection.last_try = false;
  }
  if (result.bytes == offered) return;
  CHATHTTP_MARK("write-partial");
  Block(connection);
  flushed.blocked.push_back(&connection);
}

// A write took all that it was offered, and there is more.
void Delivery::NoteUnsent(Connection& connection) {
  if (connection.follower == Connection::kNotFollowing) return Queue(connection);
  CHATHTTP_MARK("follower-behind");
  behind_ = true;
}

// Who is not blocked is waited for, but for members that come back from far behind.
void Delivery::NoteSlowest() {
  slowest_unblocked_ = log_.end();
  for (Connection* connection : queue_) NoteBehind(*connection);
  if (!behind_) return;
  for (const Follower& follower : followers_) {
    if (follower.cursor == Follower::kHasOutbox) {
      NoteBehind(*follower.connection);
    } else {
      slowest_unblocked_ = std::min(slowest_unblocked_, follower.cursor);
    }
  }
}

void Delivery::NoteBehind(Connection& connection) {
  if (has_cursor(connection)) return;  // NoteSlowest sees it
  const Unsettled* const unsettled = connection.unsettled();
  if (unsettled == nullptr) return;
  const std::uint64_t needed = std::min(unsettled->outbox.oldest_needed(), log_.end());
  if (!IsFarBehind(needed)) connection.recovering = false;
  if (!connection.recovering) slowest_unblocked_ = std::min(slowest_unblocked_, needed);
}

}  // namespace chathttp

#include "chathttp/transport/server/delivery.h"

#include <algorithm>
#include <utility>

#include "chathttp/transport/codec/entity.h"
#include "chathttp/transport/ports/mark.h"
#include "chathttp/transport/server/room_service.h"

namespace chathttp {
namespace {

bool IsBroken(const IoResult& result) {
  return result.status == IoStatus::kBroken || result.status == IoStatus::kEndOfStream;
}

// A list whose size is included in `bytes` during its lifetime. `bytes` must outlive it.
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
      log_(options.backlog_bytes, options.log_start),
      index_(options.backlog_bytes),
      encoder_(options.developer, options.server, options.time_zone),
      slowest_unblocked_(options.log_start),
      flushed_until_(options.log_start),
      sent_until_(options.log_start) {}

void Delivery::Broadcast(const chathttp::Broadcast& broadcast, absl::Time wall) {
  ++broadcasts_[broadcast.kind];
  if (broadcasts_now_++ == 0) first_append_ = scheduler_.Instant();
  AppendBroadcast(broadcast, wall);
}

void Delivery::AppendBroadcast(const chathttp::Broadcast& broadcast, absl::Time wall) {
  switch (broadcast.kind) {
    case Broadcast::Kind::kEntered:
      return Append(wall, {broadcast.name, kEnteredEnding});
    case Broadcast::Kind::kSaid:
      return Append(wall, {kSaidOpening, broadcast.name, kSaidMiddle, broadcast.text, "\n"});
    case Broadcast::Kind::kLeft:
      return Append(wall, {broadcast.name, kLeftEnding});
  }
}

void Delivery::Append(absl::Time wall, std::initializer_list<std::string_view> entity) {
  std::size_t bytes = 0;
  for (const std::string_view piece : entity) bytes += piece.size();
  index_.Add(log_.end(), log_.begin());
  log_.Append({encoder_.Head(StatusCode::kOk, bytes, wall)});
  log_.Append(entity);
}

std::string Delivery::Encode(StatusCode code, std::string_view entity) {
  std::string bytes;
  encoder_.Append(code, entity, scheduler_.WallNow(), bytes);
  return bytes;
}

void Delivery::Reply(Connection& connection, StatusCode code, std::string_view entity,
                     std::string_view header_line) {
  std::string bytes = Encode(code, entity);
  // Behind the other lines, before the empty one.
  bytes.insert(bytes.size() - entity.size() - 1, header_line);
  connection.outbox.Reply(log_.end(), std::move(bytes));
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

std::size_t Delivery::held_bytes() const { return log_bytes() + list_bytes_; }

bool Delivery::MayReplay(std::uint64_t count) const {
  if (count < index_.first()) return false;
  const std::uint64_t from = index_.OffsetAfter(count, log_.end());
  return from >= log_.begin() && !IsFarBehind(from);
}

std::uint64_t Delivery::OldestReplay(std::uint64_t least) const {
  std::uint64_t from = least;
  std::uint64_t to = count();  // may be replayed
  while (from < to) {
    const std::uint64_t middle = from + (to - from) / 2;
    MayReplay(middle) ? to = middle : from = middle + 1;
  }
  return to;
}

// The reply stands behind all broadcasts so far, so it waits for them if there is a limit.
void Delivery::Welcome(Connection& connection, std::string_view header_line, std::uint64_t count,
                       std::uint64_t unheard) {
  if (connection.blocked()) CHATHTTP_MARK("follow-while-blocked");
  Unblock(connection);  // its key in blocked_ changes; the next write blocks it again
  connection.outbox.Follow(log_.end());
  Reply(connection, StatusCode::kOk, kOkEntity, header_line);
  const std::uint64_t from = index_.OffsetAfter(count, log_.end());
  connection.outbox.Rewind(from);
  if (unheard > count && unheard <= index_.count()) {
    CHATHTTP_MARK("own-entered-skipped");
    connection.outbox.Skip(index_.OffsetAfter(unheard - 1, log_.end()),
                           index_.OffsetAfter(unheard, log_.end()));
  }
  AddFollower(connection);
  // The log keeps what it needs; see MayBroadcast.
  slowest_unblocked_ = std::min(slowest_unblocked_, from);
}

void Delivery::LimitTo(std::uint64_t count) { limit_ = count; }

void Delivery::Restore(const PastRoom& past) {
  index_.Renumber(past.end.count - past.broadcasts.size());
  for (const PastBroadcast& broadcast : past.broadcasts) {
    AppendBroadcast({broadcast.kind, MemberId{0}, broadcast.name, broadcast.text}, broadcast.wall);
  }
  slowest_unblocked_ = flushed_until_ = sent_until_ = log_.end();
}

void Delivery::Unfollow(Connection& connection) {
  Unblock(connection);
  connection.outbox.Unfollow(log_.end());
  DropFollower(connection);
  Queue(connection);
}

void Delivery::Queue(Connection& connection) {
  if (connection.blocked() || connection.queued) return;
  connection.queued = true;
  queue_.push_back(&connection);
}

void Delivery::AddFollower(Connection& connection) {
  connection.follower = static_cast<std::uint32_t>(followers_.size()) & Connection::kNotFollowing;
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
  connection.flow = Connection::Flow::kBlocked;
  blocked_.emplace(KeyOf(connection), &connection);
  DropFollower(connection);
  Transient& transient = connection.EnsureTransient();
  const absl::Time now = scheduler_.Now();
  if (transient.brakes_until == absl::InfiniteFuture()) {  // took bytes since the last block
    transient.accepts_by = now + options_.stall_limit;
    transient.brakes_until = now + options_.brake_limit;
  }
  if (connection.outbox.following() && transient.brakes_until > now) {
    connection.brakes = true;
    ++braking_;
  }
}

void Delivery::StopBraking(Connection& connection) {
  if (!connection.brakes || connection.transient()->brakes_until > scheduler_.Now()) return;
  CHATHTTP_MARK("brake-timed-out");
  DropBraking(connection);
}

void Delivery::DropBraking(Connection& connection) {
  if (connection.brakes) --braking_;
  connection.brakes = false;
}

void Delivery::Unblock(Connection& connection) {
  if (!connection.blocked()) return;
  blocked_.erase(KeyOf(connection));
  DropBraking(connection);
  const bool far_behind = IsFarBehind(Needed(connection));
  if (far_behind) CHATHTTP_MARK("recovering");
  connection.flow = far_behind ? Connection::Flow::kRecovering : Connection::Flow::kOpen;
  if (connection.outbox.following()) AddFollower(connection);
  Queue(connection);
}

void Delivery::Forget(Connection& connection) {
  if (connection.blocked()) blocked_.erase(KeyOf(connection));
  connection.flow = Connection::Flow::kOpen;
  DropFollower(connection);
  DropBraking(connection);
  connection.outbox.DropReplies();
  if (connection.queued) {
    std::erase(queue_, &connection);
    std::erase(limited_, &connection);
  }
  connection.queued = false;
}

Delivery::Flushed Delivery::Flush() {
  Flushed flushed;
  FindSlow(flushed);
  const std::uint64_t end = sendable_end();
  const bool all = behind_ || end != sent_until_;
  behind_ = false;
  flushed_until_ = log_.end();
  if (end != sent_until_) queue_.insert(queue_.end(), limited_.begin(), limited_.end());
  if (end != sent_until_) limited_.clear();
  sent_until_ = slowest_unblocked_ = end;
  queue_.swap(flushing_);
  for (Connection* connection : flushing_) {
    connection->queued = false;
    const bool is_follower = connection->follower != Connection::kNotFollowing;
    if (!(all && is_follower)) Write(*connection, flushed);
  }
  flushing_.clear();
  if (all) {
    // Backwards: DropFollower moves the last follower, which was written to, to the free place.
    for (std::size_t i = followers_.size(); i-- > 0;) {
      PrefetchFollowers(i);
      Write(*followers_[i], flushed);
    }
  }
  braked_ = braking_ > followers_.size();
  if (braked_) CHATHTTP_MARK("braked");
  MeasureFanout();
  return flushed;
}

void Delivery::MeasureFanout() {
  if (broadcasts_now_ == 0 || sent_until_ != log_.end()) return;
  fanout_.Add(scheduler_.Instant() - first_append_, std::exchange(broadcasts_now_, 0));
}

// Loads cache lines ahead: a write takes some microseconds, a cache miss about 0.1 us.
void Delivery::PrefetchFollowers(std::size_t i) const {
  if (i >= 4) __builtin_prefetch(&followers_[i - 4]->stream);
  if (i >= 2) __builtin_prefetch(followers_[i - 2]->stream.get());
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
  const std::uint64_t end = sent_until_;
  if (connection.outbox.pending(end)) {
    if (connection.outbox.oldest_needed() < log_.begin()) {
      CHATHTTP_MARK("evicted-lapped");
      return flushed.slow.push_back(&connection);
    }
    const IoResult result = WriteOnce(connection);
    if (IsBroken(result)) {
      CHATHTTP_MARK("write-broken");
      return flushed.broken.push_back(&connection);
    }
    if (result.bytes < batch_.bytes()) {
      CHATHTTP_MARK("write-partial");
      Block(connection);
      flushed.blocked.push_back(&connection);
    }
  }
  const bool pending = connection.outbox.pending(end);
  if (connection.flow == Connection::Flow::kRecovering && !IsFarBehind(Needed(connection))) {
    connection.flow = Connection::Flow::kOpen;
  }
  if (pending && !connection.blocked()) ContinueLater(connection);
  if (connection.throttled() && connection.outbox.private_bytes() < options_.private_bytes) {
    connection.ReadLater();
  }
  const bool unsent = pending || connection.outbox.unsent();
  if (connection.phase == Connection::Phase::kLastWords && !unsent && !connection.owes()) {
    flushed.sent_all.push_back(&connection);
  }
  if (unsent && !pending && !connection.blocked() && !connection.outbox.following()) {
    connection.queued = true;
    limited_.push_back(&connection);
  }
  connection.FreeTransientIfDone();
}

IoResult Delivery::WriteOnce(Connection& connection) {
  connection.outbox.Gather(log_, sent_until_, options_.turn_write_bytes, batch_);
  const IoResult result = connection.stream->Write(batch_.pieces());
  connection.outbox.Advance(sent_until_, result.bytes);
  connection.bytes_out += result.bytes;
  bytes_out_ += result.bytes;
  Transient* const transient = connection.transient();
  if (transient != nullptr && result.bytes > 0) {
    transient->accepts_by = transient->brakes_until = absl::InfiniteFuture();
  }
  return result;
}

bool Delivery::Retry(Connection& connection) {
  if (connection.outbox.oldest_needed() < log_.begin()) return true;  // FindSlow ends it
  Unblock(connection);
  const IoResult result = WriteOnce(connection);
  if (result.status == IoStatus::kWouldBlock) Block(connection);
  return !connection.blocked();
}

// The guard waits for unblocked members, except those that are catching up.
void Delivery::ContinueLater(Connection& connection) {
  if (connection.outbox.following()) {
    CHATHTTP_MARK("follower-behind");
    behind_ = true;
  } else {
    Queue(connection);
  }
  if (connection.flow == Connection::Flow::kRecovering) return;
  slowest_unblocked_ = std::min(slowest_unblocked_, Needed(connection));
}

}  // namespace chathttp

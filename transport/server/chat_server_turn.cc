// The turns of a chat server, and its graceful stop.
#include <algorithm>
#include <cassert>
#include <utility>

#include "chathttp/transport/ports/mark.h"
#include "chathttp/transport/server/chat_server_impl.h"

namespace chathttp {

void ChatServer::Impl::RunTurn() {
  const absl::Time start = scheduler_.Instant();
  woken_.swap(wakes_.writable);
  for (const ConnectionId id : woken_) {
    if (Connection* connection = Find(id)) {
      connection->in_writable_list = false;
      delivery_.Unblock(*connection);
    }
  }
  woken_.clear();
  if (journal_ != nullptr) delivery_.LimitTo(journal_->durable());
  ApplyLog();
  if (concludes_at_ <= scheduler_.Now()) ConcludeAlone();
  EndBroken();
  ServeReadable();
  EndUnwanted();
  EndExpired();
  EndAwayMembers();
  if (life_ == Life::kStopRequested) BeginStop();
  if (journal_ != nullptr) journal_->HandOver();
  FlushAll();
  ++stats_.turns;
  stats_.turn_time += scheduler_.Instant() - start;
  const bool has_input = !wakes_.readable.empty() && log_.MayAppend();
  const bool has_commands = log_waits_ || !departure_.members.empty();
  const bool may_serve =
      (has_input || has_commands) && !delivery_.braked() && !delivery_.serving_held();
  WatchAway();
  const bool has_away_ends = !ended_away_.empty() && log_.MayAppend();
  const bool has_ends =
      (!broken_.empty() || !unwanted_.empty() || has_away_ends) && !delivery_.held();
  if (may_serve || has_ends || delivery_.unfinished()) {
    turn_.Request();
  }
  if (life_ == Life::kStopping && connections_.empty()) {
    life_ = Life::kStopped;
    scheduler_.Cancel(stop_timer_);
    scheduler_.Cancel(conclude_timer_);
    Report({.kind = ServerEvent::Kind::kStopped});
    Scheduler::Task stopped = std::move(stopped_);
    if (stopped) stopped();  // may destroy the server
  }
}

void ChatServer::Impl::EndBroken() {
  std::size_t ended = 0;
  while (ended < broken_.size() && delivery_.MayBroadcast()) {
    if (Connection* connection = Find(broken_[ended++])) {
      LogOut(*connection, connection->last_reason(), Ending::kMayReturn);
      Close(*connection);
    }
  }
  broken_.erase(broken_.begin(), broken_.begin() + static_cast<std::ptrdiff_t>(ended));
}

void ChatServer::Impl::EndUnwanted() {
  std::size_t ended = 0;
  while (ended < unwanted_.size() && delivery_.MayBroadcast()) {
    // Moved, since a subscriber may call Disconnect.
    const auto [id, reason] = std::move(unwanted_[ended++]);
    Connection* const connection = Find(id);
    if (connection != nullptr && connection->phase == Connection::Phase::kServing) {
      ConcludeWith(*connection, StatusCode::kInternalServerError, reason, "disconnected");
    }
  }
  unwanted_.erase(unwanted_.begin(), unwanted_.begin() + static_cast<std::ptrdiff_t>(ended));
}

void ChatServer::Impl::ServeReadable() {
  woken_.swap(wakes_.readable);
  std::size_t served = 0;
  while (served < woken_.size() && MayServe()) {
    if (Connection* connection = Find(woken_[served++])) {
      connection->in_readable_list = false;
      Serve(*connection);
    }
  }
  if (served < woken_.size()) CHATHTTP_MARK("guard-reached");
  // Connections that were not served come first in the next turn.
  wakes_.readable.insert(wakes_.readable.begin(),
                         woken_.begin() + static_cast<std::ptrdiff_t>(served), woken_.end());
  woken_.clear();
}

void ChatServer::Impl::EndExpired() {
  if (delivery_.held()) return;  // the turn in which that ends takes them
  for (const ConnectionId id : deadlines_.TakeExpired()) {
    Connection* connection = Find(id);
    if (connection == nullptr) continue;
    delivery_.StopBraking(*connection);
    if (connection->deadline() > scheduler_.Now()) {
      Watch(*connection);
    } else if (connection->in_readable_list) {
      CHATHTTP_MARK("expiry-put-off");  // serve its input first; Serve sets the deadline again
      // Nobody is served while it brakes, so its brake must end.
      if (connection->brakes) deadlines_.Set(id, connection->transient()->brakes_until);
    } else if (!delivery_.MayBroadcast()) {
      deadlines_.Set(id, scheduler_.Now());
    } else {
      Expire(*connection);
    }
  }
}

void ChatServer::Impl::FlushAll() {
  Delivery::Flushed flushed = delivery_.Flush();
  for (Connection* connection : flushed.slow) {
    ++stats_.evicted;
    BreakOff(*connection, "slow consumer");
  }
  for (Connection* connection : flushed.broken) {
    BreakOff(*connection, connection->stream->broken_reason());
  }
  for (Connection* connection : flushed.blocked) Watch(*connection);
  for (Connection* connection : flushed.sent_all) Finish(*connection);
}

void ChatServer::Impl::Stop(Scheduler::Task stopped) {
  assert(!calling_out_);
  if (life_ != Life::kServing) return;
  life_ = Life::kStopRequested;
  stopped_ = std::move(stopped);
  listeners_.clear();
  delivery_.DisableBrake();
  Report({.kind = ServerEvent::Kind::kStopping, .reason = "asked to"});
  turn_.Request();
}

void ChatServer::Impl::BeginStop() {
  life_ = Life::kStopping;
  const Command gone{
      .kind = Command::Kind::kServerGone, .server = log_.self(), .wall = scheduler_.WallNow()};
  if (log_.Append(gone) == OrderedLog::Order::kNow) {
    ConcludeAll(kStop);
  } else {
    // Half of the time is left for the last replies if the log does not answer.
    concludes_at_ = scheduler_.Now() + options_.stop_limit / 2;
    conclude_timer_ = scheduler_.RunAt(concludes_at_, [this] { turn_.Request(); });
  }
  stop_timer_ = scheduler_.RunAt(scheduler_.Now() + options_.stop_limit, [this] { CloseAll(); });
}

// All members of this server leave at once, so no kLeft is broadcast to them.
void ChatServer::Impl::ConcludeAll(const Farewell& farewell, bool members_stay) {
  for (const ConnectionId id : SortedIds()) {
    Connection& connection = *Find(id);
    ForgetOwed(connection);
    const bool serving = connection.phase == Connection::Phase::kServing;
    if (serving && connection.blocked()) CHATHTTP_MARK("stop-while-blocked");
    // The logout of one that gets its last words may not have come back from the log.
    if (serving || connection.phase == Connection::Phase::kLastWords) {
      const MemberId member = MemberOf(connection);
      if (room_.NameOf(member)) {
        Detach(connection);
        if (!members_stay) (void)room_.Logout(member);
      }
    }
    if (!serving) continue;
    ConcludeWith(connection, StatusCode::kInternalServerError, farewell.entity, farewell.reason);
  }
}

void ChatServer::Impl::ConcludeAlone() {
  concludes_at_ = absl::InfiniteFuture();
  if (gone_servers_.insert(log_.self()).second) ConcludeAll(kStop);
}

void ChatServer::Impl::CloseAll() {
  for (const ConnectionId id : SortedIds()) {
    CHATHTTP_MARK("stop-forced");
    Connection& connection = *Find(id);
    connection.stream->Reset();
    Close(connection);
  }
  turn_.Request();
}

}  // namespace chathttp

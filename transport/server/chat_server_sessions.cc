// How members of a chat server come back after the loss of a connection. Source: docs/protocol.md,
// "Coming back".
#include <algorithm>
#include <cassert>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/domain/escape.h"
#include "chathttp/transport/codec/entity.h"
#include "chathttp/transport/codec/session_token.h"
#include "chathttp/transport/journal/past_room.h"
#include "chathttp/transport/journal/record.h"
#include "chathttp/transport/ports/mark.h"
#include "chathttp/transport/server/chat_server_impl.h"

namespace chathttp {
namespace {

// Header lines of the reply to a login.
std::string SessionLines(std::string_view token, absl::Duration away_limit) {
  return absl::StrCat("Session: ", AbslView(token),
                      "\nSession_Seconds: ", absl::ToInt64Seconds(away_limit), "\n");
}

std::string ReplayLine(std::uint64_t broadcasts) {
  return broadcasts == 0 ? "" : absl::StrCat("Replay: ", broadcasts, "\n");
}

std::string PositionLine(const Position& position) {
  return absl::StrCat("Position: ", ToString(position), "\n");
}

std::string GapLine(std::string_view gap) { return absl::StrCat("Gap: ", AbslView(gap), "\n"); }

}  // namespace

bool ChatServer::Impl::has_sessions() const {
  return entropy_ != nullptr && options_.away_limit > absl::ZeroDuration() && &log_ == &local_log_;
}

MemberId ChatServer::Impl::MemberOf(const Connection& connection) const {
  if (connection.returned) return returned_.find(connection.id)->second;
  const auto number = connection.detached ? std::uint64_t{0}  // no connection has it
                                          : static_cast<std::uint64_t>(connection.id);
  return MemberIdOf(log_.self(), number);
}

IpAddress ChatServer::Impl::CountedAddress(const Connection& connection) const {
  const auto counted = counted_.find(connection.id);
  return counted == counted_.end() ? IpAddress() : counted->second;
}

bool ChatServer::Impl::MayBeAway(const IpAddress& address) const {
  if (sessions_.away() >= (options_.room.members + 3) / 4) {
    CHATHTTP_MARK("away-full");
    return false;
  }
  if (address.known() && sessions_.AwayOf(address) >= kMaxAwayPerAddress) {
    CHATHTTP_MARK("away-full-of-address");
    return false;
  }
  return true;
}

void ChatServer::Impl::Detach(Connection& connection) {
  connection.detached = true;
  if (connection.returned) returned_.erase(connection.id);
  connection.returned = false;
  delivery_.Unfollow(connection);
}

bool ChatServer::Impl::GoAway(Connection& connection, std::string_view reason) {
  const MemberId member = MemberOf(connection);
  if (sessions_.Of(member) == nullptr || !has_sessions()) return false;
  const IpAddress address = CountedAddress(connection);
  if (!MayBeAway(address)) return false;
  CHATHTTP_MARK("member-away");
  sessions_.SetAway(member, scheduler_.Now() + options_.away_limit, address);
  Detach(connection);
  ++stats_.away;
  Emit(ServerEvent::Kind::kAway, connection, *room_.NameOf(member), reason);
  return true;
}

// The old connection is usually half-open, and its client is the one that returns. What it has sent
// and nobody has read is dropped: the client will say it again.
void ChatServer::Impl::TakeOver(ConnectionId id) {
  Connection* const old = Find(id);
  if (old == nullptr) return;
  CHATHTTP_MARK("taken-over");
  Detach(*old);
  old->EnsureTransient().last_reason = "taken over";
  TakeUnfinished(*old);  // counts its bytes no more
  old->stream->Reset();
  Close(*old);
}

bool ChatServer::Impl::IsExact(const Position& since) const {
  if (since.epoch == epoch_) return true;
  return std::any_of(ended_.begin(), ended_.end(), [&](const EpochEnd& end) {
    return end.epoch == since.epoch && since.count <= end.count;
  });
}

void ChatServer::Impl::Return(Connection& connection, const RequestCheck& check,
                              const Owed::Request& request) {
  const MemberId member = *check.returns;
  const Connection* const old = Find(sessions_.Of(member)->connection);
  if (old != nullptr && old->unwanted) {
    // The program disconnects it, so its member leaves before the end of the turn.
    const Answer taken{.code = StatusCode::kUserNameExist,
                       .rule = Rule::kNameTaken,
                       .entity = std::string(kNameTakenEntity)};
    Count(request.method, taken);
    return Respond(connection, taken, request);
  }
  TakeOver(sessions_.Of(member)->connection);
  sessions_.Return(member, connection.id);
  connection.returned = true;
  returned_.insert_or_assign(connection.id, member);

  const std::uint64_t count = delivery_.count();
  const std::uint64_t entered = sessions_.Of(member)->entered;
  const std::optional<Position>& since = check.session.since;
  std::uint64_t from = count;
  std::string gap;
  if (!since || !IsExact(*since)) {
    CHATHTTP_MARK("gap-unknown");
    gap = kUnknownGapValue;
  } else if (since->count + 1 + options_.history < entered ||  // it may not see what was before
             !delivery_.MayReplay(since->count)) {
    CHATHTTP_MARK("gap-known");
    gap = absl::StrCat(count - since->count);
  } else {
    from = since->count;
  }
  const bool skips_own = from < entered && entered <= count;
  const Answer answer{.login = Answer::Login::kLoggedIn};
  std::string header =
      request.heartbeat > 0 ? absl::StrCat("Heartbeat: ", request.heartbeat, "\n") : "";
  header += SessionLines(check.session.token, options_.away_limit);
  header += ReplayLine(count - from - (skips_own ? 1 : 0));
  header += PositionLine(position());
  if (!gap.empty()) header += GapLine(gap);
  Count(request.method, answer);
  delivery_.Welcome(connection, header, from, entered);
  ++stats_.returns;
  Emit(ServerEvent::Kind::kReturned, connection, *room_.NameOf(member), "");
  Charge(connection, answer);
  UpdateLogin(connection, answer, request);
}

// A new member follows after its own kEntered broadcast, which is the last one.
void ChatServer::Impl::Welcome(Connection& connection, const Owed::Request& request,
                               std::string header) {
  const std::uint64_t entered = delivery_.count();
  const std::uint64_t before = entered - 1;
  const std::uint64_t most = std::min<std::uint64_t>(request.history, options_.history);
  std::uint64_t from = delivery_.OldestReplay(before > most ? before - most : 0);
  const std::uint64_t replayed = most == 0 || from >= before ? 0 : before - from;
  if (replayed == 0) from = entered;
  if (request.wants_session && MayBeAway(CountedAddress(connection))) {
    const std::string token = NewToken(*entropy_);
    const TokenHash hash = HashOfToken(token);
    const MemberId member = MemberOf(connection);
    if (sessions_.Begin(member, hash, entered, connection.id)) {
      if (journal_ != nullptr) {
        journal_->Append(
            SessionBegun{.member = member, .name = *room_.NameOf(member), .token = hash});
      }
      header += SessionLines(token, options_.away_limit);
      header += ReplayLine(replayed);
      header += PositionLine(position());
      if (request.lost_session) header += GapLine(kUnknownGapValue);
    }
  } else {
    header += ReplayLine(replayed);
  }
  delivery_.Welcome(connection, header, from, entered);
}

void ChatServer::Impl::SetJournal(Journal& journal) {
  assert(journal_ == nullptr && last_id_ == 0 && &log_ == &local_log_);
  journal_ = &journal;
  delivery_.LimitTo(journal.durable());
  journal.Observe([this] { turn_.Request(); });
}

void ChatServer::Impl::Restore(const PastRoom& past) {
  assert(last_id_ == 0 && delivery_.count() == 0 && &log_ == &local_log_);
  epoch_ = past.end.epoch;
  ended_ = past.ended;
  delivery_.Restore(past);
  for (const PastMember& member : past.members) {
    last_id_ = std::max(last_id_, NumberOf(member.id));
  }
  const absl::Time until = scheduler_.Now() + options_.away_limit;
  std::vector<MemberId> gone;
  for (const PastMember& member : past.members) {
    const MemberId id = member.token ? member.id : MemberIdOf(log_.self(), ++last_id_);
    if (room_.Login(id, member.name).outcome != Outcome::kOk) {
      // The limits of the room are others now.
      Tell({Broadcast::Kind::kLeft, id, member.name, {}}, scheduler_.WallNow());
    } else if (member.token && has_sessions() &&
               sessions_.Begin(id, *member.token, member.entered, ConnectionId{0})) {
      sessions_.SetAway(id, until, IpAddress());
    } else {
      gone.push_back(id);
    }
  }
  for (const MemberId id : gone) EndMember(id, "server was restarted");
  WatchAway();
}

bool ChatServer::Impl::IsAway(MemberId id) const {
  const MemberSession* const session = sessions_.Of(id);
  return session != nullptr && session->connection == ConnectionId{0};
}

bool ChatServer::Impl::EndAway(MemberId id, std::string_view reason) {
  if (!IsAway(id)) return false;
  ended_away_.emplace_back(id, GivenReason(reason));
  turn_.Request();
  return true;
}

void ChatServer::Impl::EndAwayMembers() {
  std::size_t ended = 0;
  while (ended < ended_away_.size() && delivery_.MayBroadcast()) {
    const auto [member, reason] = std::move(ended_away_[ended++]);
    if (IsAway(member)) {
      EndMember(member, reason);
    } else if (const auto connection = OwnConnection(member)) {
      Disconnect(*connection, reason);  // it has returned
    }
  }
  ended_away_.erase(ended_away_.begin(), ended_away_.begin() + static_cast<std::ptrdiff_t>(ended));
  if (life_ != Life::kServing) return;  // all members leave, without a notice
  while (delivery_.MayBroadcast()) {
    const std::optional<MemberId> late = sessions_.Overdue(scheduler_.Now());
    if (!late) return;
    CHATHTTP_MARK("away-too-long");
    EndMember(*late, "away too long");
  }
}

void ChatServer::Impl::EndMember(MemberId member, std::string_view reason) {
  const Answer answer = Perform({.kind = Command::Kind::kLogout,
                                 .server = log_.self(),
                                 .member = member,
                                 .wall = scheduler_.WallNow()},
                                nullptr);
  Report({.kind = ServerEvent::Kind::kLeft, .name = answer.broadcast->name, .reason = reason});
}

// Wakes the server when the next away member must leave.
void ChatServer::Impl::WatchAway() {
  if (life_ == Life::kServing && sessions_.Overdue(scheduler_.Now())) {
    if (!delivery_.held()) turn_.Request();
    return;
  }
  const absl::Time limit =
      life_ == Life::kServing ? sessions_.first_limit() : absl::InfiniteFuture();
  if (limit == away_timer_at_) return;
  scheduler_.Cancel(std::exchange(away_timer_, kNoTimer));
  away_timer_at_ = limit;
  if (limit == absl::InfiniteFuture()) return;
  away_timer_ = scheduler_.RunAt(limit, [this] {
    away_timer_ = kNoTimer;
    away_timer_at_ = absl::InfiniteFuture();
    turn_.Request();
  });
}

}  // namespace chathttp

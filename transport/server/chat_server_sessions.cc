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
  return entropy_ != nullptr && options_.away_limit > absl::ZeroDuration();
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
  if (sessions_.lost() >= (options_.room.members + 3) / 4) {
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
  ForgetOwed(connection);
  connection.detached = true;
  if (connection.returned) returned_.erase(connection.id);
  connection.returned = false;
  delivery_.Unfollow(connection);
}

bool ChatServer::Impl::GoAway(Connection& connection, std::string_view reason) {
  const MemberId member = MemberOf(connection);
  const bool leaves = connection.transient() != nullptr && connection.transient()->leaves;
  if (sessions_.Of(member) == nullptr || !has_sessions() || leaves) return false;
  const IpAddress address = CountedAddress(connection);
  if (!MayBeAway(address)) return false;
  CHATHTTP_MARK("member-away");
  sessions_.SetAway(member, scheduler_.Now() + options_.away_limit, Sessions::Cause::kLoss,
                    address);
  Detach(connection);
  ++stats_.away;
  Emit(ServerEvent::Kind::kAway, connection, *room_.NameOf(member), reason);
  return true;
}

// The old connection is usually half-open, and its client is the one that returns. What it has sent
// and nobody has read is dropped: the client will say it again. If the program disconnects it, it
// disconnects the member wherever that is now.
void ChatServer::Impl::TakeOver(MemberId member, ConnectionId id) {
  Connection* const old = Find(id);
  if (old == nullptr) return;
  CHATHTTP_MARK("taken-over");
  if (old->unwanted) {
    const auto found = std::find_if(unwanted_.begin(), unwanted_.end(),
                                    [id](const auto& entry) { return entry.first == id; });
    if (found != unwanted_.end()) ended_away_.emplace_back(member, found->second);
  }
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

std::optional<SessionLogin> ChatServer::Impl::SessionOf(const Connection& connection,
                                                        const RequestCheck& check,
                                                        Owed::Request& request) {
  request.history = static_cast<std::uint16_t>(check.session.history);
  if (!check.session.wanted || !has_sessions()) return std::nullopt;
  SessionLogin login;
  if (!check.session.token.empty()) {
    request.old_token = check.session.token;
    request.since = login.since = check.session.since;
    login.returns = HashOfToken(check.session.token);
  }
  if (MayBeAway(CountedAddress(connection))) {
    request.new_token = NewToken(*entropy_);
    login.begins = HashOfToken(request.new_token);
  }
  return login;
}

void ChatServer::Impl::Return(MemberId member, ServerNumber host, Connection* connection) {
  TakeOver(member, sessions_.Of(member)->connection);
  sessions_.Return(member, host, connection == nullptr ? ConnectionId{0} : connection->id);
  if (connection != nullptr) {
    connection->returned = true;
    returned_.insert_or_assign(connection->id, member);
  } else if (host == log_.self()) {
    sessions_.SetAway(member, scheduler_.Now() + options_.away_limit, Sessions::Cause::kLoss);
  }
}

void ChatServer::Impl::EndReturned(Connection& connection) {
  CHATHTTP_MARK("returned-while-ending");
  Transient& transient = *connection.transient();
  if (transient.lost) {
    transient.leaves = false;
    if (GoAway(connection, transient.last_reason)) return;
    transient.leaves = true;
  }
  // The logout that is on its way is not that of this member. The last reply comes behind both.
  const Command command = CommandOf(connection, Command::Kind::kLogout, {});
  static_cast<void>(log_.Append(command));
  ++transient.login_changes;
  const auto is_last = [](const Owed& owed) { return !owed.request && owed.answer; };
  transient.owed.insert(std::find_if(transient.owed.begin(), transient.owed.end(), is_last),
                        Owed{});
  leaving_.try_emplace(command.member, Leaving{connection.id, std::string(transient.last_reason)});
}

ChatServer::Impl::Replay ChatServer::Impl::ReplayFor(const std::optional<Position>& since,
                                                     std::uint64_t entered) const {
  const std::uint64_t count = delivery_.count();
  if (!since || !IsExact(*since)) {
    CHATHTTP_MARK("gap-unknown");
    return {count, std::string(kUnknownGapValue)};
  }
  // Of what was before its login, a member gets no more than the history.
  const bool may_see = since->count + 1 + options_.history >= entered;
  if (may_see && delivery_.MayReplay(since->count)) return {since->count};
  CHATHTTP_MARK("gap-known");
  return {count, absl::StrCat(count - since->count)};
}

// The own "entered" is the last broadcast.
ChatServer::Impl::Replay ChatServer::Impl::HistoryFor(const Owed::Request& request) const {
  const std::uint64_t before = delivery_.count() - 1;
  const std::uint64_t most = std::min<std::uint64_t>(request.history, options_.history);
  const std::uint64_t from = delivery_.OldestReplay(before > most ? before - most : 0);
  Replay replay{most == 0 || from >= before ? delivery_.count() : from};
  if (!request.old_token.empty()) replay.gap = kUnknownGapValue;
  return replay;
}

void ChatServer::Impl::Welcome(Connection& connection, const Owed::Request& request,
                               std::optional<MemberId> returned) {
  const MemberSession* const session = sessions_.Of(MemberOf(connection));
  const std::uint64_t entered = session == nullptr ? delivery_.count() : session->entered;
  const Replay replay = returned ? ReplayFor(request.since, entered) : HistoryFor(request);
  const bool skips_own = replay.from < entered;
  std::string header;
  if (request.heartbeat > 0) absl::StrAppend(&header, "Heartbeat: ", request.heartbeat, "\n");
  if (session != nullptr) {
    header += SessionLines(returned ? request.old_token : request.new_token, options_.away_limit);
  }
  header += ReplayLine(delivery_.count() - replay.from - (skips_own ? 1 : 0));
  if (session != nullptr) {
    header += PositionLine(position());
    if (!replay.gap.empty()) header += GapLine(replay.gap);
  }
  delivery_.Welcome(connection, header, replay.from, entered);
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
               sessions_.Begin(
                   id, {.token = *member.token, .entered = member.entered, .address = {}})) {
      sessions_.SetAway(id, until, Sessions::Cause::kRestart);
    } else {
      gone.push_back(id);
    }
  }
  for (const MemberId id : gone) EndMember(id, "server was restarted");
  WatchAway();
}

bool ChatServer::Impl::IsAway(MemberId id) const {
  const MemberSession* const session = sessions_.Of(id);
  return session != nullptr && session->away_until != absl::InfiniteFuture();
}

bool ChatServer::Impl::EndAway(MemberId id, std::string_view reason) {
  if (life_ != Life::kServing || !IsAway(id)) return false;
  ended_away_.emplace_back(id, GivenReason(reason));
  turn_.Request();
  return true;
}

void ChatServer::Impl::EndAwayMembers() {
  std::size_t ended = 0;
  while (ended < ended_away_.size() && delivery_.MayBroadcast() && log_.MayAppend()) {
    const auto [member, reason] = std::move(ended_away_[ended++]);
    if (sessions_.Of(member) == nullptr) continue;
    if (const auto connection = OwnConnection(member)) {
      Disconnect(*connection, reason);  // it has returned
    } else if (IsAway(member)) {        // else it has returned to another server
      EndMember(member, reason);
    }
  }
  ended_away_.erase(ended_away_.begin(), ended_away_.begin() + static_cast<std::ptrdiff_t>(ended));
  if (life_ != Life::kServing) return;  // all members leave, without a notice
  while (delivery_.MayBroadcast() && log_.MayAppend()) {
    const std::optional<MemberId> late = sessions_.Overdue(scheduler_.Now());
    if (!late) return;
    CHATHTTP_MARK("away-too-long");
    EndMember(*late, "away too long");
  }
}

// Other servers may do the same at the same time: the first command takes effect.
void ChatServer::Impl::EndMember(MemberId member, std::string_view reason) {
  const MemberSession* const session = sessions_.Of(member);
  const Command command{.kind = Command::Kind::kLogout,
                        .server = log_.self(),
                        .member = member,
                        .wall = scheduler_.WallNow(),
                        .returns = session == nullptr ? 0 : session->returns};
  if (log_.Append(command) == OrderedLog::Order::kLater) {
    sessions_.StopWaiting(member);
    leaving_.insert_or_assign(member, Leaving{ConnectionId{0}, std::string(reason)});
    return;
  }
  const Answer answer = Perform(command, nullptr);
  Report({.kind = ServerEvent::Kind::kLeft, .name = answer.broadcast->name, .reason = reason});
}

// Wakes the server when the next away member must leave.
void ChatServer::Impl::WatchAway() {
  if (life_ == Life::kServing && sessions_.Overdue(scheduler_.Now())) {
    if (!delivery_.held() && log_.MayAppend()) turn_.Request();
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

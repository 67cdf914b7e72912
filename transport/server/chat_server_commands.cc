// How a chat server applies the commands of its ordered log.
#include <algorithm>
#include <cassert>
#include <utility>

#include "chathttp/transport/journal/record.h"
#include "chathttp/transport/ports/mark.h"
#include "chathttp/transport/server/chat_server_impl.h"

namespace chathttp {
namespace {

constexpr std::size_t kMaxEndedEpochs = 64;  // with a log; positions of older ones are not exact

}  // namespace

void ChatServer::Impl::ApplyLog() {
  Command command;
  if (!departure_.members.empty()) CHATHTTP_MARK("departure-continued");
  ContinueDeparture();
  while (log_waits_ && departure_.members.empty() && delivery_.MayServe()) {
    log_waits_ = log_.Next(command);
    if (!log_waits_) return;
    if (command.kind == Command::Kind::kRestart) {
      RestartRoom();
      continue;
    }
    if (command.kind == Command::Kind::kEpoch) {
      BeginEpoch();
      continue;
    }
    if (command.kind == Command::Kind::kPast) {
      TakePast(*command.past);
      continue;
    }
    if (gone_servers_.contains(command.server)) {
      CHATHTTP_MARK("command-of-gone-server");
      continue;
    }
    if (command.kind == Command::Kind::kServerGone) {
      BeginDeparture(command);
      continue;
    }
    const bool is_own = command.server == log_.self();
    if (IsOutdated(command)) {
      CHATHTTP_MARK("command-outdated");
      leaving_.erase(command.member);
      continue;
    }
    Connection* own = is_own ? OwnOf(command) : nullptr;
    if (own != nullptr && own->phase == Connection::Phase::kReset) {
      if (own->owes() && command.kind != Command::Kind::kSay) --own->transient()->login_changes;
      own = nullptr;
    }
    const Answer answer = Perform(command, own);
    if (is_own) Complete(command, answer, own);
  }
}

Command ChatServer::Impl::CommandOf(const Connection& connection, Command::Kind kind,
                                    std::string_view text) const {
  const MemberId member = MemberOf(connection);
  const MemberSession* const session = sessions_.Of(member);
  return {.kind = kind,
          .server = log_.self(),
          .member = member,
          .wall = scheduler_.WallNow(),
          .returns = session == nullptr ? 0 : session->returns,
          .text = text};
}

// The connection that made an outdated command is gone: another one has its member.
bool ChatServer::Impl::IsOutdated(const Command& command) const {
  if (command.kind == Command::Kind::kLogin) return false;
  const MemberSession* const session = sessions_.Of(command.member);
  return session != nullptr && session->returns != command.returns;
}

Connection* ChatServer::Impl::OwnOf(const Command& command) {
  if (command.kind != Command::Kind::kLogin) {
    if (const MemberSession* const session = sessions_.Of(command.member)) {
      return Find(session->connection);
    }
  }
  // Another server may have ended an away member first: its number names no connection here.
  if (ServerOf(command.member) != log_.self()) return nullptr;
  Connection* const own = Find(ConnectionOf(command.member));
  return own == nullptr || own->detached ? nullptr : own;
}

Answer ChatServer::Impl::PerformLogin(const Command& command, Connection* own) {
  const SessionLogin* const session = command.session;
  if (session != nullptr && session->returns) {
    if (const auto member = sessions_.Find(*session->returns)) {
      const Answer answer = AnswerReturn(room_, *member, command, position());
      if (answer.returned) Return(*member, command.server, own);
      return answer;
    }
  }
  Answer answer = ApplyCommand(room_, command);
  if (!answer.broadcast) return answer;
  Tell(*answer.broadcast, command.wall);
  if (session == nullptr || !session->begins) return answer;
  const bool begun =
      sessions_.Begin(command.member, {.token = *session->begins,
                                       .entered = delivery_.count(),
                                       .host = command.server,
                                       .connection = own == nullptr ? ConnectionId{0} : own->id,
                                       .address = {}});
  if (begun && journal_ != nullptr) {
    journal_->Append(SessionBegun{
        .member = command.member, .name = answer.broadcast->name, .token = *session->begins});
  }
  return answer;
}

Answer ChatServer::Impl::Perform(const Command& command, Connection* own) {
  if (command.kind == Command::Kind::kLogin) return PerformLogin(command, own);
  Answer answer = ApplyCommand(room_, command);
  // A leaving member follows up to its own kLeft broadcast.
  if (answer.login == Answer::Login::kLoggedOut) {
    sessions_.End(command.member);
    if (own != nullptr) {
      delivery_.Unfollow(*own);
      if (own->returned) returned_.erase(own->id);
      own->returned = false;
    }
  }
  if (answer.broadcast) Tell(*answer.broadcast, command.wall);
  return answer;
}

void ChatServer::Impl::Tell(const Broadcast& broadcast, absl::Time wall) {
  delivery_.Broadcast(broadcast, wall);
  if (journal_ == nullptr) return;
  journal_->Append(SaidOrNotice{
      .wall = wall, .kind = broadcast.kind, .name = broadcast.name, .text = broadcast.text});
}

void ChatServer::Impl::Complete(const Command& command, const Answer& answer, Connection* own) {
  std::optional<Owed::Request> request;
  if (own != nullptr) {
    assert(own->owes() && !own->transient()->owed.front().answer);
    Transient& transient = *own->transient();
    request = transient.owed.front().request;
    transient.owed.erase(transient.owed.begin());
    if (command.kind != Command::Kind::kSay) --transient.login_changes;
  }
  const bool lost = answer.login == Answer::Login::kUnchanged;
  if (command.kind == Command::Kind::kLogin && lost) CHATHTTP_MARK("login-lost-by-order");
  if (request) {
    Count(request->method, answer);
    Respond(*own, answer, *request);
    if (answer.returned && own->phase != Connection::Phase::kServing) EndReturned(*own);
  } else {
    CHATHTTP_MARK("command-unasked");
    ReportUnasked(command, answer);
  }
  if (own == nullptr) return;
  while (own->owes() && own->transient()->owed.front().answer) {
    const Owed next = std::move(own->transient()->owed.front());
    own->transient()->owed.erase(own->transient()->owed.begin());
    if (next.request) {
      Respond(*own, *next.answer, *next.request);
    } else {
      delivery_.Reply(*own, next.answer->code, next.answer->entity);
    }
  }
  if (own->phase == Connection::Phase::kLastWords) delivery_.Queue(*own);
  if (!own->transient()->unserved.empty() && !own->awaits_log()) own->ReadLater();
  own->FreeTransientIfDone();
  Watch(*own);
}

void ChatServer::Impl::ReportUnasked(const Command& command, const Answer& answer) {
  if (command.kind == Command::Kind::kLogin && answer.broadcast) {
    ++stats_.logins;
    Report({.kind = ServerEvent::Kind::kEntered,
            .connection = ConnectionOf(command.member),
            .name = answer.broadcast->name});
  }
  if (command.kind != Command::Kind::kLogout) return;
  Leaving leaving{ConnectionId{0}, "logout"};
  if (const auto known = leaving_.find(command.member); known != leaving_.end()) {
    leaving = std::move(known->second);
    leaving_.erase(known);
  }
  if (!answer.broadcast) return;
  Report({.kind = ServerEvent::Kind::kLeft,
          .connection = leaving.connection,
          .name = answer.broadcast->name,
          .reason = leaving.reason});
}

void ChatServer::Impl::ForgetOwed(Connection& connection) {
  if (!connection.owes()) return;
  Transient& transient = *connection.transient();
  transient.login_changes = 0;
  for (const Owed& owed : std::exchange(transient.owed, {})) {
    const bool last = !owed.request && owed.answer;
    if (last) delivery_.Reply(connection, owed.answer->code, owed.answer->entity);
  }
  if (connection.phase == Connection::Phase::kLastWords) delivery_.Queue(connection);
}

ServerNumber ChatServer::Impl::HostOf(MemberId member) const {
  const MemberSession* const session = sessions_.Of(member);
  return session == nullptr ? ServerOf(member) : session->host;
}

// The members of a server that is gone leave, at all servers in one order; those with sessions may
// return to any other server.
void ChatServer::Impl::BeginDeparture(const Command& command) {
  gone_servers_.insert(command.server);
  if (command.server == log_.self()) {
    if (life_ == Life::kServing) CHATHTTP_MARK("server-away");
    ConcludeAll(life_ == Life::kStopping ? kStop : kAway, true);
    leaving_.clear();
  } else {
    CHATHTTP_MARK("server-gone");
  }
  for (const ChatRoom::Member& member : room_.members()) {
    const MemberSession* const session = sessions_.Of(member.id);
    // Nothing comes back any more of what this server has appended, such as the ends of away members.
    const bool has_lost_end = session != nullptr && command.server == log_.self() &&
                              gone_servers_.contains(session->host) &&
                              session->away_until == absl::InfiniteFuture();
    if (HostOf(member.id) != command.server && !has_lost_end) continue;
    if (session != nullptr) {
      sessions_.SetAway(member.id, scheduler_.Now() + options_.away_limit,
                        Sessions::Cause::kRestart);
    } else {
      departure_.members.push_back(member.id);
    }
  }
  std::reverse(departure_.members.begin(), departure_.members.end());
  departure_.wall = command.wall;
  ContinueDeparture();
}

void ChatServer::Impl::RestartRoom() {
  CHATHTTP_MARK("room-restarted");
  ConcludeAll(life_ == Life::kStopping ? kStop : kRestarted, true);
  leaving_.clear();
  while (!room_.members().empty()) (void)room_.Logout(room_.members().front().id);
  sessions_.EndAll();
  gone_servers_.clear();  // the numbers begin again
  // The servers may have applied different commands that the log has lost. So they count from 0 again,
  // and no older position is exact.
  delivery_.Renumber(0);
  ended_.clear();
  epoch_ = log_.epoch();
}

void ChatServer::Impl::BeginEpoch() {
  if (epoch_ != 0) ended_.push_back({epoch_, delivery_.count()});
  if (ended_.size() > kMaxEndedEpochs) ended_.erase(ended_.begin());
  epoch_ = log_.epoch();
}

PastRoom ChatServer::Impl::past() const {
  PastRoom past{.end = position(), .ended = ended_};
  for (const ChatRoom::Member& each : room_.members()) {
    PastMember member{.id = each.id, .name = each.name};
    if (const MemberSession* const session = sessions_.Of(each.id)) {
      member.token = session->token;
      member.entered = session->entered;
      member.host = session->host;
      member.returns = session->returns;
    }
    past.members.push_back(std::move(member));
  }
  return past;
}

// The limit of a member that is away begins now. The servers that have seen it go end it earlier, if any
// of them is left.
void ChatServer::Impl::TakePast(const PastRoom& past) {
  epoch_ = past.end.epoch;
  ended_ = past.ended;
  delivery_.Renumber(past.end.count);
  for (const PastMember& member : past.members) {
    if (room_.Login(member.id, member.name).outcome != Outcome::kOk || !member.token) continue;
    const bool begun = sessions_.Begin(member.id, {.token = *member.token,
                                                   .entered = member.entered,
                                                   .host = member.host,
                                                   .returns = member.returns,
                                                   .address = {}});
    if (!begun || !member.away) continue;
    gone_servers_.insert(member.host);
    sessions_.SetAway(member.id, scheduler_.Now() + options_.away_limit, Sessions::Cause::kRestart);
  }
}

void ChatServer::Impl::ContinueDeparture() {
  while (!departure_.members.empty() && delivery_.MayServe()) {
    const MemberId member = departure_.members.back();
    departure_.members.pop_back();
    (void)Perform({.kind = Command::Kind::kLogout,
                   .server = ServerOf(member),
                   .member = member,
                   .wall = departure_.wall},
                  nullptr);
  }
}

}  // namespace chathttp

// How a chat server applies the commands of its ordered log.
#include <algorithm>
#include <cassert>
#include <utility>

#include "chathttp/transport/journal/record.h"
#include "chathttp/transport/ports/mark.h"
#include "chathttp/transport/server/chat_server_impl.h"

namespace chathttp {

void ChatServer::Impl::ApplyLog() {
  Command command;
  if (!departure_.members.empty()) CHATHTTP_MARK("departure-continued");
  ContinueDeparture();
  while (log_waits_ && departure_.members.empty() && delivery_.MayServe()) {
    log_waits_ = log_.Next(command);
    if (!log_waits_) return;
    const bool of_a_server = command.kind != Command::Kind::kRestart;
    if (of_a_server && gone_servers_.contains(command.server)) {
      CHATHTTP_MARK("command-of-gone-server");
      continue;
    }
    if (command.kind == Command::Kind::kServerGone) {
      BeginDeparture(command);
      continue;
    }
    if (command.kind == Command::Kind::kRestart) {
      RestartRoom();
      continue;
    }
    const bool is_own = command.server == log_.self();
    Connection* own = is_own ? Find(ConnectionOf(command.member)) : nullptr;
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
  return {.kind = kind,
          .server = log_.self(),
          .member = MemberOf(connection),
          .wall = scheduler_.WallNow(),
          .text = text};
}

Answer ChatServer::Impl::Perform(const Command& command, Connection* own) {
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
  const auto reason = leaving_.find(command.member);
  if (answer.broadcast && command.kind != Command::Kind::kSay) {
    const bool left = command.kind == Command::Kind::kLogout;
    if (!left) ++stats_.logins;
    Report({.kind = left ? ServerEvent::Kind::kLeft : ServerEvent::Kind::kEntered,
            .connection = ConnectionOf(command.member),
            .name = answer.broadcast->name,
            .reason = !left                      ? ""
                      : reason == leaving_.end() ? "logout"
                                                 : reason->second});
  }
  if (command.kind == Command::Kind::kLogout && reason != leaving_.end()) leaving_.erase(reason);
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

void ChatServer::Impl::BeginDeparture(const Command& command) {
  gone_servers_.insert(command.server);
  if (command.server == log_.self()) {
    if (life_ == Life::kServing) CHATHTTP_MARK("server-away");
    ConcludeAll(life_ == Life::kStopping ? kStop : kAway);
    // Those whose connections have ended before.
    return RemoveMembers(
        [gone = command.server](MemberId member) { return ServerOf(member) == gone; });
  }
  CHATHTTP_MARK("server-gone");
  for (const ChatRoom::Member& member : room_.members()) {
    if (ServerOf(member.id) == command.server) departure_.members.push_back(member.id);
  }
  std::reverse(departure_.members.begin(), departure_.members.end());
  departure_.wall = command.wall;
  ContinueDeparture();
}

void ChatServer::Impl::RestartRoom() {
  CHATHTTP_MARK("room-restarted");
  ConcludeAll(life_ == Life::kStopping ? kStop : kRestarted);
  RemoveMembers([](MemberId) { return true; });
  gone_servers_.clear();  // the numbers begin again
}

void ChatServer::Impl::RemoveMembers(absl::FunctionRef<bool(MemberId)> leaves) {
  leaving_.clear();
  for (auto member = room_.members().begin(); member != room_.members().end();) {
    const MemberId id = member->id;
    ++member;
    if (leaves(id)) (void)room_.Logout(id);
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

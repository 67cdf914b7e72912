// How connections of a chat server end.
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/transport/ports/mark.h"
#include "chathttp/transport/server/chat_server_impl.h"

namespace chathttp {

void ChatServer::Impl::Expire(Connection& connection) {
  const absl::Time now = scheduler_.Now();
  const Transient* const transient = connection.transient();
  if (transient != nullptr && transient->lingers_until <= now) {
    CHATHTTP_MARK("expired-linger");
    return Close(connection);
  }
  if (transient != nullptr && transient->paused_until <= now && transient->floods_until > now) {
    return Resume(connection);
  }
  const bool stalled = transient != nullptr && transient->accepts_by <= now;
  if (stalled && delivery_.Retry(connection)) return Watch(connection);
  ++stats_.expired;
  if (stalled) {
    CHATHTTP_MARK("expired-stall");
    return BreakOff(connection, "no byte accepted within the limit");
  }
  if (transient != nullptr && transient->floods_until <= now) {
    CHATHTTP_MARK("expired-flood");
    return ConcludeWith(
        connection, StatusCode::kBadRequest,
        absl::StrCat("Too fast: at most ", options_.flood.per_second, " requests a second after ",
                     options_.flood.burst, " at once, more waited for ",
                     absl::FormatDuration(options_.flood_limit)),
        "flood");
  }
  const auto conclude = [&](absl::Duration limit, std::string_view what, std::string_view reason,
                            Ending ending = Ending::kLeaves) {
    ConcludeWith(connection, StatusCode::kBadRequest,
                 absl::StrCat(AbslView(what), " within ", absl::FormatDuration(limit)), reason, {},
                 ending);
  };
  if (transient != nullptr && transient->request_ends_by <= now) {
    CHATHTTP_MARK("expired-request");
    conclude(options_.request_limit, "A request must be complete", "unfinished request",
             Ending::kMayReturn);
  } else if (connection.heartbeat > 0) {
    CHATHTTP_MARK("expired-heartbeat");
    ConcludeWith(connection, StatusCode::kBadRequest,
                 absl::StrCat("A request must come within ",
                              absl::FormatDuration(connection.heartbeat_limit()),
                              ", since Heartbeat promised one every ", connection.heartbeat, "s"),
                 "silent", {}, Ending::kMayReturn);
  } else if (!connection.has_sent_request) {
    CHATHTTP_MARK("expired-first-request");
    conclude(options_.login_limit, "A first request must be complete", "no request");
  } else {
    CHATHTTP_MARK("expired-login");
    conclude(options_.relogin_limit, "An accepted ADD must come", "no login");
  }
}

void ChatServer::Impl::LogOut(Connection& connection, std::string_view reason, Ending ending) {
  if (ending == Ending::kMayReturn && GoAway(connection, reason)) return;
  Transient* const transient = connection.transient();
  const bool may_log_in = transient != nullptr && transient->login_changes > 0;
  if (!may_log_in && !room_.NameOf(MemberOf(connection))) return;
  if (may_log_in && transient->leaves) {
    CHATHTTP_MARK("logout-under-way");
    leaving_.try_emplace(MemberOf(connection), Leaving{connection.id, "logout"});
    return;
  }
  const Command command = CommandOf(connection, Command::Kind::kLogout, {});
  if (log_.Append(command) == OrderedLog::Order::kNow) {
    const Answer answer = Perform(command, &connection);
    return Emit(ServerEvent::Kind::kLeft, connection, answer.broadcast->name, reason);
  }
  connection.EnsureTransient().owed.push_back({});
  ++connection.transient()->login_changes;
  connection.transient()->leaves = true;
  connection.transient()->lost = ending == Ending::kMayReturn;
  leaving_.try_emplace(command.member, Leaving{connection.id, std::string(reason)});
}

void ChatServer::Impl::Conclude(Connection& connection, std::string_view reason, Ending ending) {
  LogOut(connection, reason, ending);
  connection.phase = Connection::Phase::kLastWords;
  Transient& transient = connection.EnsureTransient();
  transient.last_reason = reason;
  std::string().swap(transient.unserved);
  TakeUnfinished(connection);
  transient.request_ends_by = absl::InfiniteFuture();
  transient.paused_until = transient.floods_until = absl::InfiniteFuture();
  connection.set_request_wanted_by(absl::InfiniteFuture());
  delivery_.Queue(connection);
  Watch(connection);
}

void ChatServer::Impl::ConcludeWith(Connection& connection, StatusCode code,
                                    std::string_view entity, std::string_view reason,
                                    std::string_view event_reason, Ending ending) {
  connection.unwanted = true;
  if (!connection.turned_away) {
    Emit(ServerEvent::Kind::kRefused, connection, room_.NameOf(MemberOf(connection)).value_or(""),
         event_reason.empty() ? entity : event_reason);
  }
  Conclude(connection, reason, ending);
  if (!connection.owes()) return delivery_.Reply(connection, code, entity);
  CHATHTTP_MARK("last-words-behind-command");
  connection.transient()->owed.push_back(
      {std::nullopt, Answer{.code = code, .entity = std::string(entity)}});
}

void ChatServer::Impl::Finish(Connection& connection) {
  connection.stream->ShutdownWrite();
  if (connection.peer_ended) return Close(connection);
  connection.phase = Connection::Phase::kLingering;
  connection.EnsureTransient().lingers_until = scheduler_.Now() + options_.linger_limit;
  Watch(connection);
  connection.ReadLater();  // kLastWords did not read its input
}

void ChatServer::Impl::BreakOff(Connection& connection, std::string_view reason) {
  connection.stream->Reset();
  connection.phase = Connection::Phase::kReset;
  Transient& transient = connection.EnsureTransient();
  transient.last_reason = reason;
  TakeUnfinished(connection);
  transient.request_ends_by = transient.accepts_by = absl::InfiniteFuture();
  transient.paused_until = transient.floods_until = absl::InfiniteFuture();
  connection.set_request_wanted_by(absl::InfiniteFuture());
  delivery_.Forget(connection);
  broken_.push_back(connection.id);
}

void ChatServer::Impl::Close(Connection& connection) {
  delivery_.Forget(connection);
  Report({.kind = ServerEvent::Kind::kClosed,
          .connection = connection.id,
          .reason = connection.last_reason(),
          .bytes_in = connection.bytes_in,
          .bytes_out = connection.bytes_out});
  ++stats_.closed;
  if (connection.turned_away) {
    --turned_away_;
  } else {
    ++stats_.closed_by_reason[EndReasonOf(connection.last_reason(),
                                          connection.stream->broken_reason())];
  }
  deadlines_.Remove(connection.id);
  peers_.erase(connection.id);
  returned_.erase(connection.id);
  SetAnonymous(connection, false);
  if (const auto counted = counted_.find(connection.id); counted != counted_.end()) {
    customers_->Release(counted->second);
    counted_.erase(counted);
  }
  connections_.erase(connections_.find(connection.id));
}

}  // namespace chathttp

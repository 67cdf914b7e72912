// How a chat server reads, checks and answers requests.
#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "chathttp/transport/ports/mark.h"
#include "chathttp/transport/server/chat_server_impl.h"

namespace chathttp {

void ChatServer::Impl::Serve(Connection& connection) {
  if (connection.phase == Connection::Phase::kLingering) return Linger(connection);
  if (connection.phase != Connection::Phase::kServing) return Watch(connection);  // read later
  if (connection.unwanted) return;
  if (life_ == Life::kStopping) return;  // a command behind the kServerGone has no effect
  std::string earlier;
  if (Transient* const transient = connection.transient()) {
    earlier = std::exchange(transient->unserved, {});
  }
  if (const auto unfinished = TakeUnfinished(connection)) {
    decoder_ = std::move(*unfinished);
  } else {
    decoder_.Restart(connection.bytes_in - earlier.size());
  }
  std::size_t requests = options_.turn_requests;
  std::size_t to_read = options_.turn_read_bytes;
  std::string_view input = earlier;
  while (ServeInput(connection, input, requests)) {
    if (to_read == 0) {
      CHATHTTP_MARK("turn-read-spent");
      connection.ReadLater();
      break;
    }
    const IoResult result =
        connection.stream->Read({buffer_.data(), std::min(buffer_.size(), to_read)});
    if (result.status == IoStatus::kWouldBlock) {
      // All was served, so it is not flooding.
      if (connection.transient() != nullptr) {
        connection.transient()->floods_until = absl::InfiniteFuture();
      }
      break;
    }
    if (result.status == IoStatus::kEndOfStream) {
      CHATHTTP_MARK("end-of-stream-served");
      connection.peer_ended = true;
      return Conclude(connection, "end of stream", Ending::kMayReturn);
    }
    if (result.status == IoStatus::kBroken) {
      CHATHTTP_MARK("read-broken");
      connection.EnsureTransient().last_reason = connection.stream->broken_reason();
      LogOut(connection, connection.last_reason(), Ending::kMayReturn);
      return Close(connection);
    }
    connection.bytes_in += result.bytes;
    stats_.bytes_in += result.bytes;
    to_read -= result.bytes;
    input = {buffer_.data(), result.bytes};
  }
  if (connection.phase == Connection::Phase::kServing) KeepUnfinished(connection);
  connection.FreeTransientIfDone();
  Watch(connection);
}

bool ChatServer::Impl::ServeInput(Connection& connection, std::string_view input,
                                  std::size_t& requests) {
  while (!input.empty()) {
    if (!decoder_.mid_message() && MustWait(connection, requests)) {
      connection.EnsureTransient().unserved = input;
      return false;
    }
    const DecodeResult result = decoder_.Decode(input);
    input.remove_prefix(result.consumed);
    switch (result.status) {
      case DecodeStatus::kNeedMore:
        break;
      case DecodeStatus::kError:
        CHATHTTP_MARK("fatal-request");
        ++stats_.refusals[Rule::kMalformed];
        ConcludeWith(connection, StatusCode::kBadRequest, decoder_.error().reason(), "bad request",
                     decoder_.error().rule_text);
        return false;
      case DecodeStatus::kMessage:
        if (connection.blocked()) CHATHTTP_MARK("pipelined-while-blocked");
        --requests;
        ++stats_.requests;
        ServeRequest(connection);
        if (connection.phase != Connection::Phase::kServing || connection.unwanted) return false;
        break;
    }
  }
  return true;
}

void ChatServer::Impl::ServeRequest(Connection& connection) {
  Owed::Request request{.method = decoder_.request().method,
                        .first = !connection.has_sent_request,
                        .heartbeat = decoder_.request().heartbeat};
  connection.has_sent_request = true;
  connection.set_request_ends_by(absl::InfiniteFuture());
  RequestCheck check = Check(connection);
  if (!check.command) {
    Count(request.method, check.answer);
    if (!connection.owes()) return Respond(connection, check.answer, request);
    CHATHTTP_MARK("answer-behind-command");
    connection.transient()->owed.push_back({request, std::move(check.answer)});
    return;
  }
  if (check.command == Command::Kind::kSay) {
    Pay(connection, flood_.CostOfText(decoder_.request().entity.size()));
  }
  const std::optional<SessionLogin> session = SessionOf(connection, check, request);
  Command command = CommandOf(connection, *check.command, check.text);
  command.session = session ? &*session : nullptr;
  if (log_.Append(command) == OrderedLog::Order::kNow) {
    const Answer answer = Perform(command, &connection);
    Count(request.method, answer);
    return Respond(connection, answer, request);
  }
  Transient& transient = connection.EnsureTransient();
  transient.owed.push_back({request, std::nullopt});
  if (check.command == Command::Kind::kSay) return;
  ++transient.login_changes;
  transient.leaves = check.command == Command::Kind::kLogout;
}

RequestCheck ChatServer::Impl::Check(const Connection& connection) {
  Judge judge{.policy = policy_,
              .connection = connection.id,
              .order_is_known = &log_ == &local_log_,
              .has_sessions = has_sessions()};
  const auto peer = peers_.find(connection.id);
  if (peer != peers_.end()) judge.peer = peer->second;
  calling_out_ = policy_ != nullptr;
  RequestCheck check = CheckRequest(room_, MemberOf(connection), decoder_.request(), judge);
  calling_out_ = false;
  return check;
}

void ChatServer::Impl::Count(Method method, const Answer& answer) {
  ++stats_.requests_by_kind[{method, answer.code}];
  if (answer.rule) ++stats_.refusals[*answer.rule];
}

bool ChatServer::Impl::MustWait(Connection& connection, std::size_t requests) {
  if (IsFlooding(connection)) return true;
  if (connection.awaits_log()) {
    CHATHTTP_MARK("log-awaited");
    return true;  // Complete calls ReadLater
  }
  if (connection.outbox.private_bytes() >= options_.private_bytes) {
    CHATHTTP_MARK("throttled");
    return true;  // Delivery calls ReadLater when enough replies were sent
  }
  if (requests > 0 && MayServe()) return false;
  if (requests == 0) CHATHTTP_MARK("turn-requests-spent");
  if (!delivery_.MayServe()) CHATHTTP_MARK("guard-reached");
  if (!log_.MayAppend()) CHATHTTP_MARK("log-full");
  connection.ReadLater();
  return true;
}

bool ChatServer::Impl::IsFlooding(Connection& connection) {
  if (connection.exempt || flood_.off()) return false;
  const absl::Time now = scheduler_.Now();
  const absl::Time opens = absl::FromUnixNanos(flood_.OpensAt(connection.paid_until));
  if (opens <= now) return false;
  CHATHTTP_MARK("flood-paused");
  connection.Pause(opens, now + options_.flood_limit);
  return true;
}

void ChatServer::Impl::Pay(Connection& connection, std::int64_t cost) {
  if (connection.exempt || flood_.off()) return;
  connection.paid_until =
      flood_.Pay(connection.paid_until, absl::ToUnixNanos(scheduler_.Now()), cost);
}

// A text is paid for when its command is appended.
void ChatServer::Impl::Charge(Connection& connection, const Answer& answer) {
  if (answer.body == Answer::Body::kList) {
    return Pay(connection, flood_.CostOfList(delivery_.list_entity_bytes()));
  }
  if (answer.login != Answer::Login::kUnchanged) return Pay(connection, flood_.CostOfNotice());
  if (answer.body == Answer::Body::kBroadcast) return;
  Pay(connection, answer.code == StatusCode::kOk ? flood_.CostOfText(0) : flood_.CostOfRefusal());
}

void ChatServer::Impl::Respond(Connection& connection, const Answer& answer,
                               const Owed::Request& request) {
  if (answer.fatal) {
    return ConcludeWith(connection, answer.code, answer.entity, "request before login");
  }
  const bool logged_in = answer.login == Answer::Login::kLoggedIn;
  switch (answer.body) {
    case Answer::Body::kEntity:
      if (!logged_in) delivery_.Reply(connection, answer.code, answer.entity);
      break;
    case Answer::Body::kList:
      delivery_.ReplyList(connection, room_);
      break;
    case Answer::Body::kBroadcast:
      break;
  }
  if (logged_in) {
    Welcome(connection, request, answer.returned);
    ++(answer.returned ? stats_.returns : stats_.logins);
    Emit(answer.returned ? ServerEvent::Kind::kReturned : ServerEvent::Kind::kEntered, connection,
         *room_.NameOf(MemberOf(connection)), "");
  } else if (answer.login == Answer::Login::kLoggedOut) {
    Emit(ServerEvent::Kind::kLeft, connection, answer.broadcast->name, "logout");
  } else if (answer.code != StatusCode::kOk) {
    Emit(ServerEvent::Kind::kRefused, connection, room_.NameOf(MemberOf(connection)).value_or(""),
         answer.entity);
  }
  Charge(connection, answer);
  if (connection.phase == Connection::Phase::kServing) UpdateLogin(connection, answer, request);
}

void ChatServer::Impl::UpdateLogin(Connection& connection, const Answer& answer,
                                   const Owed::Request& request) {
  const bool logged_out = answer.login == Answer::Login::kLoggedOut;
  if (room_.NameOf(MemberOf(connection))) {
    if (answer.login == Answer::Login::kLoggedIn) {
      connection.heartbeat = request.heartbeat & 0xfffU;
    }
    connection.set_request_wanted_by(connection.heartbeat == 0
                                         ? absl::InfiniteFuture()
                                         : scheduler_.Now() + connection.heartbeat_limit());
    connection.refusals = 0;
    if (answer.login != Answer::Login::kLoggedIn) return;
    SetAnonymous(connection, false);
    deadlines_.Remove(connection.id);  // Serve sets the remaining deadline
    return;
  }
  if (logged_out) SetAnonymous(connection, true);
  connection.heartbeat = 0;
  if (logged_out || connection.request_wanted_by() == absl::InfiniteFuture()) {
    connection.set_request_wanted_by(scheduler_.Now() + options_.relogin_limit);
  } else if (request.first) {
    connection.set_request_wanted_by(connection.request_wanted_by() - options_.login_limit +
                                     options_.relogin_limit);
  }
  if (logged_out || connection.exempt || ++connection.refusals < options_.max_refusals) return;
  CHATHTTP_MARK("refusals-spent");
  connection.unwanted = true;
  Conclude(connection, "too many refused requests", Ending::kLeaves);
}

void ChatServer::Impl::SetAnonymous(Connection& connection, bool anonymous) {
  if (connection.exempt || connection.anonymous == anonymous) return;
  connection.anonymous = anonymous;
  anonymous ? ++anonymous_ : --anonymous_;
}

void ChatServer::Impl::KeepUnfinished(Connection& connection) {
  if (!decoder_.mid_message()) return;
  CHATHTTP_MARK("request-unfinished");
  const bool member = room_.NameOf(MemberOf(connection)).has_value();
  const std::size_t most = member ? options_.partial_bytes : options_.partial_bytes / 2;
  const std::size_t bytes = partial_bytes_ + decoder_.partial_bytes();
  if (bytes > most) {
    CHATHTTP_MARK("partial-over-bytes");
    return ConcludeWith(
        connection, StatusCode::kInternalServerError,
        absl::StrCat("Too many unfinished requests: at most ", most, " bytes",
                     member ? "" : " before a login", ", got ", bytes, ", try again later"),
        "too many unfinished requests");
  }
  partial_bytes_ = bytes;
  Transient& transient = connection.EnsureTransient();
  transient.unfinished = std::make_unique<RequestDecoder>(std::exchange(decoder_, NewDecoder()));
  if (transient.request_ends_by == absl::InfiniteFuture()) {
    transient.request_ends_by = scheduler_.Now() + options_.request_limit;
  }
}

std::unique_ptr<RequestDecoder> ChatServer::Impl::TakeUnfinished(Connection& connection) {
  if (connection.transient() == nullptr) return nullptr;
  auto unfinished = std::move(connection.transient()->unfinished);
  if (unfinished != nullptr) partial_bytes_ -= unfinished->partial_bytes();
  return unfinished;
}

void ChatServer::Impl::Resume(Connection& connection) {
  connection.transient()->paused_until = absl::InfiniteFuture();
  if (delivery_.MayServe()) return Serve(connection);
  connection.ReadLater();
  Watch(connection);
}

void ChatServer::Impl::Linger(Connection& connection) {
  std::size_t& lingered_bytes = connection.EnsureTransient().lingered_bytes;
  for (;;) {
    const IoResult result = connection.stream->Read(buffer_);
    if (result.status == IoStatus::kWouldBlock) return Watch(connection);
    lingered_bytes += result.bytes;
    connection.bytes_in += result.bytes;
    stats_.bytes_in += result.bytes;
    const bool ended = result.status != IoStatus::kProgress;
    const bool too_much = lingered_bytes > options_.linger_bytes;
    if (too_much) CHATHTTP_MARK("linger-over-bytes");
    if (ended || too_much) return Close(connection);
  }
}

}  // namespace chathttp

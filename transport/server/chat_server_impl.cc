#include "chathttp/transport/server/chat_server_impl.h"

#include <algorithm>
#include <cassert>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/domain/escape.h"
#include "chathttp/transport/codec/entity.h"
#include "chathttp/transport/ports/mark.h"

namespace chathttp {
namespace {

// At most this many connections beyond max_connections get a 500 and a graceful close at a time;
// further ones get only the part of the 500 that one write takes.
constexpr std::size_t kMaxTurnedAway = 64;

// Of one read. This bounds the input that a throttled connection keeps unserved.
constexpr std::size_t kReadBytes = 4 << 10;

DecodeLimits LimitsOf(const ServerOptions& options) {
  DecodeLimits limits;
  limits.entity_bytes = options.room.text_bytes;
  limits.skip_bytes = std::max(limits.skip_bytes, options.room.text_bytes);
  return limits;
}

// How long a member that has promised signs of life may be silent.
absl::Duration HeartbeatLimit(const Connection& connection) {
  return 2.5 * absl::Seconds(connection.heartbeat);
}

}  // namespace

ChatServer::Impl::Impl(Network& network, Scheduler& scheduler, const ServerOptions& options)
    : network_(network),
      scheduler_(scheduler),
      options_(options),
      admission_(options_),
      room_(options.room),
      flood_(options.flood),
      delivery_(scheduler, options_),
      turn_(scheduler, [this] { RunTurn(); }),
      wakes_{turn_, {}, {}},
      deadlines_(scheduler, [this] { turn_.Request(); }),
      buffer_(std::min(options.turn_read_bytes, kReadBytes)),
      decoder_(LimitsOf(options)) {}

ChatServer::Impl::~Impl() {
  assert(!calling_out_);
  scheduler_.Cancel(stop_timer_);
  // Sorted, since peers can observe the order.
  for (const ConnectionId id : SortedIds()) connections_.erase(connections_.find(id));
}

void ChatServer::Impl::Subscribe(ServerEvents& events) {
  assert(!calling_out_);
  assert(std::count(subscribers_.begin(), subscribers_.end(), &events) == 0);
  subscribers_.push_back(&events);
}

void ChatServer::Impl::Unsubscribe(ServerEvents& events) {
  assert(!calling_out_);
  std::erase(subscribers_, &events);
}

void ChatServer::Impl::SetPolicy(RoomPolicy& policy) {
  assert(policy_ == nullptr && last_id_ == 0);
  policy_ = &policy;
}

absl::Status ChatServer::Impl::CheckReady() const {
  if (calling_out_) {
    return absl::FailedPreconditionError(
        "called from a ServerEvents or a RoomPolicy, call it from a later task of the scheduler");
  }
  if (life_ != Life::kServing) return absl::FailedPreconditionError("the server has been stopped");
  return CheckOptions(options_);
}

absl::Status ChatServer::Impl::Listen(Network& network, const Endpoint& endpoint) {
  if (absl::Status status = CheckReady(); !status.ok()) return status;
  absl::StatusOr<std::unique_ptr<Listener>> listener = network.Listen(endpoint, *this);
  if (!listener.ok()) return listener.status();
  listeners_.push_back(*std::move(listener));
  const std::string here = ToString(listeners_.back()->local());
  Report({.kind = ServerEvent::Kind::kListening, .peer = here});
  return absl::OkStatus();
}

void ChatServer::Impl::StopListening() {
  assert(!calling_out_);
  listeners_.clear();
}

std::vector<Endpoint> ChatServer::Impl::endpoints() const {
  std::vector<Endpoint> endpoints;
  for (const auto& listener : listeners_) endpoints.push_back(listener->local());
  return endpoints;
}

ServerStats ChatServer::Impl::stats() const {
  ServerStats stats = stats_;
  stats.broadcasts_by_kind = delivery_.broadcasts();
  stats.broadcasts = stats.broadcasts_by_kind.total();
  stats.fanout = delivery_.fanout();
  stats.replies = delivery_.replies();
  stats.bytes_out = delivery_.bytes_out();
  return stats;
}

std::size_t ChatServer::Impl::paused() const {
  return static_cast<std::size_t>(
      std::count_if(connections_.begin(), connections_.end(),
                    [](const auto& connection) { return connection->paused(); }));
}

std::size_t ChatServer::Impl::held_bytes() const {
  std::size_t bytes = delivery_.held_bytes() + partial_bytes_;
  for (const auto& connection : connections_) {
    bytes += connection->held_bytes();
  }
  return bytes;
}

// ---- Accept -----------------------------------------------------------------------------------

absl::StatusOr<ConnectionId> ChatServer::Impl::Accept(std::unique_ptr<ByteStream> stream,
                                                      std::string_view peer) {
  if (absl::Status status = CheckReady(); !status.ok()) return status;
  if (stream == nullptr) return absl::InvalidArgumentError("the stream is null, give a stream");
  return Admit(std::move(stream), peer);
}

void ChatServer::Impl::OnAccept(std::unique_ptr<ByteStream> stream, std::string_view peer) {
  Admit(std::move(stream), peer);
}

std::optional<ChatServer::Impl::Obstacle> ChatServer::Impl::WhyNot(const IpAddress& address,
                                                                   bool exempt) {
  const std::size_t most = options_.max_connections;
  if (connections_.size() - turned_away_ >= most) {
    return Obstacle{EndReason::kFull, absl::StrCat("Server is full: at most ", most,
                                                   " connections, try again later")};
  }
  if (exempt) return std::nullopt;
  if (auto banned = admission_.FindBan(address, scheduler_.Now())) {
    return Obstacle{EndReason::kAddress, *std::move(banned)};
  }
  const std::size_t most_anonymous = (most + 3) / 4;
  if (anonymous_ >= most_anonymous) {
    CHATHTTP_MARK("anonymous-full");
    return Obstacle{EndReason::kFull,
                    absl::StrCat("Server is full: at most ", most_anonymous,
                                 " connections that are not logged in, try again later")};
  }
  if (auto refused = admission_.Admit(address, scheduler_.Now())) {
    return Obstacle{EndReason::kAddress, *std::move(refused)};
  }
  return std::nullopt;
}

ConnectionId ChatServer::Impl::Admit(std::unique_ptr<ByteStream> stream, std::string_view peer) {
  const IpAddress address = AddressOf(peer);
  const bool exempt = admission_.IsExempt(address);
  const std::optional<Obstacle> obstacle = WhyNot(address, exempt);
  if (obstacle && turned_away_ >= kMaxTurnedAway) {
    TurnAway(*stream, peer, obstacle->reason, obstacle->label);
    return ConnectionId{0};
  }

  ++stats_.accepted;
  const ConnectionId id{++last_id_};
  Connection& connection =
      **connections_.insert(std::make_unique<Connection>(id, std::move(stream), wakes_)).first;
  if (policy_ != nullptr) peers_.emplace(id, peer);
  connection.exempt = exempt;
  if (obstacle) {
    CHATHTTP_MARK("turned-away");
    ++turned_away_;
    ++stats_.turned_away;
    ++stats_.closed_by_reason[obstacle->label];
    connection.turned_away = true;
    Report({.kind = ServerEvent::Kind::kTurnedAway,
            .connection = id,
            .peer = peer,
            .reason = obstacle->reason});
    ConcludeWith(connection, StatusCode::kInternalServerError, obstacle->reason, "turned away");
  } else {
    if (!exempt) counted_.emplace(id, address);
    SetAnonymous(connection, true);
    Report({.kind = ServerEvent::Kind::kAccepted, .connection = id, .peer = peer});
    connection.set_request_wanted_by(scheduler_.Now() + options_.login_limit);
    delivery_.Reply(connection, StatusCode::kAccept, kGreetingEntity);
  }
  Watch(connection);
  turn_.Request();
  return id;
}

void ChatServer::Impl::OnOverflow(ByteStream& stream, std::string_view peer) {
  CHATHTTP_MARK("overflow-turned-away");
  TurnAway(stream, peer, "Server is out of descriptors, try again later", EndReason::kDescriptors);
}

void ChatServer::Impl::TurnAway(ByteStream& stream, std::string_view peer, std::string_view reason,
                                EndReason label) {
  ++stats_.accepted;
  ++stats_.closed;
  ++stats_.turned_away;
  ++stats_.closed_by_reason[label];
  Report({.kind = ServerEvent::Kind::kTurnedAway, .peer = peer, .reason = reason});
  const std::string reply = delivery_.Encode(StatusCode::kInternalServerError, reason);
  const std::string_view pieces[] = {reply};
  // Bytes that do not fit into the empty send buffer are lost.
  if (stream.Write(pieces).status == IoStatus::kProgress) stream.ShutdownWrite();
}

// ---- A turn -----------------------------------------------------------------------------------

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
  EndBroken();
  ServeReadable();
  EndUnwanted();
  EndExpired();
  if (life_ == Life::kStopRequested) ConcludeAll();
  FlushAll();
  ++stats_.turns;
  stats_.turn_time += scheduler_.Instant() - start;
  const bool may_serve = !wakes_.readable.empty() && !delivery_.braked();
  if (may_serve || !broken_.empty() || !unwanted_.empty() || delivery_.unfinished()) {
    turn_.Request();
  }
  if (life_ == Life::kStopping && connections_.empty()) {
    life_ = Life::kStopped;
    scheduler_.Cancel(stop_timer_);
    Report({.kind = ServerEvent::Kind::kStopped});
    Scheduler::Task stopped = std::move(stopped_);
    if (stopped) stopped();  // may destroy the server
  }
}

void ChatServer::Impl::EndBroken() {
  std::size_t ended = 0;
  while (ended < broken_.size() && delivery_.MayBroadcast()) {
    if (Connection* connection = Find(broken_[ended++])) {
      LogOut(*connection, connection->last_reason());
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
  while (served < woken_.size() && delivery_.MayServe()) {
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

// ---- Input ------------------------------------------------------------------------------------

void ChatServer::Impl::Serve(Connection& connection) {
  if (connection.phase == Connection::Phase::kLingering) return Linger(connection);
  if (connection.phase == Connection::Phase::kLastWords) return Watch(connection);  // read later
  if (connection.unwanted) return;
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
      return Conclude(connection, "end of stream");
    }
    if (result.status == IoStatus::kBroken) {
      CHATHTTP_MARK("read-broken");
      connection.EnsureTransient().last_reason = connection.stream->broken_reason();
      LogOut(connection, connection.last_reason());
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
        const bool first = !connection.has_sent_request;
        connection.has_sent_request = true;
        connection.set_request_ends_by(absl::InfiniteFuture());
        Apply(connection, Judged(connection), first);
        if (connection.phase != Connection::Phase::kServing || connection.unwanted) return false;
        break;
    }
  }
  return true;
}

Answer ChatServer::Impl::Judged(Connection& connection) {
  Judge judge{.policy = policy_, .connection = connection.id};
  const auto peer = peers_.find(connection.id);
  if (peer != peers_.end()) judge.peer = peer->second;
  calling_out_ = policy_ != nullptr;
  Answer answer = ServeRequest(room_, MemberOf(connection.id), decoder_.request(), judge);
  calling_out_ = false;
  ++stats_.requests_by_kind[{decoder_.request().method, answer.code}];
  if (answer.rule) ++stats_.refusals[*answer.rule];
  return answer;
}

bool ChatServer::Impl::MustWait(Connection& connection, std::size_t requests) {
  if (IsFlooding(connection)) return true;
  if (connection.outbox.private_bytes() >= options_.private_bytes) {
    CHATHTTP_MARK("throttled");
    return true;  // Delivery calls ReadLater when enough replies were sent
  }
  if (requests > 0 && delivery_.MayServe()) return false;
  if (requests == 0) CHATHTTP_MARK("turn-requests-spent");
  if (!delivery_.MayServe()) CHATHTTP_MARK("guard-reached");
  connection.ReadLater();
  return true;
}

std::string ChatServer::Impl::HeartbeatLine(const Answer& answer) const {
  const std::uint16_t seconds = decoder_.request().heartbeat;
  if (answer.login != Answer::Login::kLoggedIn || seconds == 0) return "";
  return absl::StrCat("Heartbeat: ", seconds, "\n");
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

void ChatServer::Impl::Charge(Connection& connection, const Answer& answer) {
  if (connection.exempt || flood_.off()) return;
  const bool notice = answer.login != Answer::Login::kUnchanged;
  std::int64_t cost =
      answer.code == StatusCode::kOk ? flood_.CostOfText(0) : flood_.CostOfRefusal();
  if (answer.body == Answer::Body::kList) {
    cost = flood_.CostOfList(delivery_.list_entity_bytes());
  } else if (notice) {
    cost = flood_.CostOfNotice();
  } else if (answer.body == Answer::Body::kBroadcast) {
    cost = flood_.CostOfText(decoder_.request().entity.size());
  }
  connection.paid_until =
      flood_.Pay(connection.paid_until, absl::ToUnixNanos(scheduler_.Now()), cost);
}

void ChatServer::Impl::Apply(Connection& connection, const Answer& answer, bool first) {
  if (answer.fatal) {
    return ConcludeWith(connection, answer.code, answer.entity, "request before login");
  }
  const bool logged_in = answer.login == Answer::Login::kLoggedIn;
  const bool logged_out = answer.login == Answer::Login::kLoggedOut;
  // A new member follows after its own kEntered broadcast, a leaving one up to its own kLeft.
  if (logged_out) delivery_.Unfollow(connection);
  if (answer.broadcast) delivery_.Broadcast(*answer.broadcast);
  switch (answer.body) {
    case Answer::Body::kEntity:
      delivery_.Reply(connection, answer.code, answer.entity, HeartbeatLine(answer));
      break;
    case Answer::Body::kList:
      delivery_.ReplyList(connection, room_);
      break;
    case Answer::Body::kBroadcast:
      break;
  }
  if (logged_in) {
    delivery_.Follow(connection);
    ++stats_.logins;
    Emit(ServerEvent::Kind::kEntered, connection, answer.broadcast->name, "");
  } else if (logged_out) {
    Emit(ServerEvent::Kind::kLeft, connection, answer.broadcast->name, "logout");
  } else if (answer.code != StatusCode::kOk) {
    Emit(ServerEvent::Kind::kRefused, connection,
         room_.NameOf(MemberOf(connection.id)).value_or(""), answer.entity);
  }
  Charge(connection, answer);
  UpdateLogin(connection, answer, first);
}

void ChatServer::Impl::UpdateLogin(Connection& connection, const Answer& answer, bool first) {
  const bool logged_out = answer.login == Answer::Login::kLoggedOut;
  if (room_.NameOf(MemberOf(connection.id))) {
    if (answer.login == Answer::Login::kLoggedIn) {
      connection.heartbeat = decoder_.request().heartbeat & 0xfffU;
    }
    connection.set_request_wanted_by(connection.heartbeat == 0
                                         ? absl::InfiniteFuture()
                                         : scheduler_.Now() + HeartbeatLimit(connection));
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
  } else if (first) {
    connection.set_request_wanted_by(connection.request_wanted_by() - options_.login_limit +
                                     options_.relogin_limit);
  }
  if (logged_out || connection.exempt || ++connection.refusals < options_.max_refusals) return;
  CHATHTTP_MARK("refusals-spent");
  connection.unwanted = true;
  Conclude(connection, "too many refused requests");
}

void ChatServer::Impl::SetAnonymous(Connection& connection, bool anonymous) {
  if (connection.exempt || connection.anonymous == anonymous) return;
  connection.anonymous = anonymous;
  anonymous ? ++anonymous_ : --anonymous_;
}

void ChatServer::Impl::KeepUnfinished(Connection& connection) {
  if (!decoder_.mid_message()) return;
  CHATHTTP_MARK("request-unfinished");
  const bool member = room_.NameOf(MemberOf(connection.id)).has_value();
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
  transient.unfinished =
      std::make_unique<RequestDecoder>(std::exchange(decoder_, RequestDecoder(LimitsOf(options_))));
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

// ---- Close ------------------------------------------------------------------------------------

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
  const auto conclude = [&](absl::Duration limit, std::string_view what, std::string_view reason) {
    ConcludeWith(connection, StatusCode::kBadRequest,
                 absl::StrCat(AbslView(what), " within ", absl::FormatDuration(limit)), reason);
  };
  if (transient != nullptr && transient->request_ends_by <= now) {
    CHATHTTP_MARK("expired-request");
    conclude(options_.request_limit, "A request must be complete", "unfinished request");
  } else if (connection.heartbeat > 0) {
    CHATHTTP_MARK("expired-heartbeat");
    ConcludeWith(connection, StatusCode::kBadRequest,
                 absl::StrCat("A request must come within ",
                              absl::FormatDuration(HeartbeatLimit(connection)),
                              ", since Heartbeat promised one every ", connection.heartbeat, "s"),
                 "silent");
  } else if (!connection.has_sent_request) {
    CHATHTTP_MARK("expired-first-request");
    conclude(options_.login_limit, "A first request must be complete", "no request");
  } else {
    CHATHTTP_MARK("expired-login");
    conclude(options_.relogin_limit, "An accepted ADD must come", "no login");
  }
}

void ChatServer::Impl::LogOut(Connection& connection, std::string_view reason) {
  const Result result = room_.Logout(MemberOf(connection.id));
  if (!result.broadcast) return;
  delivery_.Unfollow(connection);
  delivery_.Broadcast(*result.broadcast);
  Emit(ServerEvent::Kind::kLeft, connection, result.broadcast->name, reason);
}

void ChatServer::Impl::Conclude(Connection& connection, std::string_view reason) {
  LogOut(connection, reason);
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
                                    std::string_view event_reason) {
  connection.unwanted = true;
  if (!connection.turned_away) {
    Emit(ServerEvent::Kind::kRefused, connection,
         room_.NameOf(MemberOf(connection.id)).value_or(""),
         event_reason.empty() ? entity : event_reason);
  }
  Conclude(connection, reason);
  delivery_.Reply(connection, code, entity);
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
  connection.phase = Connection::Phase::kLastWords;
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
  SetAnonymous(connection, false);
  if (const auto counted = counted_.find(connection.id); counted != counted_.end()) {
    admission_.Release(counted->second);
    counted_.erase(counted);
  }
  connections_.erase(connections_.find(connection.id));
}

bool ChatServer::Impl::Disconnect(ConnectionId id, std::string_view reason) {
  Connection* const connection = Find(id);
  if (connection == nullptr || connection->phase != Connection::Phase::kServing) return false;
  if (connection->turned_away || connection->unwanted) return false;
  connection->unwanted = true;
  unwanted_.emplace_back(
      id, reason.empty() ? "Disconnected by this server" : Visible(reason, kGivenReasonBytes));
  turn_.Request();
  return true;
}

std::optional<ConnectionTraffic> ChatServer::Impl::TrafficOf(ConnectionId id) const {
  const auto connection = connections_.find(id);
  if (connection == connections_.end()) return std::nullopt;
  return ConnectionTraffic{(*connection)->bytes_in, (*connection)->bytes_out};
}

absl::Status ChatServer::Impl::AddBan(const Ban& ban) {
  if (absl::Status status = admission_.AddBan(ban, scheduler_.Now()); !status.ok()) return status;
  for (const ConnectionId id : SortedIds()) {
    const auto counted = counted_.find(id);
    if (counted == counted_.end()) continue;
    const auto reason = admission_.FindBan(counted->second, scheduler_.Now());
    if (reason) Disconnect(id, *reason);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string_view>> ChatServer::Impl::Reconfigure(
    const ServerOptions& options) {
  if (calling_out_) return CheckReady();
  if (absl::Status status = CheckOptions(options); !status.ok()) return status;
  const ServerOptions before = std::exchange(options_, options);
  std::vector<std::string_view> kept;
  const auto keep = [&](std::string_view name, auto member) {
    if (options_.*member != before.*member) kept.push_back(name);
    options_.*member = before.*member;
  };
  const auto keep_room = [&](std::string_view name, auto member) {
    if (options_.room.*member != before.room.*member) kept.push_back(name);
    options_.room.*member = before.room.*member;
  };
  keep_room("max_members", &RoomLimits::members);
  keep_room("max_name_bytes", &RoomLimits::name_bytes);
  keep_room("max_text_bytes", &RoomLimits::text_bytes);
  keep_room("reserved_names", &RoomLimits::reserved_names);
  keep("backlog_bytes", &ServerOptions::backlog_bytes);
  keep("log_start", &ServerOptions::log_start);
  flood_ = FloodControl(options_.flood);
  delivery_.Reconfigure();
  return kept;
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

// All members leave at once, so no kLeft is broadcast.
void ChatServer::Impl::ConcludeAll() {
  life_ = Life::kStopping;
  for (const ConnectionId id : SortedIds()) {
    Connection& connection = *Find(id);
    if (connection.phase != Connection::Phase::kServing) continue;
    if (connection.blocked()) CHATHTTP_MARK("stop-while-blocked");
    if (room_.Logout(MemberOf(connection.id)).broadcast) delivery_.Unfollow(connection);
    ConcludeWith(connection, StatusCode::kInternalServerError, "Server is shutting down",
                 "shutting down");
  }
  stop_timer_ = scheduler_.RunAt(scheduler_.Now() + options_.stop_limit, [this] { CloseAll(); });
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

// ---- Helpers ----------------------------------------------------------------------------------

Connection* ChatServer::Impl::Find(ConnectionId id) {
  const auto entry = connections_.find(id);
  return entry == connections_.end() ? nullptr : entry->get();
}

std::vector<ConnectionId> ChatServer::Impl::SortedIds() const {
  std::vector<ConnectionId> ids;
  ids.reserve(connections_.size());
  for (const auto& connection : connections_) ids.push_back(connection->id);
  std::sort(ids.begin(), ids.end());
  return ids;
}

void ChatServer::Impl::Report(const ServerEvent& event) {
  calling_out_ = true;
  for (ServerEvents* const subscriber : subscribers_) subscriber->OnServerEvent(event);
  calling_out_ = false;
}

void ChatServer::Impl::Emit(ServerEvent::Kind kind, const Connection& connection,
                            std::string_view name, std::string_view reason) {
  Report({.kind = kind, .connection = connection.id, .name = name, .reason = reason});
}

}  // namespace chathttp

#include "chathttp/transport/server/chat_server_impl.h"

#include <algorithm>
#include <cassert>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/domain/escape.h"
#include "chathttp/transport/codec/entity.h"
#include "chathttp/transport/codec/position.h"
#include "chathttp/transport/ports/mark.h"

namespace chathttp {
namespace {

// At most this many connections beyond max_connections get a 500 and a graceful close at a time;
// further ones get only the part of the 500 that one write takes.
constexpr std::size_t kMaxTurnedAway = 64;

// Of one read. This bounds the input that a throttled connection keeps unserved.
constexpr std::size_t kReadBytes = 4 << 10;

}  // namespace

ChatServer::Impl::Impl(Network& network, Scheduler& scheduler, const ServerOptions& options,
                       OrderedLog* log)
    : network_(network),
      scheduler_(scheduler),
      options_(options),
      local_log_(FreshEpoch(scheduler.WallNow())),
      log_(log == nullptr ? local_log_ : *log),
      admission_(options_),
      room_(options.room),
      flood_(options.flood),
      delivery_(scheduler, options_),
      turn_(scheduler, [this] { RunTurn(); }),
      wakes_{turn_, {}, {}},
      deadlines_(scheduler, [this] { turn_.Request(); }),
      buffer_(std::min(options.turn_read_bytes, kReadBytes)),
      decoder_(NewDecoder()),
      epoch_(log_.epoch()) {
  log_.Observe([this] {
    log_waits_ = true;
    turn_.Request();
  });
}

ChatServer::Impl::~Impl() {
  assert(!calling_out_);
  log_.Observe([] {});
  scheduler_.Cancel(stop_timer_);
  scheduler_.Cancel(conclude_timer_);
  scheduler_.Cancel(away_timer_);
  if (journal_ != nullptr) journal_->Observe({});
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

void ChatServer::Impl::ShareCustomers(Customers& customers) {
  assert(customers_ == &local_customers_ && last_id_ == 0);
  customers_ = &customers;
}

void ChatServer::Impl::UseSessions(Entropy& entropy) {
  assert(entropy_ == nullptr && last_id_ == 0);
  entropy_ = &entropy;
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
  if (auto refused = customers_->Admit(address, scheduler_.Now(), options_)) {
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

std::string ChatServer::Impl::GivenReason(std::string_view reason) {
  return reason.empty() ? "Disconnected by this server" : Visible(reason, kGivenReasonBytes);
}

bool ChatServer::Impl::Disconnect(ConnectionId id, std::string_view reason) {
  Connection* const connection = Find(id);
  if (connection == nullptr || connection->phase != Connection::Phase::kServing) return false;
  if (connection->turned_away || connection->unwanted) return false;
  connection->unwanted = true;
  unwanted_.emplace_back(id, GivenReason(reason));
  turn_.Request();
  return true;
}

std::optional<ConnectionId> ChatServer::Impl::OwnConnection(MemberId id) const {
  if (const MemberSession* const session = sessions_.Of(id)) {
    if (session->connection == ConnectionId{0}) return std::nullopt;
    return session->connection;
  }
  if (ServerOf(id) != log_.self()) return std::nullopt;
  return ConnectionOf(id);
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
  for (const MemberId member : sessions_.AwayMembers()) {
    const IpAddress& address = sessions_.Of(member)->address;
    if (!address.known()) continue;
    if (const auto reason = admission_.FindBan(address, scheduler_.Now())) EndAway(member, *reason);
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
  if (options_.away_limit == absl::ZeroDuration()) {
    for (const MemberId member : sessions_.AwayMembers()) EndAway(member, "sessions are off");
  }
  flood_ = FloodControl(options_.flood);
  delivery_.Reconfigure();
  return kept;
}

// ---- Helpers ----------------------------------------------------------------------------------

RequestDecoder ChatServer::Impl::NewDecoder() const {
  DecodeLimits limits;
  limits.entity_bytes = options_.room.text_bytes;
  limits.skip_bytes = std::max(limits.skip_bytes, options_.room.text_bytes);
  return RequestDecoder(limits);
}

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

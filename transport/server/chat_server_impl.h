// The parts of a chat server: what chat_server.h hides from programs that embed it.
//
// The streams only note what happens to them. At the end of the turn the server serves requests, in
// order of the notes, and then writes once to each connection with pending output.
#ifndef CHATHTTP_TRANSPORT_SERVER_CHAT_SERVER_IMPL_H_
#define CHATHTTP_TRANSPORT_SERVER_CHAT_SERVER_IMPL_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/hash/hash.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "chathttp/domain/chat_room.h"
#include "chathttp/transport/codec/position.h"
#include "chathttp/transport/codec/request_decoder.h"
#include "chathttp/transport/codec/session_login.h"
#include "chathttp/transport/journal/past_room.h"
#include "chathttp/transport/ports/entropy.h"
#include "chathttp/transport/ports/journal.h"
#include "chathttp/transport/ports/network.h"
#include "chathttp/transport/ports/ordered_log.h"
#include "chathttp/transport/ports/scheduler.h"
#include "chathttp/transport/ports/turn.h"
#include "chathttp/transport/server/admission.h"
#include "chathttp/transport/server/chat_server.h"
#include "chathttp/transport/server/connection.h"
#include "chathttp/transport/server/customers.h"
#include "chathttp/transport/server/deadline_set.h"
#include "chathttp/transport/server/delivery.h"
#include "chathttp/transport/server/flood_control.h"
#include "chathttp/transport/server/room_policy.h"
#include "chathttp/transport/server/room_service.h"
#include "chathttp/transport/server/server_event.h"
#include "chathttp/transport/server/server_options.h"
#include "chathttp/transport/server/sessions.h"

namespace chathttp {

class ChatServer::Impl final : private Acceptor {
 public:
  // `log` is null for a room of its own.
  Impl(Network& network, Scheduler& scheduler, const ServerOptions& options, OrderedLog* log);
  ~Impl();

  // The methods of ChatServer.
  void Subscribe(ServerEvents& events);
  void Unsubscribe(ServerEvents& events);
  void SetPolicy(RoomPolicy& policy);
  void ShareCustomers(Customers& customers);
  void UseSessions(Entropy& entropy);
  void SetJournal(Journal& journal);
  void Restore(const PastRoom& past);
  Network& network() const { return network_; }
  absl::Status Listen(Network& network, const Endpoint& endpoint);
  void StopListening();
  absl::StatusOr<ConnectionId> Accept(std::unique_ptr<ByteStream> stream, std::string_view peer);
  std::vector<Endpoint> endpoints() const;
  bool Disconnect(ConnectionId id, std::string_view reason);
  bool EndAway(MemberId id, std::string_view reason);
  std::optional<ConnectionId> OwnConnection(MemberId id) const;
  std::optional<ConnectionTraffic> TrafficOf(ConnectionId id) const;
  absl::Status AddBan(const Ban& ban);
  bool LiftBan(const IpNetwork& network) { return admission_.LiftBan(network); }
  std::vector<Ban> bans() { return admission_.bans(scheduler_.Now()); }
  absl::StatusOr<std::vector<std::string_view>> Reconfigure(const ServerOptions& options);
  const ServerOptions& options() const { return options_; }
  void Stop(Scheduler::Task stopped);
  const ChatRoom& room() const { return room_; }
  std::size_t connections() const { return connections_.size(); }
  bool IsAway(MemberId id) const;
  std::size_t away() const { return sessions_.away(); }
  Position position() const { return {epoch_, delivery_.count()}; }
  PastRoom past() const;
  std::size_t blocked() const { return delivery_.blocked(); }
  std::size_t paused() const;
  std::size_t log_bytes() const { return delivery_.log_bytes(); }
  std::size_t partial_bytes() const { return partial_bytes_; }
  ServerStats stats() const;
  std::size_t held_bytes() const;

 private:
  void OnAccept(std::unique_ptr<ByteStream> stream, std::string_view peer) override;
  // Makes a connection of the stream, or turns it away: then the result is its id all the same, or
  // ConnectionId{0} if it was closed at once.
  ConnectionId Admit(std::unique_ptr<ByteStream> stream, std::string_view peer);
  struct Obstacle {
    EndReason label;
    std::string reason;
  };
  // Why a peer must not connect; counts it if it may.
  std::optional<Obstacle> WhyNot(const IpAddress& address, bool exempt);
  void OnOverflow(ByteStream& stream, std::string_view peer) override;
  void TurnAway(ByteStream& stream, std::string_view peer, std::string_view reason,
                EndReason label);

  // The steps of a turn, in this order.
  void RunTurn();
  void ApplyLog();
  void EndBroken();
  void ServeReadable();
  void EndUnwanted();
  void EndExpired();
  // The last reply to all, and the reason of their ends; string literals.
  struct Farewell {
    std::string_view entity;
    std::string_view reason;
  };
  static constexpr Farewell kStop{"Server is shutting down", "shutting down"};
  static constexpr Farewell kAway{"The server was away too long: connect again", "server was away"};
  static constexpr Farewell kRestarted{"The room was restarted", "room was restarted"};
  // Their members stay in the room for the moment if `members_stay`.
  void ConcludeAll(const Farewell& farewell, bool members_stay = false);
  // Ends a stop without the server's own kServerGone, which has not come back.
  void ConcludeAlone();
  void FlushAll();

  // Reads and serves what one connection has for this turn. Serve may destroy the connection.
  void Serve(Connection& connection);
  // Serves the requests in `input`. Returns whether to read more. Decrements `requests` for each.
  bool ServeInput(Connection& connection, std::string_view input, std::size_t& requests);
  // Serves the request in decoder_: answers it, or appends its command.
  void ServeRequest(Connection& connection);
  RequestCheck Check(const Connection& connection);
  void Count(Method method, const Answer& answer);
  bool MustWait(Connection& connection, std::size_t requests);
  // Whether flood control holds the input of the connection; then it is paused.
  bool IsFlooding(Connection& connection);
  void Pay(Connection& connection, std::int64_t cost);
  void Charge(Connection& connection, const Answer& answer);
  // Gives an answer whose turn it is.
  void Respond(Connection& connection, const Answer& answer, const Owed::Request& request);
  // Sets what a connection that is not logged in may do until when.
  void UpdateLogin(Connection& connection, const Answer& answer, const Owed::Request& request);
  void SetAnonymous(Connection& connection, bool anonymous);
  // Keeps a partial request, or ends the connection if there are too many bytes of them.
  void KeepUnfinished(Connection& connection);
  // Returns the partial request of a connection, which it does not have any more; null if none.
  std::unique_ptr<RequestDecoder> TakeUnfinished(Connection& connection);
  // Serves a connection whose input flood control has held; Serve may destroy it.
  void Resume(Connection& connection);
  void Linger(Connection& connection);
  void Expire(Connection& connection);

  // The ordered log. `own` is the connection of the command's member; null if it is not here any more,
  // or was never here.

  Command CommandOf(const Connection& connection, Command::Kind kind, std::string_view text) const;
  // Whether the command's member has returned since, so that the command has no effect.
  bool IsOutdated(const Command& command) const;
  // The connection of this server that made the command; null if it is not here any more.
  Connection* OwnOf(const Command& command);
  // Applies a command to the room, and broadcasts what it does.
  Answer Perform(const Command& command, Connection* own);
  Answer PerformLogin(const Command& command, Connection* own);
  // Sends a broadcast, and writes it down.
  void Tell(const Broadcast& broadcast, absl::Time wall);
  // Answers a command of this server that has come back, and what waited behind it.
  void Complete(const Command& command, const Answer& answer, Connection* own);
  // Drops the answers to commands that will never be applied; queues the last reply, if there is one.
  void ForgetOwed(Connection& connection);
  // Reports what a command did whose connection is not here, or ends.
  void ReportUnasked(const Command& command, const Answer& answer);
  // Applies a kRestart, a kEpoch and a kPast.
  void RestartRoom();
  void BeginEpoch();
  void TakePast(const PastRoom& past);
  // Applies a kServerGone; the rest of it waits while nothing may be broadcast.
  void BeginDeparture(const Command& command);
  void ContinueDeparture();
  // The member that a connection is, or logs in. A connection whose member has another one, or none,
  // has the id of nobody.
  MemberId MemberOf(const Connection& connection) const;

  // Sessions.

  bool has_sessions() const;
  // Whether a member that connects from there may be away.
  bool MayBeAway(const IpAddress& address) const;
  IpAddress CountedAddress(const Connection& connection) const;
  // What the operator and a peer are told that is disconnected for `reason`.
  static std::string GivenReason(std::string_view reason);
  // Has the member of a lost connection wait for its return. False if it may not.
  bool GoAway(Connection& connection, std::string_view reason);
  // Separates a connection from its member.
  void Detach(Connection& connection);
  // What the login says of sessions; nullopt if nothing. Makes the new token of the request.
  std::optional<SessionLogin> SessionOf(const Connection& connection, const RequestCheck& check,
                                        Owed::Request& request);
  // Gives a member that was there before to a connection; null if that is at another server, or gone.
  void Return(MemberId member, ServerNumber host, Connection* connection);
  // The connection of a member that has just returned was ending: the member is away again, or leaves.
  void EndReturned(Connection& connection);
  void TakeOver(MemberId member, ConnectionId id);
  // Replies to an accepted login, and sends the broadcasts. `returned` has the member that was there
  // before.
  void Welcome(Connection& connection, const Owed::Request& request,
               std::optional<MemberId> returned);
  struct Replay {
    std::uint64_t from;    // the broadcasts behind this number are sent
    std::string gap = {};  // the value of `Gap`
  };
  Replay ReplayFor(const std::optional<Position>& since, std::uint64_t entered) const;
  Replay HistoryFor(const Owed::Request& request) const;
  // The server that has the connection of the member, or had it last.
  ServerNumber HostOf(MemberId member) const;
  // Whether the broadcasts after `since` are those of this room.
  bool IsExact(const Position& since) const;
  // Members whose limit is over, and those of EndAway.
  void EndAwayMembers();
  void EndMember(MemberId member, std::string_view reason);
  void WatchAway();
  // Whether requests may be served now.
  bool MayServe() const { return delivery_.MayServe() && log_.MayAppend(); }

  // Ways to end, from graceful to abrupt. Each reason is a string literal. Only Close and Finish
  // destroy the connection.

  // Removes a member from the room and broadcasts that; no effect on other connections.
  // What becomes of the member.
  enum class Ending {
    kLeaves,
    kMayReturn,  // if it has a session: the connection is lost
  };
  void LogOut(Connection& connection, std::string_view reason, Ending ending);
  // Stops reading; pending output is still sent.
  void Conclude(Connection& connection, std::string_view reason, Ending ending);
  // The same, with a final reply. The event for the operator contains `event_reason`, or `entity`
  // if that is empty. They differ if `entity` quotes the request, which may contain a chat text.
  void ConcludeWith(Connection& connection, StatusCode code, std::string_view entity,
                    std::string_view reason, std::string_view event_reason = {},
                    Ending ending = Ending::kLeaves);
  // After all output was sent: half-closes, and waits for the peer to end its side.
  void Finish(Connection& connection);
  // Resets the stream; the next turn logs out and closes.
  void BreakOff(Connection& connection, std::string_view reason);
  void Close(Connection& connection);
  void CloseAll();
  void BeginStop();

  // Whether Listen and Accept may be called.
  absl::Status CheckReady() const;
  RequestDecoder NewDecoder() const;
  Connection* Find(ConnectionId id);
  std::vector<ConnectionId> SortedIds() const;
  void Emit(ServerEvent::Kind kind, const Connection& connection, std::string_view name,
            std::string_view reason);
  void Report(const ServerEvent& event);
  void Watch(Connection& connection) { deadlines_.Set(connection.id, connection.deadline()); }

  struct HashId {
    using is_transparent = void;
    std::size_t operator()(ConnectionId id) const { return absl::HashOf(id); }
    std::size_t operator()(const std::unique_ptr<Connection>& c) const {
      return absl::HashOf(c->id);
    }
  };
  struct EqualId {
    using is_transparent = void;
    static ConnectionId Id(ConnectionId id) { return id; }
    static ConnectionId Id(const std::unique_ptr<Connection>& c) { return c->id; }
    bool operator()(const auto& a, const auto& b) const { return Id(a) == Id(b); }
  };

  // Members of another server that is gone, the first to leave last.
  struct Departure {
    absl::Time wall;
    std::vector<MemberId> members;
  };

  // Of the event that tells of a logout.
  struct Leaving {
    ConnectionId connection;  // 0: the member is away
    std::string reason;
  };

  Network& network_;
  Scheduler& scheduler_;
  ServerOptions options_;
  std::vector<ServerEvents*> subscribers_;
  RoomPolicy* policy_ = nullptr;
  LocalLog local_log_;  // used if the server has its room for itself
  OrderedLog& log_;
  bool log_waits_ = false;  // it may have commands that are not applied yet
  Departure departure_;
  absl::flat_hash_set<ServerNumber> gone_servers_;  // used for look-ups, never iterated
  // Members whose logout is on its way. Used for look-ups, never iterated.
  absl::flat_hash_map<MemberId, Leaving> leaving_;
  // Of the connections, for the policy; empty without one. Used for look-ups, never iterated.
  absl::flat_hash_map<ConnectionId, std::string> peers_;
  Admission admission_;
  LocalCustomers local_customers_;
  Customers* customers_ = &local_customers_;
  // Of the connections that customers_ has counted. Used for look-ups, never iterated.
  absl::flat_hash_map<ConnectionId, IpAddress> counted_;
  std::size_t anonymous_ = 0;      // connections that are not logged in, without exempt ones
  std::size_t partial_bytes_ = 0;  // of partial requests
  bool calling_out_ = false;       // a subscriber or the policy runs
  ChatRoom room_;
  FloodControl flood_;
  Delivery delivery_;
  Turn turn_;
  WakeList wakes_;
  DeadlineSet deadlines_;
  std::vector<char> buffer_;  // shared by all reads, since input is decoded at once
  RequestDecoder decoder_;    // shared by all connections that have no partial request
  std::vector<std::unique_ptr<Listener>> listeners_;
  // Iterated only in order of the ids, or where order does not matter.
  absl::flat_hash_set<std::unique_ptr<Connection>, HashId, EqualId> connections_;
  std::vector<ConnectionId> woken_;   // used in RunTurn, kept for its capacity
  std::vector<ConnectionId> broken_;  // to be logged out and closed
  std::vector<std::pair<ConnectionId, std::string>> unwanted_;  // by Disconnect, with the reasons
  // Of members that may return.
  Entropy* entropy_ = nullptr;
  Sessions sessions_;
  // The members of connections that are `returned`. Used for look-ups, never iterated.
  absl::flat_hash_map<ConnectionId, MemberId> returned_;
  std::uint64_t epoch_;
  std::vector<EpochEnd> ended_;  // older epochs whose positions are exact, oldest first
  Journal* journal_ = nullptr;
  std::vector<std::pair<MemberId, std::string>> ended_away_;  // by EndAway, with the reasons
  TimerId away_timer_ = kNoTimer;
  absl::Time away_timer_at_ = absl::InfiniteFuture();
  std::uint64_t last_id_ = 0;
  std::size_t turned_away_ = 0;  // those in connections_; not counted against max_connections
  ServerStats stats_;
  enum class Life { kServing, kStopRequested, kStopping, kStopped } life_ = Life::kServing;
  Scheduler::Task stopped_;
  TimerId stop_timer_ = kNoTimer;
  absl::Time concludes_at_ = absl::InfiniteFuture();  // without the log, if it has not answered
  TimerId conclude_timer_ = kNoTimer;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_SERVER_CHAT_SERVER_IMPL_H_

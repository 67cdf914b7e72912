// The chat server: connections in, requests to the room, replies and broadcasts out.
//
//   ChatServer server(network, scheduler, events, options);
//   if (absl::Status status = server.Listen({"127.0.0.1", 9994}); !status.ok()) return status;
//   ... turn the scheduler's loop ...
//   server.Stop([&] { loop.Stop(); });
//
// Notices of the ports are only noted; all work is done once, at the end of the turn: requests are
// served in order of the notices, then each member that is behind gets one write. Several servers
// may run in one process. One thread, that of the loop.
#ifndef CHATHTTP_TRANSPORT_SERVER_CHAT_SERVER_H_
#define CHATHTTP_TRANSPORT_SERVER_CHAT_SERVER_H_

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/hash/hash.h"
#include "absl/status/status.h"
#include "domain/chat_room.h"
#include "transport/codec/request_decoder.h"
#include "transport/ports/network.h"
#include "transport/ports/scheduler.h"
#include "transport/ports/turn.h"
#include "transport/server/connection.h"
#include "transport/server/deadline_set.h"
#include "transport/server/delivery.h"
#include "transport/server/room_service.h"
#include "transport/server/server_event.h"
#include "transport/server/server_options.h"

namespace chathttp {

class ChatServer final : private Acceptor {
 public:
  // All three outlive the server.
  ChatServer(Network& network, Scheduler& scheduler, ServerEvents& events,
             const ServerOptions& options = {});
  // Closes everything at once, without a word; Stop first to be polite.
  ~ChatServer();

  // Serves at `endpoint`, too. InvalidArgument: an option is out of its range; else the errors of
  // Network::Listen.
  absl::Status Listen(const Endpoint& endpoint);

  // Where it listens, in order of the calls, with real ports.
  std::vector<Endpoint> endpoints() const;

  // Ends properly: no new connections; what has arrived is served once more, each peer is told,
  // and `stopped`, if not empty, is called from the loop when all are gone, at the latest after
  // stop_limit. Again: no effect, and the second `stopped` is never called.
  void Stop(Scheduler::Task stopped);

  const ChatRoom& room() const { return room_; }
  std::size_t connections() const { return connections_.size(); }
  ServerStats stats() const;

  // Bytes held for output: the log as far as it was ever filled, replies and lists that were not
  // sent in full. O(connections).
  std::size_t held_bytes() const;

 private:
  void OnAccept(std::unique_ptr<ByteStream> stream, std::string_view peer) override;
  void OnOverflow(ByteStream& stream, std::string_view peer) override;
  void TurnAway(ByteStream& stream, std::string_view peer, std::string_view reason);

  // The steps of a turn, in this order.
  void RunTurn();
  void EndBroken();
  void ServeReadable();
  void EndExpired();
  void SayGoodbye();
  void FlushAll();

  // Reads and serves what one connection has for this turn. Serve may destroy the connection.
  void Serve(Connection& connection);
  // Serves the requests of `input`; returns whether to read on.
  bool ServeInput(Connection& connection, std::string_view input, std::size_t& requests);
  bool MustWait(Connection& connection, std::size_t requests);
  void Apply(Connection& connection, const Answer& answer);
  void KeepUnfinished(Connection& connection);
  void Linger(Connection& connection);
  void Expire(Connection& connection);

  // Ends, from the politest to the rudest; each reason is a literal. Only Close and Finish destroy.
  // Lets a member go and tells the room; no effect for others.
  void LogOut(Connection& connection, std::string_view reason);
  // Reads nothing more; what waits is still sent.
  void Conclude(Connection& connection, std::string_view reason);
  // The same with a reply as last word. The operator is told `told`, or the entity if that is
  // empty: a request may hold what was said, and an entity what the request holds.
  void ConcludeWith(Connection& connection, StatusCode code, std::string_view entity,
                    std::string_view reason, std::string_view told = {});
  // All was sent: ends our side, and waits for the peer to end its own.
  void Finish(Connection& connection);
  // Breaks the stream; the rest follows in the next turn.
  void BreakOff(Connection& connection, std::string_view reason);
  void Close(Connection& connection);
  void CloseAll();

  Connection* Find(ConnectionId id);
  std::vector<ConnectionId> SortedIds() const;
  void Tell(ServerEvent::Kind kind, const Connection& connection, std::string_view name,
            std::string_view reason);
  void Watch(Connection& connection) { deadlines_.Set(connection.id, connection.deadline()); }
  MemberId member(const Connection& connection) const {
    return MemberId{static_cast<std::uint64_t>(connection.id)};
  }

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

  Network& network_;
  Scheduler& scheduler_;
  ServerEvents& events_;
  const ServerOptions options_;
  ChatRoom room_;
  Delivery delivery_;
  Turn turn_;
  WakeList wakes_;
  DeadlineSet deadlines_;
  std::vector<char> buffer_;  // of all reading, since what is read is decoded at once
  RequestDecoder decoder_;    // of all connections that have no request unfinished
  std::vector<std::unique_ptr<Listener>> listeners_;
  // Looked up in, never iterated but in order of the ids.
  absl::flat_hash_set<std::unique_ptr<Connection>, HashId, EqualId> connections_;
  std::vector<ConnectionId> woken_;   // of RunTurn, kept for its capacity
  std::vector<ConnectionId> broken_;  // to be logged out and closed
  std::uint64_t last_id_ = 0;
  std::size_t turned_away_ = 0;  // of connections_: do not count against max_connections
  ServerStats stats_;
  enum class Life { kServing, kStopRequested, kStopping, kStopped } life_ = Life::kServing;
  Scheduler::Task stopped_;
  TimerId stop_timer_ = kNoTimer;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_SERVER_CHAT_SERVER_H_

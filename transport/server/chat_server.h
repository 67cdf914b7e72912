// The chat server: accepts connections, applies requests to the room, sends replies and broadcasts.
//
//   ChatServer server(network, scheduler, events, options);
//   if (absl::Status status = server.Listen({"127.0.0.1", 9994}); !status.ok()) return status;
//   ... run the scheduler's loop ...
//   server.Stop([&] { loop.Stop(); });
//
// The server only records notices when they come. At the end of the turn it serves requests, in
// order of the notices, and then writes once to each connection with pending output. A process may
// run several servers. Use a server only on the loop's thread.
#ifndef CHATHTTP_TRANSPORT_SERVER_CHAT_SERVER_H_
#define CHATHTTP_TRANSPORT_SERVER_CHAT_SERVER_H_

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/hash/hash.h"
#include "absl/status/status.h"
#include "chathttp/domain/chat_room.h"
#include "chathttp/transport/codec/request_decoder.h"
#include "chathttp/transport/ports/network.h"
#include "chathttp/transport/ports/scheduler.h"
#include "chathttp/transport/ports/turn.h"
#include "chathttp/transport/server/connection.h"
#include "chathttp/transport/server/deadline_set.h"
#include "chathttp/transport/server/delivery.h"
#include "chathttp/transport/server/room_service.h"
#include "chathttp/transport/server/server_event.h"
#include "chathttp/transport/server/server_options.h"

namespace chathttp {

class ChatServer final : private Acceptor {
 public:
  // `network`, `scheduler` and `events` must outlive the server.
  ChatServer(Network& network, Scheduler& scheduler, ServerEvents& events,
             const ServerOptions& options = {});
  // Closes all connections at once, without a reply. For a graceful end call Stop first.
  ~ChatServer();

  // Starts to listen at `endpoint`, in addition to earlier ones. Errors: InvalidArgument if an
  // option is out of its range (see CheckOptions), and those of Network::Listen.
  absl::Status Listen(const Endpoint& endpoint);

  // The endpoints where it listens, in order of the calls, with the ports in use.
  std::vector<Endpoint> endpoints() const;

  // Stops gracefully: stops listening, serves input that has arrived in one more turn, and sends
  // each peer a final reply. Calls `stopped`, if not empty, from the loop when all connections are
  // closed, at most stop_limit later. `stopped` may destroy the server. Another call has no effect,
  // and its `stopped` is never called.
  void Stop(Scheduler::Task stopped);

  const ChatRoom& room() const { return room_; }
  std::size_t connections() const { return connections_.size(); }
  ServerStats stats() const;

  // Bytes held for connections: the filled part of the log, unsent replies and lists, and input
  // that is not served yet. O(connections).
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
  void ConcludeAll();
  void FlushAll();

  // Reads and serves what one connection has for this turn. Serve may destroy the connection.
  void Serve(Connection& connection);
  // Serves the requests in `input`. Returns whether to read more. Decrements `requests` for each.
  bool ServeInput(Connection& connection, std::string_view input, std::size_t& requests);
  bool MustWait(Connection& connection, std::size_t requests);
  void Apply(Connection& connection, const Answer& answer);
  void KeepUnfinished(Connection& connection);
  void Linger(Connection& connection);
  void Expire(Connection& connection);

  // Ways to end, from graceful to abrupt. Each reason is a string literal. Only Close and Finish
  // destroy the connection.

  // Removes a member from the room and broadcasts that; no effect on other connections.
  void LogOut(Connection& connection, std::string_view reason);
  // Stops reading; pending output is still sent.
  void Conclude(Connection& connection, std::string_view reason);
  // The same, with a final reply. The event for the operator contains `event_reason`, or `entity`
  // if that is empty. They differ if `entity` quotes the request, which may contain a chat text.
  void ConcludeWith(Connection& connection, StatusCode code, std::string_view entity,
                    std::string_view reason, std::string_view event_reason = {});
  // After all output was sent: half-closes, and waits for the peer to end its side.
  void Finish(Connection& connection);
  // Resets the stream; the next turn logs out and closes.
  void BreakOff(Connection& connection, std::string_view reason);
  void Close(Connection& connection);
  void CloseAll();

  Connection* Find(ConnectionId id);
  std::vector<ConnectionId> SortedIds() const;
  void Emit(ServerEvent::Kind kind, const Connection& connection, std::string_view name,
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
  std::vector<char> buffer_;  // shared by all reads, since input is decoded at once
  RequestDecoder decoder_;    // shared by all connections that have no partial request
  std::vector<std::unique_ptr<Listener>> listeners_;
  // Iterated only in order of the ids, or where order does not matter.
  absl::flat_hash_set<std::unique_ptr<Connection>, HashId, EqualId> connections_;
  std::vector<ConnectionId> woken_;   // used in RunTurn, kept for its capacity
  std::vector<ConnectionId> broken_;  // to be logged out and closed
  std::uint64_t last_id_ = 0;
  std::size_t turned_away_ = 0;  // those in connections_; not counted against max_connections
  ServerStats stats_;
  enum class Life { kServing, kStopRequested, kStopping, kStopped } life_ = Life::kServing;
  Scheduler::Task stopped_;
  TimerId stop_timer_ = kNoTimer;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_SERVER_CHAT_SERVER_H_

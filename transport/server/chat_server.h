// The chat server: accepts connections, applies requests to the room, sends replies and broadcasts.
//
//   ChatServer server(network, scheduler);
//   if (absl::Status status = server.Listen({"127.0.0.1", 9994}); !status.ok()) return status;
//   ... run the scheduler's loop ...
//   server.Stop([&] { loop.Stop(); });
//
// The server serves at the end of each turn (see Scheduler). Inside its methods it only reports the
// event of the call: Listen, Accept and Stop do. A process may run several servers. Use a server only
// on the loop's thread.
#ifndef CHATHTTP_TRANSPORT_SERVER_CHAT_SERVER_H_
#define CHATHTTP_TRANSPORT_SERVER_CHAT_SERVER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "chathttp/domain/chat_room.h"
#include "chathttp/transport/codec/position.h"
#include "chathttp/transport/journal/past_room.h"
#include "chathttp/transport/ports/byte_stream.h"
#include "chathttp/transport/ports/entropy.h"
#include "chathttp/transport/ports/journal.h"
#include "chathttp/transport/ports/network.h"
#include "chathttp/transport/ports/ordered_log.h"
#include "chathttp/transport/ports/scheduler.h"
#include "chathttp/transport/server/customers.h"
#include "chathttp/transport/server/room_policy.h"
#include "chathttp/transport/server/server_event.h"
#include "chathttp/transport/server/server_options.h"

namespace chathttp {

struct ConnectionTraffic {
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
};

class ChatServer final {
 public:
  // `network` and `scheduler` must outlive the server.
  ChatServer(Network& network, Scheduler& scheduler, const ServerOptions& options = {});
  // A server of a room that several servers serve: `log` has the order of their commands, and must
  // outlive the server. Its members are those of all servers.
  ChatServer(Network& network, Scheduler& scheduler, const ServerOptions& options, OrderedLog& log);
  // Closes all connections at once, without a reply. For a graceful end call Stop first.
  ~ChatServer();

  // Reports events to `events` from now on, after the earlier subscribers. `events` must outlive
  // the server or be unsubscribed, and must not be subscribed twice.
  void Subscribe(ServerEvents& events);
  // Reports no more events to `events`. No effect if it is not subscribed.
  void Unsubscribe(ServerEvents& events);

  // Has `policy` judge each login and text. `policy` must outlive the server. Call it at most once,
  // before the first connection (asserted).
  void SetPolicy(RoomPolicy& policy);

  // Counts the connections of each customer in `customers`, which other servers may share and which
  // must outlive the server. Call it at most once, before the first connection (asserted).
  void ShareCustomers(Customers& customers);

  // Lets members come back after the loss of a connection (docs/protocol.md, "Coming back"), with
  // tokens from `entropy`, which must outlive the server. Call it at most once, before the first
  // connection (asserted). With a log that servers share, a member may come back to any of them that uses
  // sessions; give all of them the same away_limit, since the shortest one ends a member.
  void UseSessions(Entropy& entropy);

  // Has the server write what is said, and who comes and goes, to `journal`, which must outlive it, and
  // hear and tell only what Journal::durable allows. At most once, before the first connection, and
  // only for a server on its own (asserted).
  void SetJournal(Journal& journal);

  // Goes on where an earlier server of the room stopped, as its journal says: its members with sessions
  // are away from now on, the others leave with a notice. Call it at most once, behind UseSessions and
  // SetJournal, before the first connection (asserted).
  void Restore(const PastRoom& past);

  // Starts to listen at `endpoint`, in addition to earlier ones. Errors: InvalidArgument if an
  // option is out of its range (see CheckOptions), FailedPrecondition after Stop
  // or inside a ServerEvents or RoomPolicy, and those of Network::Listen.
  absl::Status Listen(const Endpoint& endpoint);

  // The same on another network, for example one in memory for the bots of the program. It must
  // outlive the server.
  absl::Status Listen(Network& network, const Endpoint& endpoint);

  // Listens nowhere any more; connections stay. Listen may start again. Not inside a ServerEvents or
  // RoomPolicy (asserted).
  void StopListening();

  // Serves a stream that the program has itself, for example one end of a pair of streams in
  // memory, as if it had been accepted from `peer`. The stream has no observer yet. A full server
  // turns it away with a 500, as any peer: the result is OK then, too, and ConnectionId{0} if the
  // stream was closed at once. Errors, after which the stream is closed: InvalidArgument if it is
  // null or an option is out of its range, FailedPrecondition as for Listen.
  absl::StatusOr<ConnectionId> Accept(std::unique_ptr<ByteStream> stream, std::string_view peer);

  // The endpoints where it listens, in order of the calls, with the ports in use.
  std::vector<Endpoint> endpoints() const;

  // Serves no further request of the connection; at the end of the turn, logs the peer out, sends it
  // a 500 with `reason` (the first 512 bytes of it, escaped), and closes the connection. False if
  // there is no such connection or it is ending already. May be called from a ServerEvents or a
  // RoomPolicy.
  bool Disconnect(ConnectionId id, std::string_view reason);

  // Has a member leave that is away, with a "left" at the end of the turn. False if it is not away.
  // May be called from where Disconnect may.
  bool EndAway(MemberId id, std::string_view reason);

  // The connection of a member; nullopt if it is away, or a member of another server of the room. O(1).
  std::optional<ConnectionId> OwnConnection(MemberId id) const;

  // What a connection has sent and got so far; nullopt if there is no such connection. O(1).
  std::optional<ConnectionTraffic> TrafficOf(ConnectionId id) const;

  // Refuses the peers of a network with a 500, and disconnects those that it has, unless they are
  // exempt. Replaces an earlier ban of the same network. ResourceExhausted if there are 1,000 others.
  absl::Status AddBan(const Ban& ban);
  // False if this network was not banned.
  bool LiftBan(const IpNetwork& network);
  // Those that are in force, in order of the networks.
  std::vector<Ban> bans();

  // Serves by other options from the next request on, connections that are open included, except
  // that `exempt` holds for connections that come. Returns the options that need a new server and so
  // stay as they are, such as "backlog_bytes". On an error all stay: InvalidArgument as for Listen,
  // FailedPrecondition inside a ServerEvents or RoomPolicy.
  absl::StatusOr<std::vector<std::string_view>> Reconfigure(const ServerOptions& options);
  const ServerOptions& options() const;

  // Stops gracefully: stops listening, serves input that has arrived in one more turn, and sends
  // each peer a final reply. Calls `stopped`, if not empty, from the loop when all connections are
  // closed, at most stop_limit later. `stopped` may destroy the server. Another call has no effect,
  // and its `stopped` is never called.
  void Stop(Scheduler::Task stopped);

  // A member has the number of the connection that logged it in: see MemberOf. After a return it has
  // another connection: see OwnConnection.
  const ChatRoom& room() const;
  std::size_t connections() const;
  ServerStats stats() const;

  // Whether a member has no connection, and may come back. O(1).
  bool IsAway(MemberId id) const;
  // The members for which that holds.
  std::size_t away() const;
  // Of the room: all broadcasts so far.
  Position position() const;
  // The room as it is now, without broadcasts, for the log of the room to hand to servers that join.
  // O(members).
  PastRoom past() const;

  // The connections that accept no more bytes at the moment.
  std::size_t blocked() const;
  // The connections whose requests flood control holds back. O(connections).
  std::size_t paused() const;
  // Bytes in the filled part of the log of broadcasts.
  std::size_t log_bytes() const;

  // Bytes of the requests of which only a part has come: see ServerOptions::partial_bytes.
  std::size_t partial_bytes() const;

  // Bytes held for connections: the filled part of the log, unsent replies and lists, partial
  // requests, and other input that is not served yet. O(connections).
  std::size_t held_bytes() const;

 private:
  class Impl;
  const std::unique_ptr<Impl> impl_;
};

// The member that a connection of a server on its own logs in.
constexpr MemberId MemberOf(ConnectionId id) { return MemberId{static_cast<std::uint64_t>(id)}; }
// The connection that logged a member in, at the server ServerOf(id).
constexpr ConnectionId ConnectionOf(MemberId id) { return ConnectionId{NumberOf(id)}; }

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_SERVER_CHAT_SERVER_H_

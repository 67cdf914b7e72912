// The options and counters of a chat server. The time limits come from docs/protocol.md, "Reading
// strictly".
#ifndef CHATHTTP_TRANSPORT_SERVER_SERVER_OPTIONS_H_
#define CHATHTTP_TRANSPORT_SERVER_SERVER_OPTIONS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "chathttp/domain/limits.h"
#include "chathttp/transport/ports/ip_address.h"
#include "chathttp/transport/server/duration_histogram.h"
#include "chathttp/transport/server/server_labels.h"
#include "chathttp/version.h"

namespace chathttp {

// How many requests of a connection are served: `per_second` of them, after `burst` at once. The
// others wait unread. A request is counted by what it costs the room: see flood_control.h.
struct FloodLimit {
  std::uint32_t per_second = 2;  // 0: no limit
  std::uint32_t burst = 10;

  friend bool operator==(const FloodLimit&, const FloodLimit&) = default;
};

// At most `connects` in any `span` of time.
struct ConnectRate {
  std::uint32_t connects = 32;  // 0: no limit
  absl::Duration span = absl::Minutes(10);

  friend bool operator==(const ConnectRate&, const ConnectRate&) = default;
};

// A network whose peers are refused, until when.
struct Ban {
  IpNetwork network;
  absl::Time end;  // InfiniteFuture: until it is lifted
};

struct ServerOptions {
  RoomLimits room = {};  // room.text_bytes also bounds the entity of a POST

  // Further connections get 500 and are closed.
  std::size_t max_connections = 12'000;

  // Size of the broadcast log. A member that lags by more is a slow consumer and is closed. At
  // least 16 KiB and 8 * room.text_bytes, at most 1 GiB; allocated at once, touched as it fills.
  std::size_t backlog_bytes = 4 << 20;
  // The position of the first broadcast byte, at most 2^63; for tests of positions beyond 2^32.
  std::uint64_t log_start = 0;
  // Unsent private replies of one connection. Above this limit its requests are not read.
  std::size_t private_bytes = 16 << 10;
  // Unsent member lists of earlier membership versions, for all connections together. Above this
  // limit the readers that hold them are closed.
  std::size_t list_bytes = 16 << 20;

  // Bytes of partial requests, for all connections together; they take up to twice as much memory.
  // Above this limit the connection whose request grew gets 500 and is closed; above half of it, if
  // it is not logged in.
  std::size_t partial_bytes = 16 << 20;

  // Limits for one connection in one turn, so that it cannot starve the others.
  std::size_t turn_requests = 64;
  std::size_t turn_read_bytes = 64 << 10;
  std::size_t turn_write_bytes = 64 << 10;
  // Limit for the broadcasts of all connections in one turn, a quarter of it while a member is
  // blocked; the last request may exceed it.
  std::size_t turn_broadcast_bytes = 64 << 10;

  // The brake: the median reader sets the pace of the room. While more than half of the members are
  // blocked, no request is served. A blocked member that takes no byte for this long no longer
  // counts, so members that do not read delay the others for this time at most.
  absl::Duration brake_limit = absl::Seconds(2);

  // Limits for strangers: those who are neither in `exempt`, nor without an address, such as peers in
  // memory. By default there are none; a server for the public exempts only its own networks.
  std::vector<IpNetwork> exempt = {IpNetwork()};
  FloodLimit flood = {};
  absl::Duration flood_limit = absl::Seconds(60);  // requests wait without a break
  std::size_t per_address = 16;                    // connections of one customer: see CustomerOf
  ConnectRate connect_rate = {};
  // While not logged in they may have a quarter of max_connections in all, and each connection this
  // many refused requests; then it ends.
  std::size_t max_refusals = 5;

  absl::Duration login_limit = absl::Seconds(10);    // from connect to first complete request
  absl::Duration relogin_limit = absl::Seconds(60);  // from connect or logout to accepted ADD
  absl::Duration request_limit = absl::Seconds(20);  // from first to last byte of a request
  absl::Duration stall_limit = absl::Seconds(30);    // output pending, and no byte accepted
  absl::Duration linger_limit = absl::Seconds(1);    // from our half-close to the peer's end
  std::size_t linger_bytes = 64 << 10;               // of input discarded in that time
  absl::Duration stop_limit = absl::Seconds(3);      // for all connections to close in Stop

  // A member with a session keeps its place in the room for so long after its connection was lost; 0:
  // there are no sessions (see ChatServer::UseSessions). At most a quarter of room.members may be
  // away, and kMaxAwayPerAddress of one address; those who are so by a restart do not count.
  absl::Duration away_limit = absl::Seconds(120);
  // The most broadcasts from before its login that a new member may get.
  std::uint32_t history = 0;

  // Header values of each response: 1 to 128 bytes of visible ASCII and inner spaces. `time_zone`
  // is the zone of `Datetime`.
  std::string developer = "chathttp";
  std::string server{kProductVersion};
  absl::TimeZone time_zone = absl::UTCTimeZone();
};

// Returns OK, or InvalidArgument with the first option out of range, its range and its value. Time
// limits must be greater than 0; InfiniteDuration() means no limit.
absl::Status CheckOptions(const ServerOptions& options);

// Counters of a server since its construction; they only increase.
struct ServerStats {
  std::uint64_t accepted = 0;     // connections, including those turned away
  std::uint64_t closed = 0;       // connections
  std::uint64_t turned_away = 0;  // connections refused with 500 for lack of capacity
  std::uint64_t requests = 0;     // complete requests
  std::uint64_t replies = 0;      // private replies, including greetings
  std::uint64_t broadcasts = 0;
  std::uint64_t logins = 0;
  std::uint64_t away = 0;     // losses of connections whose members may come back
  std::uint64_t returns = 0;  // of such members
  std::uint64_t evicted = 0;  // slow consumers closed
  std::uint64_t expired = 0;  // connections closed at a time limit
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  std::uint64_t turns = 0;

  // The same by label.
  Tally<RequestKind> requests_by_kind;        // their total is `requests`
  Tally<Broadcast::Kind> broadcasts_by_kind;  // `broadcasts`
  Tally<EndReason> closed_by_reason;          // `closed`, and those turned away that are still open
  Tally<Rule> refusals;                       // of requests

  // For each broadcast, from the first one of its turn until each member that is not blocked was
  // written to.
  DurationHistogram fanout;
  absl::Duration turn_time;  // of all turns together
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_SERVER_SERVER_OPTIONS_H_

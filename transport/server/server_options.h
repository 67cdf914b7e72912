// Everything about a chat server that its operator may set.
// Source of the limits of time: docs/protocol.md, "Reading strictly".
#ifndef CHATHTTP_TRANSPORT_SERVER_SERVER_OPTIONS_H_
#define CHATHTTP_TRANSPORT_SERVER_SERVER_OPTIONS_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "domain/limits.h"

namespace chathttp {

struct ServerOptions {
  RoomLimits room = {};  // room.text_bytes also bounds the entity of a POST

  // One connection more is told so and closed.
  std::size_t max_connections = 12'000;

  // The ring of broadcasts: a member that falls further behind is a slow consumer and is closed.
  // At least 16 KiB and 8 * room.text_bytes, at most 1 GiB; allocated at once, touched as it fills.
  std::size_t backlog_bytes = 4 << 20;
  // Replies of its own that may wait for a connection before its requests are left unread.
  std::size_t private_bytes = 16 << 10;
  // Lists of members, of different states of the room, that may wait for slow readers in all.
  std::size_t list_bytes = 16 << 20;

  // What one connection may do in one turn before it is the others' turn.
  std::size_t turn_requests = 64;
  std::size_t turn_read_bytes = 64 << 10;
  std::size_t turn_write_bytes = 64 << 10;
  // What all connections together may broadcast in one turn, the last request not counted.
  std::size_t turn_broadcast_bytes = 64 << 10;

  // The brake: the room is paced by its median reader. While more than half of the members are
  // blocked, no request is served. A blocked member counts until it took no byte for this long, so
  // that members that do not read hold the others up no longer.
  absl::Duration brake_limit = absl::Seconds(2);

  absl::Duration login_limit = absl::Seconds(10);     // connecting to first complete request
  absl::Duration relogin_limit = absl::Seconds(120);  // refused ADD or logout to next request
  absl::Duration request_limit = absl::Seconds(20);   // first to last byte of a request
  absl::Duration stall_limit = absl::Seconds(30);     // waiting bytes, and none accepted
  absl::Duration linger_limit = absl::Seconds(1);     // for the peer to end after a fatal reply
  std::size_t linger_bytes = 64 << 10;                // of its input, thrown away meanwhile
  absl::Duration stop_limit = absl::Seconds(3);       // for all connections to end in Stop

  // Header values of each response, visible ASCII; and the zone of `Datetime`.
  std::string developer = "chathttp";
  std::string server = "chathttp/1.0.0";
  absl::TimeZone time_zone = absl::UTCTimeZone();
};

// OK, or InvalidArgument with the first option that is out of its range, the range and the value.
// Limits of time are longer than 0; InfiniteDuration() is none.
absl::Status CheckOptions(const ServerOptions& options);

// What a server has done since it was made. Counts, each growing only.
struct ServerStats {
  std::uint64_t accepted = 0;     // connections, those turned away included
  std::uint64_t closed = 0;       // of them
  std::uint64_t turned_away = 0;  // of them
  std::uint64_t requests = 0;     // complete ones
  std::uint64_t replies = 0;      // private ones, greetings included
  std::uint64_t broadcasts = 0;
  std::uint64_t logins = 0;
  std::uint64_t evicted = 0;  // slow consumers
  std::uint64_t expired = 0;  // over a limit of time
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_SERVER_SERVER_OPTIONS_H_

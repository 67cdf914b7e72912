// What happened at the ports of a server in one life, from its start to its stop or crash: the
// evidence for the checks of the oracle that are exact to the turn.
//
// The record holds every byte that the server read and wrote, each notice that it was given, and
// what it reported to its operator, in one order.
#ifndef CHATHTTP_SIM_WORLD_SERVER_RECORD_H_
#define CHATHTTP_SIM_WORLD_SERVER_RECORD_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "chathttp/sim/scenario/scenario.h"
#include "chathttp/transport/codec/session_login.h"
#include "chathttp/transport/journal/past_room.h"
#include "chathttp/transport/ports/ordered_log.h"
#include "chathttp/transport/server/server_event.h"
#include "chathttp/transport/server/server_options.h"

namespace chathttp::sim {

// A point in the life of a server. What happens between two turns belongs to the later one.
struct Moment {
  std::size_t turn = std::numeric_limits<std::size_t>::max();  // index in ServerRecord::turns
  std::uint64_t order = 0;  // counts everything that happens at the ports of the server
  absl::Duration at;        // since the start of the run
};

// One read or write that moved bytes, or a write that moved none.
struct Transfer {
  std::size_t end;          // offset in the stream behind its last byte
  std::size_t offered = 0;  // of a write: the bytes that it was given
  std::size_t pieces = 0;   // of a write
  Moment when;
};

struct ServerConnection {
  std::uint64_t id = 0;  // as reported to the operator; 0: none, it was turned away at once
  std::string peer;      // as the server was told
  std::string socket;    // where the stream comes from: the peer, or a proxy
  bool proxied = false;  // accepted by the listener for proxies
  std::optional<std::size_t> arrival;  // then: an index in ServerRecord::arrivals
  std::string in;
  std::string out;
  std::vector<Transfer> reads;
  std::vector<Transfer> writes;
  std::vector<Moment> readable;  // notices, spurious ones included
  std::vector<Moment> writable;
  std::vector<Moment> empty_reads;  // reads that found nothing
  Moment accepted;
  absl::Time accepted_wall;
  std::optional<Moment> read_end;  // the end of the stream was read
  std::optional<Moment> broken;    // a read or write failed
  std::string broken_reason;       // of the stream
  std::optional<Moment> shut;      // the server ended its side
  std::optional<Moment> reset;     // by the server
  std::optional<Moment> closed;    // the server destroyed the stream
  bool overflow = false;           // there was no descriptor for it
};

// Where proxies are in a simulation, and how long their header may take.
inline constexpr std::string_view kProxyNetwork = "10.0.0.0/8";
inline constexpr absl::Duration kProxyHeaderLimit = absl::Seconds(5);
inline constexpr std::size_t kMostArrivalBytes = 1 << 10;  // more than a header has

// A connection to the listener for proxies.
struct Arrival {
  std::string peer;
  Moment accepted;
  std::string in;                 // its first bytes: at least kMostArrivalBytes, or all
  std::vector<Transfer> reads;    // of these
  std::optional<Moment> ended;    // the end of the stream, or its break, was read
  std::optional<Moment> refused;  // and closed, as the operator was told, for this reason:
  std::string reason;
  std::optional<Moment> closed;  // the stream was destroyed
  bool overflow = false;         // there was no descriptor for it
};

// What a server found in its journal when it started.
struct RecoveredRoom {
  PastRoom past;
  bool repaired = false;            // it was told to
  std::uint64_t fresh_epoch = 0;    // its wall clock, in ms
  std::size_t broadcast_bytes = 0;  // that it keeps, see RecoveryOptions
};

// A step `server reload`.
struct ReportedReload {
  Moment when;
  std::vector<LimitSetting> changes;
  std::string error;      // the server refused it
  ServerOptions options;  // behind it
};

// A command of the operator.
struct ReportedCommand {
  Moment when;
  std::string line;
  std::string answer;
};

// What a command says about a session: see Command.
std::optional<SessionLogin> SessionOf(const Command& command);

// A command that a server of several appended to their log.
struct AppendedCommand {
  Moment when;
  Command::Kind kind;
  std::uint64_t connection = 0;  // the number of its member: see MemberIdOf
  std::uint32_t number = 0;      // the number that the server had
  absl::Time wall;
  std::string text;
  bool log_full = false;  // the log had no room for requests
  std::uint64_t member = 0;
  std::uint32_t returns = 0;
  std::optional<SessionLogin> session = std::nullopt;
};

// A number that a server of several has from a moment on.
struct ServerNumbered {
  Moment since;
  std::uint32_t number = 0;
};

// ServerEvent as a value.
struct ReportedEvent {
  ServerEvent::Kind kind;
  std::uint64_t connection;
  std::string peer;
  std::string name;
  std::string reason;
  std::uint64_t bytes_in;
  std::uint64_t bytes_out;
  Moment when;
  std::uint64_t broadcasts = 0;  // of the room, so far
};

struct ServerTurn {
  absl::Duration at;
  absl::Time wall;                 // the time of day of the server
  std::size_t held_bytes = 0;      // at its end: see ChatServer::held_bytes
  std::size_t partial_bytes = 0;   // of these
  std::int64_t heap_bytes = 0;     // at its end, more than after the start: see HeapCount
  bool waits_for_journal = false;  // at its end: not all broadcasts are durable that must be
  bool idle = false;               // nothing had happened since the last turn, and it did nothing
  // Of a server of several:
  bool log_full = false;    // the log had no room
  std::size_t taken = 0;    // at its end: ServerRecord::taken
  std::size_t members = 0;  // at its end: of the room
};

struct ServerRecord {
  std::string name;       // "server", "server2", ...
  ServerOptions options;  // at its start
  std::vector<ReportedReload> reloads;
  bool has_operator = false;  // it takes commands
  std::vector<ReportedCommand> commands;
  std::vector<Arrival> arrivals;  // in order of acceptance
  std::vector<ServerTurn> turns;
  std::vector<ServerConnection> connections;  // in order of acceptance; the witness first
  std::vector<ReportedEvent> events;
  ServerStats stats;                            // at the end
  std::optional<Moment> stop;                   // it was told to stop
  std::optional<Moment> stopped;                // it reported that it had stopped
  std::optional<Moment> crash;                  // its process was killed
  std::uint64_t epoch = 0;                      // of its positions, at its start
  absl::Duration started;                       // since the start of the run
  std::optional<RecoveredRoom> recovered = {};  // if it has a journal
  bool journal_failed = false;                  // at its end
  absl::Time began;                             // the time of day at its start
  std::size_t members_at_end = 0;               // before the drain, the witness included
  std::size_t connections_at_end = 0;           // before the drain
  std::size_t away_at_end = 0;                  // before the drain: members without a connection
  std::vector<std::string> room_at_end;         // before the drain: the names of the members
  // Of a server of several:
  std::vector<ServerNumbered> numbers;
  std::vector<AppendedCommand> appended;
  std::vector<std::pair<absl::Duration, absl::Duration>> pauses;  // of its process: from, to
  std::size_t first_taken = 0;       // of the log of the room, see WorldRecord: its first command
  std::vector<Moment> taken;         // of that one and those behind it
  std::size_t replayed = 0;          // of these, those that were in the log before it joined
  std::size_t taken_at_end = 0;      // before the drain
  bool heap_is_counted = false;      // see HeapCount::works
  std::int64_t heap_bytes_left = 0;  // when the server was gone
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_WORLD_SERVER_RECORD_H_

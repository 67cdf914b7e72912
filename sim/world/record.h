// The record of a run at the ports of the server and of its participants: the evidence that the
// oracle judges.
#ifndef CHATHTTP_SIM_WORLD_RECORD_H_
#define CHATHTTP_SIM_WORLD_RECORD_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "chathttp/sim/scenario/scenario.h"
#include "chathttp/sim/world/client_record.h"
#include "chathttp/sim/world/server_record.h"

namespace chathttp::sim {

// Bytes in one direction, with the time at which each piece crossed the port.
struct Flow {
  struct Piece {
    std::size_t end;  // offset after its last byte
    absl::Duration at;
  };
  std::string bytes;
  std::vector<Piece> pieces;

  // When the byte at `offset` crossed the port.
  absl::Duration TimeOf(std::size_t offset) const;
};

// One connection of one participant.
struct ConnectionRecord {
  enum class End {
    kOpen,         // open when the run ended
    kEndOfStream,  // read from the server
    kBroken,       // a read or write failed
    kClosed,       // by the participant, before either
    kRefused,      // never connected
  };
  std::string who;
  std::string local;        // its endpoint: ServerConnection::peer; empty if it is not known
  std::size_t ordinal = 0;  // of this participant's connections, from 0 on
  bool real_client = false;
  absl::Duration asked;      // when the attempt started
  absl::Duration connected;  // if not kRefused
  Flow sent;                 // bytes that the port accepted
  Flow received;
  std::optional<absl::Duration> shut;   // when the participant ended its side
  std::optional<absl::Duration> reset;  // when the participant reset it
  bool given_up = false;  // kRefused by the participant itself: the server may have seen it
  End end = End::kOpen;
  absl::Duration ended;
  bool faulted = false;          // a fault was active on its links, or cut it
  bool stopped_reading = false;  // the participant paused reading at least once
  bool paused_at_end = false;    // and did not resume
};

// A step that one participant performed.
struct DoneStep {
  std::size_t step = 0;    // index in Scenario::steps
  std::int64_t round = 0;  // from 0 on
  std::string who;
  absl::Duration at;
};

// A command of the log that several servers share.
struct LoggedCommand {
  Command::Kind kind;
  std::uint32_t server = 0;  // its number
  std::uint64_t member = 0;  // see MemberIdOf
  absl::Time wall;
  std::string text;
  absl::Duration at;  // when it came to the log
  std::uint32_t returns = 0;
  std::optional<SessionLogin> session = std::nullopt;
};

// A start of a server that its journal prevented.
struct RefusedStart {
  absl::Duration at;
  std::size_t lives = 0;  // before it
  absl::StatusCode code = absl::StatusCode::kOk;
  bool repair = false;  // it was told to repair
  std::string error;
};

// A fault of the disk that may cost bytes of the journal, or hide them.
struct DiskFault {
  absl::Duration at;
  Verb verb;
};

// What should be gone after a run.
struct Leftover {
  std::size_t descriptors = 0;  // of the server's host
  std::size_t connections = 0;  // of the network
  std::size_t timers = 0;       // of the scheduler
};

// How long it may take until the log declares the server of a killed process gone.
inline constexpr absl::Duration kDepartureLimit = absl::Seconds(2);

struct WorldRecord {
  std::vector<ServerRecord> servers;          // the lives of each server, in order of time
  std::vector<LoggedCommand> log;             // of several servers; all that came to it
  std::vector<ConnectionRecord> connections;  // of the participants, in order of `asked`
  std::vector<ClientRecord> clients;          // the real ones, and the sessions
  Endpoint server;                            // as these were told
  std::map<std::string, std::string> hosts;   // of participants that were told another host
  ClientOptions client_options;
  SessionOptions session_options;
  std::vector<DoneStep> done;                // in order of time
  std::set<std::size_t> reacted;             // indexes of the steps that a response triggered
  bool simulated = true;                     // else times are those of a real machine
  absl::Duration max_wake_delay;             // the longest time from an event to the turn it causes
  absl::Duration healed;                     // when faults ended; the settle phase follows
  absl::Duration drain;                      // when the drain began
  std::vector<DiskFault> disk_faults;        // in order of time
  std::vector<RefusedStart> refused_starts;  // in order of time
  std::optional<RecoveredRoom> left_in_journal;  // after the last life
  Leftover leftover;
  std::int64_t heap_bytes_left = 0;  // of several servers: when all were gone
  std::map<std::string, std::uint64_t> effects;
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_WORLD_RECORD_H_

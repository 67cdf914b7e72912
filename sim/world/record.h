// The record of a run at the ports of its participants: the evidence that the oracle judges.
//
// The record holds the bytes as they crossed the port of the participant, which is a raw peer or
// the real client core. Only the counters come from inside the server.
#ifndef CHATHTTP_SIM_WORLD_RECORD_H_
#define CHATHTTP_SIM_WORLD_RECORD_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "chathttp/sim/scenario/scenario.h"
#include "chathttp/transport/server/server_options.h"

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
};

// The events that a real client core reported to its user; the oracle compares them with the bytes.
struct ClientStory {
  std::string who;
  std::vector<std::string> lines;  // "message Alice: hi", "own Alice: hi", "entered Bob", ...
};

// A step that one participant performed.
struct DoneStep {
  std::size_t step = 0;    // index in Scenario::steps
  std::int64_t round = 0;  // from 0 on
  std::string who;
  absl::Duration at;
};

struct WorldRecord {
  ServerOptions options;                      // in force
  std::vector<ConnectionRecord> connections;  // in order of `asked`; the witness first
  std::size_t witness = 0;                    // the first member, on a perfect link
  std::vector<ClientStory> stories;
  std::vector<DoneStep> done;            // in order of time; empty if no step has an expectation
  ServerStats stats;                     // at the end
  std::size_t members_at_end = 0;        // before the drain, the witness included
  std::size_t connections_at_end = 0;    // before the drain, of the server
  absl::Duration healed;                 // when faults ended; the settle phase follows
  std::optional<absl::Duration> stop;    // when the scenario stopped the server
  absl::Duration drain;                  // when the drain began
  bool drained = false;                  // the server reported that it had stopped
  std::size_t leftover_descriptors = 0;  // of the server's host, after the drain
  std::size_t leftover_connections = 0;  // of the network
  std::size_t leftover_timers = 0;       // of the scheduler
  std::size_t max_server_bytes = 0;      // high-water mark of the server's output buffers
  std::uint64_t wakeless_turns = 0;      // turns of the server without work
  std::uint64_t server_turns = 0;
  std::map<std::string, std::uint64_t> effects;
  bool wall_jumped = false;
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_WORLD_RECORD_H_

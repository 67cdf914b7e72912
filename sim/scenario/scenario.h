// A scenario: who takes part in a simulated conversation, what they do and when, which faults
// happen, and what must come of it. A value; its text is what people read, keep and replay.
//
//   absl::StatusOr<Scenario> scenario = ParseScenario(text, "file.chat");   // parser.h
//   std::string canonical = PrintScenario(*scenario);                      // printer.h
//   RunResult result = Run(*scenario);                                     // sim/run/run.h
//
// The grammar is in docs/simulation.md. Times are since the start of the run.
#ifndef CHATHTTP_SIM_SCENARIO_SCENARIO_H_
#define CHATHTTP_SIM_SCENARIO_SCENARIO_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "sim/network/latency.h"

namespace chathttp::sim {

enum class Mode {
  kClean,    // no faults: every transcript is exact
  kFaulty,   // faults until `heal`; then all that is healthy must complete
  kHostile,  // faults without end: only safety is checked
};

// One `KEY VALUE` of a `limit` line: bytes, a count, or nanoseconds, as the key says.
struct LimitSetting {
  std::string key;
  std::int64_t value = 0;
  friend bool operator==(const LimitSetting&, const LimitSetting&) = default;
};

// One `net` line: what it does not name stays as it is. Later lines win.
struct NetSetting {
  std::string from;  // "server", or as the who of a step; one of both is the server
  std::string to;
  std::optional<Latency> latency;
  std::optional<std::int64_t> min_chunk_bytes;  // both or none
  std::optional<std::int64_t> max_chunk_bytes;
  std::optional<std::int64_t> send_buffer_bytes;
  std::optional<std::int64_t> receive_buffer_bytes;
  std::optional<std::int64_t> bytes_per_second;
  friend bool operator==(const NetSetting&, const NetSetting&) = default;
};

// What must come of the request of a step.
struct Expectation {
  std::string who;  // of those who take the step, whose request; empty: that of each of them
  int code = 0;
  std::optional<std::string> entity;
  bool then_end = false;  // "then eof": nothing but the end of the stream follows
  friend bool operator==(const Expectation&, const Expectation&) = default;
};

enum class Verb {
  // Of participants.
  kConnect,
  kAdd,    // text: the name, their own by default
  kSay,    // text, count, every
  kList,   // count, every
  kLeave,  // DELETE
  kRaw,    // text: bytes, count, every; of peers only
  kPauseReading,
  kResumeReading,
  kShutdownWrite,
  kReset,
  kClose,
  // Of links: who is "A->B".
  kClog,       // duration: nothing arrives, nothing is lost
  kBlackhole,  // duration: as clog, for both directions, seen as silence by both ends
  kBandwidth,  // amount bytes a second, duration
  kDelay,      // amount nanoseconds more latency, duration
  kCut,        // connections are reset at both ends
  // Of sets: who is "A|B" or a list.
  kPartition,  // duration: no link between the two sets moves
  kSwizzle,    // duration: links clogged one after another, unclogged in another order
  // Of the server.
  kWall,         // amount nanoseconds, of either sign: the clock on the wall jumps
  kDescriptors,  // amount, duration: no more than these for a while
  kStop,
};

struct Step {
  int line = 0;  // of the text it came from; 0: of none
  absl::Duration at;
  Verb verb = Verb::kConnect;
  std::string who;  // as written: names, globs, ranges, lists; see ExpandNames
  std::string text;
  std::int64_t count = 1;
  absl::Duration every;
  absl::Duration duration;
  std::int64_t amount = 0;
  std::optional<Expectation> expected;
  friend bool operator==(const Step&, const Step&) = default;
};

// One `expect` line of its own.
struct FinalExpectation {
  enum class Kind { kEvicted, kExpired, kTurnedAway, kSees, kEffect };
  int line = 0;
  Kind kind = Kind::kEffect;
  std::string who;                   // of kSees
  std::int64_t count = 0;            // of all but kEffect
  std::vector<std::string> effects;  // of kEffect: each took place at least once
  friend bool operator==(const FinalExpectation&, const FinalExpectation&) = default;
};

struct Scenario {
  std::string name;
  std::uint64_t seed = 1;  // chunking, latency and ties, nothing else
  Mode mode = Mode::kFaulty;
  std::vector<LimitSetting> limits;
  std::vector<NetSetting> nets;
  std::vector<std::string> clients;    // the real client core
  std::vector<std::string> peers;      // raw peers with a tiny codec of their own
  std::vector<Step> steps;             // in order of the text; those of one instant in that order
  std::optional<absl::Duration> heal;  // when faults end; after the last step by default
  absl::Duration settle = absl::Seconds(60);
  std::vector<FinalExpectation> expectations;
  friend bool operator==(const Scenario&, const Scenario&) = default;
};

// The names of all participants: the clients, then the peers.
std::vector<std::string> ParticipantsOf(const Scenario& scenario);

// The value of the limit `key`, `otherwise` if the scenario does not set it.
std::int64_t LimitOr(const Scenario& scenario, std::string_view key, std::int64_t otherwise);

// The names among `all` that a `who` means, in order of `all`: "alice", "d*", "d[1..4]",
// "alice,bob". Empty if it means none.
std::vector<std::string> ExpandNames(const std::string& who, const std::vector<std::string>& all);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_SCENARIO_SCENARIO_H_

// A scenario: the participants of a simulated conversation, their steps, the faults, and the
// expected outcome. A value; its text form is the file that people write and replay.
//
//   absl::StatusOr<Scenario> scenario = ParseScenario(text, "file.chat");   // parser.h
//   std::string canonical = PrintScenario(*scenario);                      // printer.h
//   RunResult result = Run(*scenario);                                     // sim/run/run.h
//
// The grammar is in docs/simulation.md. Times count from the start of the run.
#ifndef CHATHTTP_SIM_SCENARIO_SCENARIO_H_
#define CHATHTTP_SIM_SCENARIO_SCENARIO_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "chathttp/sim/network/latency.h"
#include "chathttp/version.h"  // refuses compilers below C++20

namespace chathttp::sim {

enum class Mode {
  kClean,    // no faults: every transcript is exact
  kFaulty,   // faults until `heal`; healthy connections must complete after it
  kHostile,  // faults without end: only safety is checked
};

// One `KEY VALUE` of a `limit` line. The key determines the unit: bytes, a count, or nanoseconds.
struct LimitSetting {
  std::string key;
  std::int64_t value = 0;
  friend bool operator==(const LimitSetting&, const LimitSetting&) = default;
};

// How the connections of a participant come through a proxy, which sends a header first.
enum class ProxyForm {
  kV1,       // version 1, a line
  kV2,       // version 2, binary
  kUnknown,  // version 1 that tells no address
  kLocal,    // version 2 of a proxy that speaks for itself
  kNone,     // no header: the peer sends what it likes
};

// One `net` line. Options without a value keep the earlier value; later lines win.
struct NetSetting {
  std::string from;  // "server" or a pattern as in Step::who; either `from` or `to` is the server
  std::string to;
  std::optional<Latency> latency;
  std::optional<std::int64_t> min_chunk_bytes;  // set together
  std::optional<std::int64_t> max_chunk_bytes;
  std::optional<std::int64_t> send_buffer_bytes;
  std::optional<std::int64_t> receive_buffer_bytes;
  std::optional<std::int64_t> bytes_per_second;
  // Of the participants, so only with `to` the server:
  std::string address = {};  // an IP address, as text; empty: one of the simulation
  std::optional<ProxyForm> proxy = {};
  std::string via = {};  // the server that they connect to, "server2"; empty: "server"
  friend bool operator==(const NetSetting&, const NetSetting&) = default;
};

// The `journal` line: the server keeps a journal on a disk of its own.
struct JournalSetting {
  enum class Sync { kAlways, kInterval, kNever };  // `interval`: once a second
  Sync sync = Sync::kInterval;
  absl::Duration latency = {};              // of a write: drawn, uniformly, up to this
  std::int64_t file_bytes = kDefaultBytes;  // when a new file is begun
  friend bool operator==(const JournalSetting&, const JournalSetting&) = default;

  static constexpr std::int64_t kDefaultBytes = 16 << 20;
};

// An expected header field of a reply.
struct FieldExpectation {
  std::string name;
  std::string value;  // a glob, see MatchesText
  friend bool operator==(const FieldExpectation&, const FieldExpectation&) = default;
};

// The expected reply to the request of a step.
struct Expectation {
  std::string who;  // the participant whose request it is; empty: each participant of the step
  int code = 0;
  std::optional<std::string> entity;  // a glob, see MatchesText
  bool then_end = false;              // "then eof": nothing but the end of the stream follows
  std::vector<FieldExpectation> fields = {};
  // When the last byte of the reply is received, counted from the step.
  absl::Duration at_least = absl::ZeroDuration();
  absl::Duration at_most = absl::InfiniteDuration();
  friend bool operator==(const Expectation&, const Expectation&) = default;
};

enum class Verb {
  // Subject: participants.
  kConnect,
  kAdd,     // text: the name, their own by default; session
  kResume,  // text: the name, by default that of the session; session; peers only
  kSay,     // text, count, every
  kList,    // count, every
  kLeave,   // DELETE
  kRaw,     // text: bytes, count, every; peers only
  kPauseReading,
  kResumeReading,
  kShutdownWrite,
  kReset,
  kClose,
  kDisconnect,
  kDropWaiting,
  // Subject: links; who is "A->B".
  kClog,       // duration: nothing arrives, nothing is lost
  kBlackhole,  // duration: a clog of both directions
  kBandwidth,  // amount: bytes per second; duration
  kDelay,      // amount: additional latency in nanoseconds; duration
  kCut,        // connections are reset at both ends
  // Subject: sets; who is "A|B" or a list.
  kPartition,  // duration: no link between the two sets moves
  kSwizzle,    // duration: links clogged one after another, unclogged in another order
  // Subject: a server.
  kWall,         // amount: nanoseconds of either sign by which the wall clock jumps
  kDescriptors,  // amount: descriptor limit of the server; duration
  kStop,
  kCrash,    // its process is killed
  kRestart,  // it is started again, killed before if it runs
  kReload,   // settings: it serves by these limits from now on
  // The same, if several servers share the room.
  kPause,       // duration: its process does not run
  kLogClog,     // duration: nothing comes from it to the log of the room, or back; nothing is lost
  kLogDelay,    // amount: additional delay of each way in nanoseconds; duration
  kLogRestart,  // the log has lost commands: the room is empty
  // The same, if the server has a journal.
  kPowerCut,  // the machine and the server stop: what the disk had not synced may be lost
  kRepair,    // as kRestart, with --history_repair
  // Subject: the disk of the journal.
  kDiskTear,      // amount: bytes that the newest file loses at its end; while the server is down
  kDiskFlip,      // a bit of a file changes
  kDiskFull,      // duration: no byte more fits
  kDiskStall,     // duration: the next write takes so much longer
  kDiskFailSync,  // the next sync fails
  // Subject: the operator.
  kAdmin,  // text: a command
};

// What an ADD says about a session and the past of the room. Peers only.
struct SessionRequest {
  bool session = false;  // of kAdd: asks for one
  // Of kResume: whose session it is, a peer, or empty for its own; and what is sent instead of the
  // token and the position that this peer has kept. An empty text leaves the header field out;
  // "+N" and "-N" count from the position.
  std::string of = {};
  std::optional<std::string> token = {};
  std::optional<std::string> since = {};
  std::optional<std::int64_t> history = {};  // asks for so many broadcasts
  friend bool operator==(const SessionRequest&, const SessionRequest&) = default;
};

// The event that a step waits for instead of a time: somebody receives a response.
struct Trigger {
  std::string who;         // as Step::who: any of them
  std::string text;        // the entity of the response: a glob, see MatchesText
  bool each_time = false;  // otherwise the first time only
  friend bool operator==(const Trigger&, const Trigger&) = default;
};

struct Step {
  int line = 0;                 // line number in the text; 0: none
  std::optional<Trigger> when;  // a reaction
  absl::Duration at;            // with a trigger: since the trigger
  Verb verb = Verb::kConnect;
  std::string who;  // a pattern: names, globs, ranges, lists; see ExpandNames
  std::string text;
  std::int64_t count = 1;
  absl::Duration every;        // between repetitions; drawn if `max_every` is greater
  absl::Duration max_every;    // 0: `every` is fixed
  absl::Duration stagger;      // between the participants of `who`
  absl::Duration max_stagger;  // 0: `stagger` is fixed
  absl::Duration duration;
  std::int64_t amount = 0;
  std::vector<LimitSetting> settings = {};
  SessionRequest session = {};
  std::optional<Expectation> expected;
  friend bool operator==(const Step&, const Step&) = default;
};

// A separate `expect` line.
struct FinalExpectation {
  enum class Kind {
    kEvicted,
    kExpired,
    kTurnedAway,
    kSees,
    kEffect,
    // The responses that participants receive, each `texts` a glob over an entity:
    kHears,       // all texts in this order, or if `count` is not 0, the only text so many times
    kHearsInAny,  // all texts in any order
    kOneHears,    // exactly one participant hears the only text
    kNoneHears,   // nobody hears the only text
  };
  int line = 0;
  Kind kind = Kind::kEffect;
  std::string who;                      // kSees and later, except kEffect
  std::int64_t count = 0;               // kEvicted to kSees, and kHears
  std::vector<std::string> effects;     // kEffect only: each must occur at least once
  std::vector<std::string> texts = {};  // kHears and later
  friend bool operator==(const FinalExpectation&, const FinalExpectation&) = default;
};

struct Scenario {
  std::string name;
  std::uint64_t seed = 1;  // determines chunking, latency and ties only
  Mode mode = Mode::kFaulty;
  std::vector<LimitSetting> limits;
  std::optional<JournalSetting> journal;
  std::vector<std::string> exempt;  // networks to which the limits for strangers do not apply
  std::vector<NetSetting> nets;
  std::vector<std::string> clients;    // the real client core
  std::vector<std::string> peers;      // raw peers with an independent codec
  std::vector<std::string> sessions;   // real sessions
  std::vector<std::string> programs;   // other programs, see RunOptions::programs
  std::vector<Step> steps;             // in order of the text, also at one instant
  std::optional<absl::Duration> heal;  // when faults end; default: after the last step
  absl::Duration settle = absl::Seconds(60);
  bool effects_required = true;  // a fault without effect is a violation
  std::vector<FinalExpectation> expectations;
  friend bool operator==(const Scenario&, const Scenario&) = default;

  // The names of all participants: the clients, the peers, the sessions, then the programs.
  std::vector<std::string> Participants() const;
};

// How many servers share the room.
std::size_t ServersOf(const Scenario& scenario);

// The value of the limit `key`; `otherwise` if the scenario does not set it.
std::int64_t LimitOr(const Scenario& scenario, std::string_view key, std::int64_t otherwise);

// Whether `entity`, with or without its final line feed, matches the glob `text`, in which `*` stands
// for any bytes. O(size of `text` * size of `entity`).
bool MatchesText(std::string_view text, std::string_view entity);

// The names of `all` that match the pattern `who`, in order of `all`. Patterns: "alice", "d*",
// "d[1..4]", "alice,bob".
std::vector<std::string> ExpandNames(const std::string& who, const std::vector<std::string>& all);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_SCENARIO_SCENARIO_H_

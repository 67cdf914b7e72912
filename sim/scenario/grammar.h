// The keywords of the scenario language and the shapes of their arguments: the tables that the
// parser, the printer, the error messages and the test of docs/simulation.md share.
//
//   const VerbShape& shape = ShapeOf(Verb::kClog);
//   UsageOf(shape)                        -> "link FROM->TO clog DURATION"
//   Choices("sayy", {"add", "say", ...})  -> `"say"`
//
// Constants and pure functions.
#ifndef CHATHTTP_SIM_SCENARIO_GRAMMAR_H_
#define CHATHTTP_SIM_SCENARIO_GRAMMAR_H_

#include <array>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "chathttp/sim/scenario/quantity.h"
#include "chathttp/sim/scenario/scenario.h"

namespace chathttp::sim {

// The kind of subject of a step, and its syntax.
enum class Subject {
  kAnyone,     // WHO verb
  kServer,     // server verb, server2 verb, ...
  kDisk,       // disk verb
  kLink,       // link FROM->TO verb
  kSomePeers,  // WHO verb, peers only
  kPeers,      // verb WHO
  kSet,        // verb WHO
  kSides,      // verb WHO|WHO
  kOperator,   // verb
};

// One argument of a verb, and the field of Step that holds its value.
struct Argument {
  enum class Field {
    kName,     // Step::text: ["NAME"], not empty
    kText,     // Step::text: "TEXT"
    kRepeat,   // Step::count and every: [xN [every SPAN]]
    kStagger,  // Step::stagger: [stagger SPAN]
    kDuration,
    kAmount,
    kSettings,  // Step::settings: KEY VALUE ...
    // Step::session:
    kSession,  // [session]
    kOf,       // [of PEER]
    kToken,    // [token "TEXT"]
    kSince,    // [since "TEXT"]
    kHistory,  // [history N]
  };
  Field field;
  std::string_view lead = {};  // a word before it
  Bounds bounds = {};
};

struct VerbShape {
  Verb verb;
  std::string_view word;
  Subject subject;
  std::span<const Argument> arguments = {};
  bool has_reply = false;  // an expectation may follow
  bool fault = false;      // not allowed in mode clean; has an effect
};

// A limit of the server.
struct LimitWord {
  std::string_view word;
  Bounds bounds;
};

struct NetOption {
  std::string_view word;
  Bounds bounds;
  std::optional<std::int64_t> NetSetting::*field;
};

struct ProxyWord {
  std::string_view word;
  ProxyForm form;
};

struct SyncWord {
  std::string_view word;
  JournalSetting::Sync sync;
};

struct ModeWord {
  std::string_view word;
  Mode mode;
};

// expect server WORD N
struct ServerCount {
  std::string_view word;
  FinalExpectation::Kind kind;
};

// expect ... hears ...
struct HearsForm {
  FinalExpectation::Kind kind;
  std::string_view before;  // WHO
  std::string_view after;   // hears
  std::string_view rest;    // the usage of what follows
};

inline constexpr std::string_view kBacklogLimit = "backlog";
inline constexpr std::string_view kTextLimit = "text";
inline constexpr std::string_view kServersLimit = "servers";
inline constexpr std::string_view kResumableLimit = "resumable";

std::span<const VerbShape> Verbs();
std::span<const LimitWord> Limits();
// Those that `server reload` may change. Values at the lower end of a bound are out of the server's.
std::span<const LimitWord> ReloadedLimits();
std::span<const NetOption> NetOptions();
std::span<const ProxyWord> ProxyWords();
std::span<const ModeWord> ModeWords();
std::span<const SyncWord> SyncWords();
std::span<const ServerCount> ServerCounts();
std::span<const HearsForm> HearsForms();
std::span<const std::string_view> ReplyFields();  // header fields, for `expect CODE with`
std::vector<std::string_view> Effects();          // the verbs of faults, for `expect effect`

inline constexpr std::array<int, 5> kReplyCodes = {200, 202, 400, 401, 500};

inline constexpr std::int64_t kMaxTime = 3'600'000'000'000 * 1000;  // 1000h
inline constexpr Bounds kTimeBounds = {Unit::kDuration, 0, kMaxTime};
inline constexpr Bounds kDurationBounds = {Unit::kDuration, 1, kMaxTime};
inline constexpr Bounds kRepeatBounds = {Unit::kCount, 1, 100'000};
inline constexpr Bounds kHeardBounds = {Unit::kCount, 1, 1'000'000'000};
inline constexpr Bounds kSeenBounds = {Unit::kCount, 0, 1'000'000'000};
inline constexpr Bounds kChunkBounds = {Unit::kBytes, 1, 1 << 20};
inline constexpr Bounds kLatencyBounds = {Unit::kDuration, 0, 3'600'000'000'000};
inline constexpr Bounds kJournalFileBounds = {Unit::kBytes, 1 << 10, 64 << 20};
inline constexpr Bounds kPercentBounds = {Unit::kCount, 0, 100};

const VerbShape& ShapeOf(Verb verb);

std::string UsageOf(const HearsForm& form);

// The syntax of a step with this verb, without time and expectation.
std::string UsageOf(const VerbShape& shape);

// The suggestions for a misspelled word: the elements of `words` nearest to `got`, or all of them.
std::string Choices(std::string_view got, const std::vector<std::string_view>& words);

// The entry of `table` with this `word`, or null.
template <class Table>
const typename Table::value_type* FindWord(const Table& table, std::string_view word) {
  for (const auto& entry : table) {
    if (entry.word == word) return &entry;
  }
  return nullptr;
}

template <class Table>
std::vector<std::string_view> WordsOf(const Table& table) {
  std::vector<std::string_view> words;
  words.reserve(std::size(table));
  for (const auto& entry : table) words.push_back(entry.word);
  return words;
}

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_SCENARIO_GRAMMAR_H_

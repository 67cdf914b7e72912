// The plan of a seed, drawn before any line of the scenario: mode, families, participants, and the
// time scale.
//
//   Plan plan = MakePlan(4711, std::nullopt);
//   if (plan.Has(Family::kReset)) ...
//
// Pure functions.
#ifndef CHATHTTP_SIM_SEARCH_GENERATOR_PLAN_H_
#define CHATHTTP_SIM_SEARCH_GENERATOR_PLAN_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "chathttp/sim/scenario/scenario.h"
#include "chathttp/sim/search/chooser.h"

namespace chathttp::sim {

// Kinds of events. Those from kPauseReading to kCrash are faults.
enum class Family {
  // What participants do.
  kSay,
  kBurst,
  kList,
  kLeave,
  kClose,
  kHalfClose,
  kReturn,     // connects again after its end
  kIdle,       // connects and sends nothing
  kHandover,   // a participant requests a name the moment it becomes free
  kGoldRush,   // many ADD one name at one instant
  kPipeline,   // several requests in one piece
  kMalformed,  // requests that break a rule
  kDrip,       // a request in pieces over time
  kBadText,    // texts that break a rule
  kFlood,      // far more input after a fatal request than lingering reads
  kListStorm,  // many list requests in a short time
  kChorus,     // many messages at one instant
  kBrink,      // a request exactly at a time limit
  kTrickle,    // a member reads continuously, but slower than others post
  kOddName,    // an ADD under an unusual, a reserved or a malformed name
  kEntity,     // a POST with any text and any line end
  kSizes,      // a request at a limit of size
  kRefusals,   // a request that is refused, many times
  kRelogin,    // logins under several names on one connection
  kVigil,      // a member is silent for minutes, then speaks
  kStop,       // the server is stopped before the end
  // The setting.
  kLatency,
  kChunks,
  kBuffers,
  kSlowLinks,
  kLogStart,  // the first broadcast has a position beyond 2^32
  kSmallLog,
  kSmallReplies,
  kSmallRoom,
  kSmallTurns,
  kShortTimes,
  kOriginal,   // the server identifies itself as the original server
  kStrangers,  // flood control, and limits of each address
  // Faults.
  kPauseReading,
  kSilence,   // a member does not read while another posts
  kOldLists,  // lists of many room states are queued for a member that does not read
  kReset,
  kClog,
  kBlackhole,
  kBandwidth,
  kDelay,
  kCut,
  kPartition,
  kSwizzle,
  kWall,
  kDescriptors,
  kCrash,  // the server is killed, and perhaps started again
  // The last families, so that the draws of the others stay the same:
  kAddresses,  // participants share an address, or a network
  kProxies,    // participants come through a proxy
  kOperator,   // the operator gives commands
  kReloads,    // the operator changes the options
  kServers,    // several servers share the room
  kReturns,    // members have sessions, and come back after a loss
  kJournal,    // the server has a journal, and several lives
};
inline constexpr std::size_t kFamilies = static_cast<std::size_t>(Family::kJournal) + 1;

struct Plan {
  std::uint64_t seed = 0;
  Mode mode = Mode::kFaulty;
  std::array<bool, kFamilies> on = {};
  std::vector<std::string> names;  // of all participants but the crowd
  std::vector<bool> raw;           // which of them are raw peers
  std::vector<std::string> crowd;  // participants that only connect and log in; mostly empty
  std::string victim;              // the target of faults that need one
  absl::Duration span;             // the interval of most steps
  absl::Duration grain;            // every time is a multiple of it, so that many coincide

  bool Has(Family family) const { return on[static_cast<std::size_t>(family)]; }
  Chooser ChooserFor(std::string_view topic) const { return Chooser(seed, topic); }
  absl::Duration Round(absl::Duration time) const { return time - time % grain; }
};

[[nodiscard]] Step StepAt(absl::Duration at, Verb verb, std::string_view who);

[[nodiscard]] Plan MakePlan(std::uint64_t seed, std::optional<Mode> mode);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_SEARCH_GENERATOR_PLAN_H_

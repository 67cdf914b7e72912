// What a seed has switched on, before the generator writes any line: mode, families, participants,
// and the scale of time.
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
#include "sim/scenario/scenario.h"
#include "sim/search/chooser.h"

namespace chathttp::sim {

// Kinds of things that may happen. Those from kPauseReading on are faults.
enum class Family {
  // What participants do.
  kSay,
  kBurst,
  kList,
  kLeave,
  kClose,
  kHalfClose,
  kReturn,     // comes again after its end
  kIdle,       // connects and asks for nothing
  kHandover,   // somebody wants a name the moment it becomes free
  kGoldRush,   // many ADD one name at one instant
  kPipeline,   // several requests in one piece
  kMalformed,  // requests that break a rule
  kDrip,       // a request in pieces over time
  kBadText,    // texts that break a rule
  kFlood,      // far more behind a fatal request than lingering takes
  kListStorm,  // lists of many states of the room, unread
  kChorus,     // much is said at one instant
  kBrink,      // something is done at the very instant of a limit
  kTrickle,    // one takes a little all the time, far less than is said
  kStop,       // the server is stopped before the end
  // The setting.
  kLatency,
  kChunks,
  kBuffers,
  kSlowLinks,
  kSmallLog,
  kSmallReplies,
  kSmallRoom,
  kSmallTurns,
  kShortTimes,
  kOriginal,  // the server says that it is of the original kind
  // Faults.
  kPauseReading,
  kSilence,   // one does not read while another one talks
  kOldLists,  // lists of many states of the room wait for one who does not read
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
};
inline constexpr std::size_t kFamilies = static_cast<std::size_t>(Family::kDescriptors) + 1;

struct Plan {
  std::uint64_t seed = 0;
  Mode mode = Mode::kFaulty;
  std::array<bool, kFamilies> on = {};
  std::vector<std::string> names;  // of all participants
  std::vector<bool> raw;           // which of them are raw peers
  std::string victim;              // of the faults that need one
  absl::Duration span;             // in which most things happen
  absl::Duration grain;            // every time is a multiple of this, so that many coincide

  bool Has(Family family) const { return on[static_cast<std::size_t>(family)]; }
  Chooser ChooserFor(std::string_view topic) const { return Chooser(seed, topic); }
  absl::Duration Round(absl::Duration time) const { return time - time % grain; }
};

[[nodiscard]] Step StepAt(absl::Duration at, Verb verb, std::string_view who);

[[nodiscard]] Plan MakePlan(std::uint64_t seed, std::optional<Mode> mode);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_SEARCH_GENERATOR_PLAN_H_

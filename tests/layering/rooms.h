// The allowed includes of each room. No row names a room below it, so there are no cycles.
#ifndef CHATHTTP_TESTS_LAYERING_ROOMS_H_
#define CHATHTTP_TESTS_LAYERING_ROOMS_H_

#include <string_view>

namespace chathttp::layering {

// The headers of the standard library and of Abseil that a room may include.
enum class Outside {
  kPure,     // headers that neither block, nor query the machine, nor print; no time
  kTime,     // kPure, instants and durations, but no clock
  kMachine,  // all headers of both, and POSIX
};

struct Room {
  std::string_view folder;
  std::string_view may_include;  // besides itself; a folder stands for all its rooms
  Outside outside;
};

inline constexpr Room kRooms[] = {
    {"domain", "", Outside::kPure},

    {"transport/ports", "domain", Outside::kTime},
    {"transport/codec", "domain transport/ports", Outside::kTime},
    {"transport/journal", "domain transport/ports transport/codec", Outside::kTime},
    {"transport/proxy", "domain transport/ports", Outside::kTime},
    {"transport/server", "domain transport/ports transport/codec transport/journal",
     Outside::kTime},
    {"transport/metrics", "domain transport/ports transport/codec transport/server",
     Outside::kTime},
    {"transport/admin", "domain transport/ports transport/server", Outside::kTime},
    {"transport/client", "domain transport/ports transport/codec", Outside::kTime},

    {"adapters", "domain transport", Outside::kMachine},
    {"adapters/redis", "domain transport", Outside::kTime},

    {"sim/network", "domain transport", Outside::kTime},
    {"sim/scenario", "domain transport sim/network", Outside::kTime},
    {"sim/world", "domain transport sim/network sim/scenario", Outside::kTime},
    {"sim/heap", "sim/world", Outside::kMachine},
    {"sim/oracle", "domain transport sim/network sim/scenario sim/world", Outside::kTime},
    {"sim/run", "domain transport sim/network sim/scenario sim/world sim/oracle", Outside::kTime},
    {"sim/search", "domain transport sim", Outside::kTime},

    {"apps/flags", "domain", Outside::kMachine},
    {"apps/terminal", "domain transport", Outside::kTime},
    {"apps/console", "domain transport apps/terminal", Outside::kTime},
    {"apps/client", "domain transport adapters apps/terminal apps/console", Outside::kMachine},
    {"apps/history", "domain transport apps/client", Outside::kMachine},
    {"apps/load", "domain transport adapters", Outside::kMachine},
    {"apps/server", "domain transport adapters apps/flags", Outside::kMachine},
    {"apps/simulator", "domain transport adapters sim apps/flags", Outside::kMachine},
    {"apps", "domain transport adapters sim apps", Outside::kMachine},
};

// Each name has a blank on both sides.
inline constexpr std::string_view kPureStandardHeaders =
    " algorithm any array bit bitset cassert cctype charconv climits cmath compare concepts cstddef"
    " cstdint cstring deque exception expected forward_list functional initializer_list iosfwd"
    " iterator limits list map memory new numbers numeric optional queue ranges ratio set"
    " source_location span stack stdexcept string string_view tuple type_traits typeindex typeinfo"
    " unordered_map unordered_set utility valarray variant vector version ";

// Folders of POSIX headers; any other header with a slash belongs to a library.
inline constexpr std::string_view kSystemFolders = " sys/ netinet/ arpa/ net/ linux/ ";

// Parts of Abseil without a clock, a lock, a random source or output.
inline constexpr std::string_view kPureAbseil =
    " algorithm/ base/attributes.h cleanup/ container/ functional/ hash/ memory/ meta/ numeric/"
    " status/ strings/ types/ utility/ ";
inline constexpr std::string_view kAbseilTime = " time/civil_time.h time/time.h ";

}  // namespace chathttp::layering

#endif  // CHATHTTP_TESTS_LAYERING_ROOMS_H_

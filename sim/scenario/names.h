// Parses and prints the names in a scenario. ExpandNames is in scenario.h.
//
//   DeclaredNames("d[1..3]")            -> d1 d2 d3
//   SplitSides("alice->server", "->")   -> {"alice", "server"}
//   PrintNames({"a", "d1", "d2", "d3"}) -> "a d[1..3]"
//
// Pure functions.
#ifndef CHATHTTP_SIM_SCENARIO_NAMES_H_
#define CHATHTTP_SIM_SCENARIO_NAMES_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chathttp::sim {

inline constexpr std::string_view kServerName = "server";
inline constexpr std::string_view kWitnessName = "witness";
inline constexpr std::size_t kMaxServers = 4;            // of one scenario
inline constexpr std::size_t kMaxParticipants = 10'000;  // of one scenario

// The name of a server: "server" for 0, "server2" for 1, and so on. Requires index < kMaxServers.
[[nodiscard]] std::string_view ServerName(std::size_t index);
// The inverse; nullopt if no server can have this name.
[[nodiscard]] std::optional<std::size_t> ServerIndex(std::string_view name);

// The names that a word of a `clients` or `peers` line declares: the word itself, or the names of
// its one range. Empty if the range is malformed, empty or larger than kMaxParticipants.
[[nodiscard]] std::vector<std::string> DeclaredNames(std::string_view word);

// Why `name` cannot name a participant, as "expected X"; empty if it can.
[[nodiscard]] std::string DescribeParticipantProblem(std::string_view name);

// The names separated by spaces; three or more consecutive ones become a range.
[[nodiscard]] std::string PrintNames(const std::vector<std::string>& names);

// The parts of a list: "alice,d*" -> alice d*.
[[nodiscard]] std::vector<std::string> SplitList(std::string_view list);

// The two parts of `who` around its only `separator`.
struct Sides {
  std::string first;
  std::string second;
};
[[nodiscard]] std::optional<Sides> SplitSides(std::string_view who, std::string_view separator);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_SCENARIO_NAMES_H_

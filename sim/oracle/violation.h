// The result of a check by the oracle.
//
//   Describe({"expectation", "expected 200, got 401", 12, "alice", absl::Seconds(1)})
//   -> "expectation: line 12: alice at 1s: expected 200, got 401"
#ifndef CHATHTTP_SIM_ORACLE_VIOLATION_H_
#define CHATHTTP_SIM_ORACLE_VIOLATION_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace chathttp::sim {

// One invariant that does not hold, by its name in docs/simulation.md: "order", "complete", ...
// Expectations of the scenario itself fail as "expectation", planned faults without effect as
// "effect", and a simulation that cannot go on as "stuck".
struct Violation {
  std::string invariant;
  std::string message;                              // "expected X, got Y", if it can say so
  int line = 0;                                     // of the scenario; 0: unknown
  std::string who = {};                             // the participant; may be empty
  std::optional<absl::Duration> at = std::nullopt;  // since the start of the run
  // Where that line is in the source of a test, as far as RunScenario knows.
  std::string file = {};
  int file_line = 0;
  friend bool operator==(const Violation&, const Violation&) = default;
};

// One line without its end, in which all bytes are safe to show.
[[nodiscard]] std::string Describe(const Violation& violation);

// In the order in which a reader looks for causes: rules by their time, then lines of the scenario,
// each by time. Without a time comes last.
void SortViolations(std::vector<Violation>& violations);

// Prints Describe to a std::ostream, for GoogleTest.
template <class Stream>
Stream& operator<<(Stream& out, const Violation& violation) {
  out << Describe(violation);
  return out;
}

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_ORACLE_VIOLATION_H_

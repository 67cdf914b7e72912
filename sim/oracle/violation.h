// The result of a check by the oracle.
#ifndef CHATHTTP_SIM_ORACLE_VIOLATION_H_
#define CHATHTTP_SIM_ORACLE_VIOLATION_H_

#include <string>

namespace chathttp::sim {

// One invariant that does not hold, by its name in docs/simulation.md: "order", "complete", ...
// Expectations of the scenario itself fail as "expectation", planned faults without effect as
// "effect", and a simulation that cannot go on as "stuck".
struct Violation {
  std::string invariant;
  std::string message;  // one line: who, what, where
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_ORACLE_VIOLATION_H_

// Checks what participants were expected to hear: `expect WHO hears "TEXT"` and its other forms. Part
// of the oracle.
#ifndef CHATHTTP_SIM_ORACLE_HEARS_H_
#define CHATHTTP_SIM_ORACLE_HEARS_H_

#include <vector>

#include "chathttp/sim/oracle/violation.h"
#include "chathttp/sim/scenario/scenario.h"
#include "chathttp/sim/world/record.h"

namespace chathttp::sim {

// The violations, all of them "expectation". A participant hears the entities of the complete
// responses on all its connections. O(bytes recorded * expectations).
[[nodiscard]] std::vector<Violation> CheckHears(const Scenario& scenario,
                                                const WorldRecord& record);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_ORACLE_HEARS_H_

// Checks the expectations of a scenario, for single steps and for the end, against what the
// participants received. Part of the oracle. Violations "expectation" and "effect".
#ifndef CHATHTTP_SIM_ORACLE_EXPECTATIONS_H_
#define CHATHTTP_SIM_ORACLE_EXPECTATIONS_H_

#include <vector>

#include "chathttp/sim/oracle/ends.h"
#include "chathttp/sim/oracle/evidence.h"

namespace chathttp::sim {

void CheckSteps(Evidence& evidence, const std::vector<Ends>& ends);
void CheckOutcome(Evidence& evidence, const std::vector<Ends>& ends);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_ORACLE_EXPECTATIONS_H_

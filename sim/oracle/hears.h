// Checks what participants were expected to hear: `expect WHO hears "TEXT"` and its other forms. Part
// of the oracle.
#ifndef CHATHTTP_SIM_ORACLE_HEARS_H_
#define CHATHTTP_SIM_ORACLE_HEARS_H_

#include <vector>

#include "chathttp/sim/oracle/ends.h"
#include "chathttp/sim/oracle/evidence.h"

namespace chathttp::sim {

// Reports "expectation". A participant hears the entities of the complete responses on all its
// connections. O(bytes recorded * expectations).
void CheckHears(Evidence& evidence, const std::vector<Ends>& ends);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_ORACLE_HEARS_H_

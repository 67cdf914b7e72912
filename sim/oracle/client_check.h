// Checks the real clients and sessions of a run: what each call made them send, and what they
// reported of what they received. Part of the oracle. Violations "client" and "session"; of each
// participant only the first.
#ifndef CHATHTTP_SIM_ORACLE_CLIENT_CHECK_H_
#define CHATHTTP_SIM_ORACLE_CLIENT_CHECK_H_

#include <vector>

#include "chathttp/sim/oracle/ends.h"
#include "chathttp/sim/oracle/evidence.h"

namespace chathttp::sim {

void CheckClients(Evidence& evidence, const std::vector<Ends>& ends);
void CheckSessions(Evidence& evidence, const std::vector<Ends>& ends);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_ORACLE_CLIENT_CHECK_H_

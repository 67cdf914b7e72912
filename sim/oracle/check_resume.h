// The sessions of a room as their members see them, over all their connections. Part of the oracle,
// so written from docs/protocol.md, "Coming back".
#ifndef CHATHTTP_SIM_ORACLE_CHECK_RESUME_H_
#define CHATHTTP_SIM_ORACLE_CHECK_RESUME_H_

#include <vector>

#include "chathttp/sim/oracle/ends.h"
#include "chathttp/sim/oracle/evidence.h"

namespace chathttp::sim {

// "resume": a member goes on where it was, or is told what it missed. "epoch": no position names two
// broadcasts. "session": a real session tells where it was. "events": no token is told to the
// operator.
void CheckResumes(Evidence& evidence, const std::vector<Ends>& ends);

// "once": each text of a real session is said once, or the session reports that it was not.
void CheckOnce(Evidence& evidence, const std::vector<Ends>& ends);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_ORACLE_CHECK_RESUME_H_

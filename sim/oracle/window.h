// Judges one login against one session of the log: could this be it, and if so, did it hear what
// was its due? For windows.h, which tries which fits which.
#ifndef CHATHTTP_SIM_ORACLE_WINDOW_H_
#define CHATHTTP_SIM_ORACLE_WINDOW_H_

#include <vector>

#include "sim/oracle/evidence.h"
#include "sim/oracle/log.h"
#include "sim/oracle/replay.h"

namespace chathttp::sim {

// Empty if the two go together without fault.
std::vector<Violation> JudgeWindow(const Evidence& evidence, const RoomLog& log,
                                   const Account& account, const Episode& episode,
                                   const Session& session);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_ORACLE_WINDOW_H_

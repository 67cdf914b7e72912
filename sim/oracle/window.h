// Compares one login with one session of the log: whether they can be the same, and whether the
// login received every broadcast of the session. windows.h matches logins with sessions.
#ifndef CHATHTTP_SIM_ORACLE_WINDOW_H_
#define CHATHTTP_SIM_ORACLE_WINDOW_H_

#include <vector>

#include "chathttp/sim/oracle/evidence.h"
#include "chathttp/sim/oracle/log.h"
#include "chathttp/sim/oracle/replay.h"

namespace chathttp::sim {

// Empty if the two go together without fault.
std::vector<Violation> JudgeWindow(const Evidence& evidence, const RoomLog& log,
                                   const Account& account, const Episode& episode,
                                   const Session& session);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_ORACLE_WINDOW_H_

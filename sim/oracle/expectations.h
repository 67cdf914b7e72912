// Checks the expectations of a scenario, for single steps and for the end, against the record, and
// the events that real clients reported against the bytes at their ports. Part of the oracle.
//
// Violations "expectation", "effect" and "order".
#ifndef CHATHTTP_SIM_ORACLE_EXPECTATIONS_H_
#define CHATHTTP_SIM_ORACLE_EXPECTATIONS_H_

#include <vector>

#include "chathttp/sim/oracle/evidence.h"
#include "chathttp/sim/oracle/replay.h"
#include "chathttp/sim/oracle/transcript.h"

namespace chathttp::sim {

// `transcripts` and `accounts`: of each connection of the record.
void JudgeSteps(Evidence& evidence, const std::vector<Transcript>& transcripts,
                const std::vector<Account>& accounts);
void JudgeOutcome(Evidence& evidence, const std::vector<Transcript>& transcripts);
void JudgeStories(Evidence& evidence, const std::vector<Transcript>& transcripts,
                  const std::vector<Account>& accounts);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_ORACLE_EXPECTATIONS_H_

// Holds what a scenario expects, step by step and in the end, against what came of it, and what
// real clients told their users against the bytes at their ports. For the oracle.
//
// Violations "expectation", "effect" and "order".
#ifndef CHATHTTP_SIM_ORACLE_EXPECTATIONS_H_
#define CHATHTTP_SIM_ORACLE_EXPECTATIONS_H_

#include <vector>

#include "sim/oracle/evidence.h"
#include "sim/oracle/replay.h"
#include "sim/oracle/transcript.h"

namespace chathttp::sim {

// `transcripts` and `accounts`: of each connection of the record.
void JudgeSteps(Evidence& evidence, const std::vector<Transcript>& transcripts,
                const std::vector<Account>& accounts);
void JudgeOutcome(Evidence& evidence, const std::vector<Transcript>& transcripts);
void JudgeStories(Evidence& evidence, const std::vector<Transcript>& transcripts,
                  const std::vector<Account>& accounts);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_ORACLE_EXPECTATIONS_H_

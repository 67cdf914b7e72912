#include "chathttp/sim/oracle/oracle.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "chathttp/sim/oracle/evidence.h"
#include "chathttp/sim/oracle/expectations.h"
#include "chathttp/sim/oracle/hears.h"
#include "chathttp/sim/oracle/log.h"
#include "chathttp/sim/oracle/replay.h"
#include "chathttp/sim/oracle/server.h"
#include "chathttp/sim/oracle/transcript.h"
#include "chathttp/sim/oracle/windows.h"

namespace chathttp::sim {

std::vector<Violation> Judge(const Scenario& scenario, const WorldRecord& record,
                             std::uint64_t* deliveries) {
  constexpr std::size_t kSkippedBytes = 64 << 10;  // the longest entity that is not fatal
  const std::size_t skip_bytes = std::max(kSkippedBytes, record.options.room.text_bytes);
  Evidence evidence(scenario, record);
  const RoomLog log(evidence, TranscriptOf(record.connections[record.witness], skip_bytes));
  std::vector<Transcript> transcripts;
  std::vector<Account> accounts;
  std::vector<Episode> episodes;
  transcripts.reserve(record.connections.size());  // episodes point into them
  for (std::size_t i = 0; i < record.connections.size(); ++i) {
    transcripts.push_back(TranscriptOf(record.connections[i], skip_bytes, log.broadcasts()));
    accounts.push_back(Replay(evidence, log, transcripts.back(), i, episodes));
  }
  JudgeWindows(evidence, log, accounts, episodes);
  JudgeServer(evidence, log, transcripts, accounts);
  JudgeSteps(evidence, transcripts, accounts);
  JudgeStories(evidence, transcripts, accounts);
  JudgeOutcome(evidence, transcripts);
  if (deliveries != nullptr) {
    for (const Episode& episode : episodes) *deliveries += episode.slice.size();
  }
  std::vector<Violation> violations = evidence.TakeViolations();
  for (Violation& violation : CheckHears(scenario, record)) {
    violations.push_back(std::move(violation));
  }
  return violations;
}

}  // namespace chathttp::sim

#include "chathttp/sim/oracle/oracle.h"

#include <cstddef>
#include <memory>
#include <utility>

#include "chathttp/sim/oracle/checks.h"
#include "chathttp/sim/oracle/client_check.h"
#include "chathttp/sim/oracle/conversation.h"
#include "chathttp/sim/oracle/ends.h"
#include "chathttp/sim/oracle/evidence.h"
#include "chathttp/sim/oracle/expectations.h"
#include "chathttp/sim/oracle/hears.h"
#include "chathttp/sim/oracle/pace.h"
#include "chathttp/sim/oracle/room_log.h"

namespace chathttp::sim {
namespace {

// What is checked of each life of the server once its conversations are read.
struct Check {
  std::string_view invariant;
  void (*check)(Evidence&, const Life&);
};
constexpr Check kChecks[] = {
    {"prompt", CheckPrompt},         {"fairness", CheckFairness},  {"time-limits", CheckTimeLimits},
    {"one-left", CheckLeaving},      {"datetime", CheckDatetimes}, {"memory", CheckMemory},
    {"conservation", CheckCounters}, {"spin", CheckTurns},         {"drain", CheckStop},
};

void CheckLeftover(Evidence& evidence) {
  const Leftover& leftover = evidence.record.leftover;
  const std::pair<const char*, std::size_t> counts[] = {{"descriptors", leftover.descriptors},
                                                        {"connections", leftover.connections},
                                                        {"timers", leftover.timers}};
  for (const auto& [what, count] : counts) {
    if (count > 0) evidence.Report("drain", std::to_string(count) + " " + what + " left");
  }
}

}  // namespace

std::vector<Violation> Judge(const Scenario& scenario, const WorldRecord& record,
                             std::uint64_t* deliveries) {
  Evidence evidence(scenario, record);
  std::vector<std::vector<Conversation>> conversations;
  for (const ServerRecord& server : record.servers) {
    std::vector<Conversation>& life = conversations.emplace_back();
    const RoomLog log(evidence, server);
    if (!log.sound()) {
      life.resize(server.connections.size());
      continue;
    }
    const Pace pace(server, log);
    for (std::size_t c = 0; c < server.connections.size(); ++c) {
      life.push_back(ReadConversation(evidence, server, log, pace, c));
    }
    for (const Check& check : kChecks) check.check(evidence, {server, log, pace, life});
  }
  const std::vector<Ends> ends = PairEnds(record, conversations);
  CheckCarriage(evidence, ends);
  CheckLeftover(evidence);
  CheckSteps(evidence, ends);
  CheckOutcome(evidence, ends);
  CheckClients(evidence);
  if (deliveries != nullptr) {
    for (const Ends& pair : ends)
      *deliveries += pair.conversation == nullptr ? 0 : pair.conversation->delivered;
  }
  std::vector<Violation> violations = evidence.TakeViolations();
  for (Violation& violation : CheckHears(scenario, record)) {
    violations.push_back(std::move(violation));
  }
  return violations;
}

}  // namespace chathttp::sim

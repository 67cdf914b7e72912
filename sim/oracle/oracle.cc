#include "chathttp/sim/oracle/oracle.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "chathttp/sim/oracle/away_order.h"
#include "chathttp/sim/oracle/check_order.h"
#include "chathttp/sim/oracle/check_resume.h"
#include "chathttp/sim/oracle/checks.h"
#include "chathttp/sim/oracle/client_check.h"
#include "chathttp/sim/oracle/conversation.h"
#include "chathttp/sim/oracle/ends.h"
#include "chathttp/sim/oracle/evidence.h"
#include "chathttp/sim/oracle/expectations.h"
#include "chathttp/sim/oracle/hears.h"
#include "chathttp/sim/oracle/life_order.h"
#include "chathttp/sim/oracle/operator_log.h"
#include "chathttp/sim/oracle/order_reader.h"
#include "chathttp/sim/oracle/pace.h"
#include "chathttp/sim/oracle/room_history.h"
#include "chathttp/sim/oracle/room_log.h"
#include "chathttp/sim/oracle/room_order.h"

namespace chathttp::sim {
namespace {

// Found while G and the conversations of a server's life are read.
constexpr std::string_view kReplayed[] = {
    "order",
    "complete",
    "invention",
    "sender-order",
    "one-reply",
    "greeting",
    "one-left",
    "enter-say-leave",
    "handover",
    "unique-names",
    "list",
    "last-words",
    "nothing-after-leave",
    "events",
    "epoch",
    "quiet",
    "strangers",
    "journal",
    "durable",
};

// Checked of each life of the server, once its conversations are read.
struct LifeCheck {
  std::string_view invariant;
  void (*check)(Evidence&, const Life&);
};
constexpr LifeCheck kLifeChecks[] = {
    {"prompt", CheckPrompt},          {"pace", CheckPace},         {"fairness", CheckFairness},
    {"time-limits", CheckTimeLimits}, {"one-left", CheckLeaving},  {"datetime", CheckDatetimes},
    {"memory", CheckMemory},          {"memory", CheckPartial},    {"memory", CheckHeap},
    {"address", CheckArrivals},       {"operator", CheckCommands}, {"reload", CheckReloads},
    {"conservation", CheckCounters},  {"spin", CheckTurns},        {"drain", CheckStop},
};

// The same of each life of several servers.
constexpr LifeCheck kOrderedChecks[] = {
    {"prompt", CheckPrompt},     {"pace", CheckPace},         {"time-limits", CheckTimeLimits},
    {"address", CheckArrivals},  {"operator", CheckCommands}, {"spin", CheckTurns},
    {"fairness", CheckFairness}, {"list", CheckSettled},      {"reload", CheckReloads},
    {"drain", CheckStop},
};

void CheckLeftover(Evidence& evidence, const std::vector<Ends>&) {
  const Leftover& leftover = evidence.record.leftover;
  const std::pair<const char*, std::size_t> counts[] = {{"descriptors", leftover.descriptors},
                                                        {"connections", leftover.connections},
                                                        {"timers", leftover.timers}};
  for (const auto& [what, count] : counts) {
    if (count > 0) evidence.Report("drain", absl::StrCat(count, " ", what, " left"));
  }
}

// Checked of the whole run, with both ends of each connection.
struct RunCheck {
  std::string_view invariant;
  void (*check)(Evidence&, const std::vector<Ends>&);
};
constexpr RunCheck kRunChecks[] = {
    {"carriage", CheckCarriage}, {"isolation", CheckPatience}, {"drain", CheckLeftover},
    {"client", CheckClients},    {"session", CheckSessions},   {"resume", CheckResumes},
    {"once", CheckOnce},         {"expectation", CheckSteps},  {"effect", CheckOutcome},
    {"expectation", CheckHears},
};

std::vector<Conversation> CheckLife(Evidence& evidence, const ServerRecord& server,
                                    RoomHistory& history) {
  std::vector<Conversation> conversations(server.connections.size());
  const RoomLog log(evidence, server, history.Begin(server));
  history.Add(server, log);
  if (!log.sound()) return conversations;
  const Pace pace(server, log);
  const OptionsLog options(server);
  const OperatorLog commands(server, log);
  for (std::size_t c = 0; c < server.connections.size(); ++c) {
    conversations[c] = ReadConversation(evidence, server, log, pace, options, commands, c);
  }
  for (const LifeCheck& check : kLifeChecks) {
    check.check(evidence, {server, log, pace, options, commands, conversations});
  }
  return conversations;
}

std::vector<Conversation> CheckLifeInOrder(Evidence& evidence, const ServerRecord& server,
                                           const RoomOrder& order) {
  std::vector<Conversation> conversations(server.connections.size());
  const LifeOrder life(evidence, order, server);
  const std::vector<AwaySpan> spans = AwaySpansOf(evidence, life);
  const RoomLog log(evidence, server, life, spans);
  const Pace pace(server, log);
  const OptionsLog options(server);
  const OperatorLog commands(server, log);
  for (std::size_t c = 0; c < server.connections.size(); ++c) {
    conversations[c] = ReadInOrder(evidence, server, life, log, pace, options, commands, c);
  }
  const Life understood{server, log, pace, options, commands, conversations, &life};
  for (const LifeCheck& check : kOrderedChecks) check.check(evidence, understood);
  CheckAway(evidence, understood, spans);
  return conversations;
}

std::vector<std::vector<Conversation>> CheckLives(Evidence& evidence) {
  std::vector<std::vector<Conversation>> conversations;
  const std::vector<ServerRecord>& servers = evidence.record.servers;
  if (ServersOf(evidence.scenario) == 1) {
    RoomHistory history(evidence);
    for (const ServerRecord& server : servers) {
      conversations.push_back(CheckLife(evidence, server, history));
    }
    history.CheckLeft();
    return conversations;
  }
  const RoomOrder order(evidence.record, servers.front().options);
  for (const ServerRecord& server : servers) {
    conversations.push_back(CheckLifeInOrder(evidence, server, order));
  }
  CheckGhosts(evidence, order);
  CheckHeapLeft(evidence);
  return conversations;
}

}  // namespace

std::vector<Violation> Judge(const Scenario& scenario, const WorldRecord& record,
                             std::uint64_t* deliveries) {
  Evidence evidence(scenario, record);
  const std::vector<std::vector<Conversation>> conversations = CheckLives(evidence);
  const std::vector<Ends> ends = PairEnds(record, conversations);
  for (const RunCheck& check : kRunChecks) check.check(evidence, ends);
  for (const Ends& pair : ends) {
    if (deliveries != nullptr && pair.conversation != nullptr) {
      *deliveries += pair.conversation->delivered;
    }
  }
  return evidence.TakeViolations();
}

std::vector<std::string_view> Invariants() {
  std::vector<std::string_view> names(std::begin(kReplayed), std::end(kReplayed));
  for (const LifeCheck& check : kLifeChecks) names.push_back(check.invariant);
  for (const RunCheck& check : kRunChecks) names.push_back(check.invariant);
  std::erase(names, "expectation");  // of the scenario itself
  std::erase(names, "effect");
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace chathttp::sim

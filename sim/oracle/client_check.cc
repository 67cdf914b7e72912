#include "chathttp/sim/oracle/client_check.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "chathttp/sim/oracle/client_model.h"
#include "chathttp/sim/oracle/session_model.h"

namespace chathttp::sim {
namespace {

std::vector<const ConnectionRecord*> ConnectionsOf(const WorldRecord& record,
                                                   const std::string& who) {
  std::vector<const ConnectionRecord*> connections;
  for (const ConnectionRecord& connection : record.connections) {
    if (connection.who == who) connections.push_back(&connection);
  }
  return connections;
}

// Reports the first problem of `client`.
template <class Model>
void Check(Evidence& evidence, std::string_view invariant, const ClientRecord& client) {
  const WorldRecord& record = evidence.record;
  Model model(record, ConnectionsOf(record, client.who));
  absl::Duration at;
  std::string problem;
  for (const ClientEntry& entry : client.entries) {
    at = entry.at;
    problem = model.Take(entry);
    if (!problem.empty()) break;
  }
  if (problem.empty()) problem = model.Finish();
  if (problem.empty()) return;
  evidence.Report({std::string(invariant), std::move(problem), 0, client.who, at});
}

// Of the clients, or of the sessions.
template <class Model>
void CheckAll(Evidence& evidence, std::string_view invariant, bool sessions) {
  for (const ClientRecord& client : evidence.record.clients) {
    if (client.session == sessions) Check<Model>(evidence, invariant, client);
  }
}

}  // namespace

void CheckClients(Evidence& evidence, const std::vector<Ends>&) {
  CheckAll<ClientModel>(evidence, "client", false);
}

void CheckSessions(Evidence& evidence, const std::vector<Ends>&) {
  CheckAll<SessionModel>(evidence, "session", true);
}

}  // namespace chathttp::sim

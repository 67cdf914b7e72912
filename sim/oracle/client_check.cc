#include "chathttp/sim/oracle/client_check.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
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

// The first problem of `client`, with its time; empty if there is none.
template <class Model>
std::string ProblemOf(const WorldRecord& record, const ClientRecord& client) {
  Model model(record, ConnectionsOf(record, client.who));
  absl::Duration at;
  std::string problem;
  for (const ClientEntry& entry : client.entries) {
    at = entry.at;
    problem = model.Take(entry);
    if (!problem.empty()) break;
  }
  if (problem.empty()) problem = model.Finish();
  if (problem.empty()) return "";
  return absl::StrCat(client.who, " at ", absl::FormatDuration(at), ": ", problem);
}

// Of the clients, or of the sessions.
template <class Model>
void Check(Evidence& evidence, std::string_view invariant, bool sessions) {
  for (const ClientRecord& client : evidence.record.clients) {
    if (client.session != sessions) continue;
    std::string problem = ProblemOf<Model>(evidence.record, client);
    if (!problem.empty()) evidence.Report(invariant, std::move(problem));
  }
}

}  // namespace

void CheckClients(Evidence& evidence, const std::vector<Ends>&) {
  Check<ClientModel>(evidence, "client", false);
}

void CheckSessions(Evidence& evidence, const std::vector<Ends>&) {
  Check<SessionModel>(evidence, "session", true);
}

}  // namespace chathttp::sim

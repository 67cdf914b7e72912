#include "chathttp/sim/oracle/step_reason.h"

#include <algorithm>
#include <string_view>
#include <variant>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/sim/oracle/evidence.h"

namespace chathttp::sim {
namespace {

using End = ConnectionRecord::End;

// "the connection ended at 2s"
std::string EndOf(const ConnectionRecord& connection) {
  const std::string_view what = connection.end == End::kEndOfStream ? "the connection ended"
                                : connection.end == End::kBroken    ? "the connection broke"
                                : connection.end == End::kClosed    ? "it closed the connection"
                                                                    : "it could not connect";
  return absl::StrCat(AbslView(what), At(connection.ended));
}

// The error of the first call with this text, from `at` on, that a real client or session refused.
template <class Call>
std::string RefusalOf(const ClientRecord& client, const std::string& text, absl::Duration at) {
  for (const ClientEntry& entry : client.entries) {
    const Call* const call = std::get_if<Call>(&entry.what);
    if (call == nullptr || entry.at < at || call->text != text || call->status.ok()) continue;
    return absl::StrCat(client.session ? ": the session refused it, " : ": the client refused it, ",
                        call->status.message());
  }
  return "";
}

}  // namespace

std::string ReasonOfEnd(const ConnectionRecord& connection) {
  return connection.end == End::kOpen ? "" : ": " + EndOf(connection);
}

std::string ReasonNotSent(const WorldRecord& record, const std::string& who,
                          const std::string& text, absl::Duration at) {
  const auto client = std::find_if(record.clients.begin(), record.clients.end(),
                                   [&](const ClientRecord& other) { return other.who == who; });
  const bool session = client != record.clients.end() && client->session;
  if (client != record.clients.end()) {
    const std::string refusal = session ? RefusalOf<SessionCall>(*client, text, at)
                                        : RefusalOf<ClientCall>(*client, text, at);
    if (!refusal.empty()) return refusal;
  }
  const ConnectionRecord* last = nullptr;
  for (const ConnectionRecord& connection : record.connections) {
    if (connection.who == who && (session || connection.asked <= at)) last = &connection;
  }
  if (last == nullptr) return ": not connected, it was never told to connect";
  if (last->shut && *last->shut <= at) return ": its side of the stream ended" + At(*last->shut);
  if (last->end == End::kOpen) return "";
  if (session) return ": still waiting for a connection, " + EndOf(*last);
  return (last->ended <= at ? ": not connected, " : ": not sent before ") + EndOf(*last);
}

}  // namespace chathttp::sim

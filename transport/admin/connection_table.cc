#include "chathttp/transport/admin/connection_table.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/domain/escape.h"

namespace chathttp {

ConnectionTable::ConnectionTable(ChatServer& server, Scheduler& scheduler)
    : server_(server), scheduler_(scheduler) {
  server_.Subscribe(*this);
}

ConnectionTable::~ConnectionTable() { server_.Unsubscribe(*this); }

std::string ConnectionTable::RowOf(const ChatRoom::Member& member) const {
  // A member of another server of the room has no connection here.
  const ConnectionId connection = server_.OwnConnection(member.id).value_or(ConnectionId{0});
  const auto entry = connections_.find(connection);
  const bool known = entry != connections_.end();
  const std::string seconds =
      known && entry->second.login != absl::InfiniteFuture()
          ? absl::StrCat(absl::ToInt64Seconds(scheduler_.Now() - entry->second.login))
          : "-";
  const ConnectionTraffic traffic = server_.TrafficOf(connection).value_or(ConnectionTraffic());
  const std::string address = known                       ? Visible(entry->second.peer)
                              : server_.IsAway(member.id) ? "(away)"
                                                          : "-";
  return absl::StrFormat("%-20s %-24s %9s %11d %11d\n", Visible(member.name), address, seconds,
                         traffic.bytes_in, traffic.bytes_out);
}

std::string ConnectionTable::Heading() {
  return absl::StrFormat("%-20s %-24s %9s %11s %11s\n", "NAME", "ADDRESS", "SECONDS", "IN", "OUT");
}

void ConnectionTable::OnServerEvent(const ServerEvent& event) {
  switch (event.kind) {
    case ServerEvent::Kind::kAccepted:
      connections_[event.connection].peer = event.peer;
      break;
    case ServerEvent::Kind::kEntered:
    case ServerEvent::Kind::kReturned:
      if (const auto entry = connections_.find(event.connection); entry != connections_.end()) {
        entry->second.login = scheduler_.Now();
      }
      break;
    case ServerEvent::Kind::kClosed:
      connections_.erase(event.connection);
      break;
    default:
      break;
  }
}

}  // namespace chathttp

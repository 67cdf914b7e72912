// What an operator is told of the connections of a server: where they come from, and since when their
// members are logged in.
//
//   ConnectionTable connections(server, scheduler);
//   std::string row = connections.RowOf(member);
//
// It knows the connections that have come since it was made: 90 to 170 bytes for each, the free
// places of a hash table included. Use it on the thread of the server. Server and scheduler must
// outlive the object.
#ifndef CHATHTTP_TRANSPORT_ADMIN_CONNECTION_TABLE_H_
#define CHATHTTP_TRANSPORT_ADMIN_CONNECTION_TABLE_H_

#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "chathttp/domain/chat_room.h"
#include "chathttp/transport/ports/scheduler.h"
#include "chathttp/transport/server/chat_server.h"
#include "chathttp/transport/server/server_event.h"

namespace chathttp {

class ConnectionTable final : private ServerEvents {
 public:
  ConnectionTable(ChatServer& server, Scheduler& scheduler);
  ConnectionTable(const ConnectionTable&) = delete;
  ConnectionTable& operator=(const ConnectionTable&) = delete;
  ~ConnectionTable();

  // One line with the name, the address, the seconds since the login and the bytes of a member; "-"
  // for what is not known, as of a member of another server. A member that is away has "(away)" as its
  // address. O(1).
  std::string RowOf(const ChatRoom::Member& member) const;

  // The names of the columns.
  static std::string Heading();

 private:
  struct Connection {
    std::string peer;
    absl::Time login = absl::InfiniteFuture();  // the last one
  };

  void OnServerEvent(const ServerEvent& event) override;

  ChatServer& server_;
  Scheduler& scheduler_;
  absl::flat_hash_map<ConnectionId, Connection> connections_;  // used for look-ups, never iterated
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_ADMIN_CONNECTION_TABLE_H_

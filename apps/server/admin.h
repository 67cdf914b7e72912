// The admin socket of chat_server: the commands of chat_admin, each of which is logged.
//
//   Admin admin(server, loop, logger, reload, stop);
//   if (absl::Status status = admin.Listen(network, {"unix:/run/chat.sock", 0}); !status.ok()) ...
//
// Not thread-safe. The arguments must outlive the object.
#ifndef CHATHTTP_APPS_SERVER_ADMIN_H_
#define CHATHTTP_APPS_SERVER_ADMIN_H_

#include <vector>

#include "absl/status/status.h"
#include "chathttp/adapters/log.h"
#include "chathttp/transport/admin/admin_commands.h"
#include "chathttp/transport/admin/admin_server.h"
#include "chathttp/transport/ports/network.h"
#include "chathttp/transport/ports/scheduler.h"
#include "chathttp/transport/server/chat_server.h"

namespace chathttp {

class Admin {
 public:
  // `others` are those of AdminCommands.
  Admin(ChatServer& server, Scheduler& scheduler, posix::Logger& logger, AdminActions actions,
        std::vector<OtherServer> others);

  absl::Status Listen(Network& network, const Endpoint& endpoint) {
    return server_.Listen(network, endpoint);
  }

 private:
  AdminCommands commands_;
  AdminServer server_;
};

}  // namespace chathttp

#endif  // CHATHTTP_APPS_SERVER_ADMIN_H_

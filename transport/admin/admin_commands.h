// The commands of an operator to a chat server, as text: "kick bob", "list". "help" lists them.
//
//   AdminCommands commands(server, scheduler, {.stop = [&] { server.Stop([&] { loop.Stop(); }); }});
//   std::string answer = commands.Run("kick bob too loud");   // "kicked bob\n"
//
// Not thread-safe. Server and scheduler must outlive the object.
#ifndef CHATHTTP_TRANSPORT_ADMIN_ADMIN_COMMANDS_H_
#define CHATHTTP_TRANSPORT_ADMIN_ADMIN_COMMANDS_H_

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "chathttp/transport/admin/connection_table.h"
#include "chathttp/transport/ports/scheduler.h"
#include "chathttp/transport/ports/turn.h"
#include "chathttp/transport/server/chat_server.h"
#include "chathttp/transport/server/server_event.h"

namespace chathttp {

// What the program does itself. A command whose function is empty is answered with an error. Messages
// of errors and texts are shown to the operator.
struct AdminActions {
  std::function<absl::Status(std::string_view level)> set_log_level = {};
  std::function<absl::StatusOr<std::string>()> reload = {};  // what has changed
  std::function<void()> stop = {};  // ends a drain; it must not destroy the object
  // Lines with the servers of the room on all machines.
  std::function<std::string()> servers = {};
};

// Another server of the room in this program, on a thread of its own.
struct OtherServer {
  ChatServer& server;
  const ConnectionTable& connections;  // of that server
  // Runs a function on the thread of the server, and waits for its end.
  std::function<void(absl::FunctionRef<void()>)> run;
};

class AdminCommands final : private ServerEvents {
 public:
  // The commands concern the members of `others`, too, which must outlive the object.
  AdminCommands(ChatServer& server, Scheduler& scheduler, AdminActions actions,
                std::vector<OtherServer> others = {});
  AdminCommands(const AdminCommands&) = delete;
  AdminCommands& operator=(const AdminCommands&) = delete;
  ~AdminCommands();

  // Does what `line` says, which may have any bytes. The answer has lines, or is one line "error: COMMAND: what is wrong". O(connections).
  std::string Run(std::string_view line);

 private:
  using Answer = absl::StatusOr<std::string>;
  struct Command;
  static const Command kCommands[];

  Answer List(std::string_view arguments);
  Answer Kick(std::string_view arguments);
  Answer SetBan(std::string_view arguments);
  Answer Unban(std::string_view arguments);
  Answer Bans(std::string_view arguments);
  Answer Stats(std::string_view arguments);
  Answer SetLogLevel(std::string_view arguments);
  Answer Reload(std::string_view arguments);
  Answer Drain(std::string_view arguments);
  Answer Servers(std::string_view arguments);
  Answer Help(std::string_view arguments);

  void OnServerEvent(const ServerEvent& event) override;
  // Visits each server on its thread, one after the other; the first one is server_.
  void ForEach(absl::FunctionRef<void(ChatServer&, const ConnectionTable&)> visit);
  std::size_t CountConnections();
  void WatchDrain();
  void EndDrain();

  ChatServer& server_;
  Scheduler& scheduler_;
  AdminActions actions_;
  const std::vector<OtherServer> others_;
  ConnectionTable connections_;
  bool draining_ = false;
  TimerId drain_limit_ = kNoTimer;
  TimerId drain_watch_ = kNoTimer;  // while others may have connections
  Turn drain_turn_;                 // ends a drain when the last connection is closed
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_ADMIN_ADMIN_COMMANDS_H_

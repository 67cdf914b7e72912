// The commands of an operator to a chat server, as text: "kick bob", "list". "help" lists them.
//
//   AdminCommands commands(server, scheduler, {.stop = [&] { server.Stop([&] { loop.Stop(); }); }});
//   std::string answer = commands.Run("kick bob too loud");   // "kicked bob\n"
//
// It knows the addresses and times of connections that have come since it was made: 90 to 170 bytes
// for each, the free places of a hash table included. Not thread-safe. Server and scheduler must outlive the object.
#ifndef CHATHTTP_TRANSPORT_ADMIN_ADMIN_COMMANDS_H_
#define CHATHTTP_TRANSPORT_ADMIN_ADMIN_COMMANDS_H_

#include <functional>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "chathttp/domain/chat_room.h"
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
};

class AdminCommands final : private ServerEvents {
 public:
  AdminCommands(ChatServer& server, Scheduler& scheduler, AdminActions actions);
  AdminCommands(const AdminCommands&) = delete;
  AdminCommands& operator=(const AdminCommands&) = delete;
  ~AdminCommands();

  // Does what `line` says, which may have any bytes. The answer has lines, or is one line "error: COMMAND: what is wrong". O(connections).
  std::string Run(std::string_view line);

 private:
  using Answer = absl::StatusOr<std::string>;
  struct Command;
  static const Command kCommands[];

  struct Connection {
    std::string peer;
    absl::Time login = absl::InfiniteFuture();  // the last one
  };

  Answer List(std::string_view arguments);
  Answer Kick(std::string_view arguments);
  Answer SetBan(std::string_view arguments);
  Answer Unban(std::string_view arguments);
  Answer Bans(std::string_view arguments);
  Answer Stats(std::string_view arguments);
  Answer SetLogLevel(std::string_view arguments);
  Answer Reload(std::string_view arguments);
  Answer Drain(std::string_view arguments);
  Answer Help(std::string_view arguments);

  void OnServerEvent(const ServerEvent& event) override;
  std::string RowOf(const ChatRoom::Member& member) const;
  void EndDrain();

  ChatServer& server_;
  Scheduler& scheduler_;
  AdminActions actions_;
  absl::flat_hash_map<ConnectionId, Connection> connections_;  // used for look-ups, never iterated
  bool draining_ = false;
  TimerId drain_limit_ = kNoTimer;
  Turn drain_turn_;  // ends a drain when the last connection is closed
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_ADMIN_ADMIN_COMMANDS_H_

// Serves an operator: lines in, answers out, as admin_text.h has them. It asks for no password, and each
// peer may do everything. So listen at a UNIX socket, which only its owner may use.
//
//   AdminCommands commands(server, scheduler, actions);
//   AdminServer admin(scheduler, [&](std::string_view line) { return commands.Run(line); });
//   if (absl::Status status = admin.Listen(network, {"unix:/run/chat.sock", 0}); !status.ok()) ...
//
// One line of a connection is served in a turn, and none while its last answer is not written: so an
// operator does not hold up the room. A connection may send many lines, and is closed behind the
// answers when the peer ends its side. Not thread-safe.
#ifndef CHATHTTP_TRANSPORT_ADMIN_ADMIN_SERVER_H_
#define CHATHTTP_TRANSPORT_ADMIN_ADMIN_SERVER_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "chathttp/transport/ports/network.h"
#include "chathttp/transport/ports/scheduler.h"

namespace chathttp {

class AdminServer final : private Acceptor {
 public:
  static constexpr std::size_t kMaxConnections = 8;  // further ones get an error and are closed
  // A connection that has moved no byte for this long is closed.
  static constexpr absl::Duration kIdleLimit = absl::Minutes(5);

  // The lines of the answer to a line of at most kMaxCommandBytes, without its end. Called in a turn
  // step; it must not destroy the server.
  using Handler = absl::AnyInvocable<std::string(std::string_view line)>;

  // `scheduler` must outlive the server; `handler` must not be empty (asserted).
  AdminServer(Scheduler& scheduler, Handler handler);
  AdminServer(const AdminServer&) = delete;
  AdminServer& operator=(const AdminServer&) = delete;
  // Closes all connections at once.
  ~AdminServer();

  // Listens at `endpoint` of `network`, which must outlive the server, instead of an earlier one.
  // Errors: those of Network::Listen.
  absl::Status Listen(Network& network, const Endpoint& endpoint);

  std::size_t connections() const { return connections_.size(); }

 private:
  class Connection;

  void OnAccept(std::unique_ptr<ByteStream> stream, std::string_view peer) override;
  void OnOverflow(ByteStream& stream, std::string_view peer) override;
  // Destroys the connection.
  void Close(Connection& connection);

  Scheduler& scheduler_;
  Handler handler_;
  std::unique_ptr<Listener> listener_;
  std::vector<std::unique_ptr<Connection>> connections_;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_ADMIN_ADMIN_SERVER_H_

// The threads of chat_server beside its first one, and what their servers share with that one.
//
//   ServerThreads threads(loop, logger, config);
//   if (absl::Status status = threads.Start(); !status.ok()) return status;
//   RoomServer first(network, loop, logger, config, threads.first_place(), threads.room());
//   threads.Serve(first, network);   // from now on they get their part of the connections
//
// With --threads=1 there is none, and nothing is shared. Use it on the thread of `loop`; all
// arguments must outlive the object.
#ifndef CHATHTTP_APPS_SERVER_SERVER_THREADS_H_
#define CHATHTTP_APPS_SERVER_SERVER_THREADS_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "apps/server/config.h"
#include "apps/server/room_server.h"
#include "apps/server/server_thread.h"
#include "chathttp/adapters/posix_network.h"
#include "chathttp/adapters/shared_customers.h"
#include "chathttp/adapters/shared_log.h"
#include "chathttp/adapters/socket_router.h"
#include "chathttp/transport/admin/admin_commands.h"
#include "chathttp/transport/codec/position.h"
#include "chathttp/transport/server/server_figures.h"

namespace chathttp {

class ServerThreads final : private posix::SocketRouter {
 public:
  ServerThreads(posix::EventLoop& loop, posix::Logger& logger, const Config& config);
  ~ServerThreads();

  // Starts the threads. The errors of ServerThread::Start.
  absl::Status Start();

  ThreadPlace first_place() const { return {.index = 0, .count = config_.threads}; }
  // What the first server shares.
  SharedRoom room();

  // Gives each connection that `network` accepts at a listener of Listen to the server that has the
  // fewest: the first one is `first`.
  void Serve(const RoomServer& first, posix::PosixNetwork& network);

  // Has the other servers serve what the first one's network accepts at `listener`.
  absl::Status Listen(const Endpoint& listener, bool behind_proxies);

  // All servers but the first, for AdminCommands.
  std::vector<OtherServer> others();

  // Adds the figures of all servers but the first.
  void AddFigures(ServerFigures& figures);
  // Lines that the logs of the other threads have dropped.
  std::uint64_t LogLinesDropped();

  // As ChatServer::Reconfigure with the share of each. `options` have been accepted by the first.
  absl::Status Reconfigure(const ServerOptions& options);
  void SetLogLevel(posix::LogLevel level);

  // Before the first server is stopped. Calls `stopped` on the thread of the first server, once for
  // each thread.
  void Stop(std::function<void()> stopped);

 private:
  bool Take(posix::AcceptedSocket& accepted, const Endpoint& listener) override;

  posix::EventLoop& loop_;
  posix::Logger& logger_;
  const Config& config_;
  struct Shared {
    posix::SharedLog order{FreshEpoch(absl::Now())};
    posix::SharedCustomers customers;
  };
  std::optional<Shared> shared_;             // with several threads
  std::unique_ptr<OrderedLog> first_order_;  // of the first server
  const RoomServer* first_ = nullptr;
  std::vector<Endpoint> listeners_;  // of members; others are for operators
  std::vector<std::unique_ptr<ServerThread>> threads_;
};

}  // namespace chathttp

#endif  // CHATHTTP_APPS_SERVER_SERVER_THREADS_H_

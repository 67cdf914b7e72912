// chat_server as a whole: a chat server on sockets, with its log, its metrics, the service manager
// and the signals.
//
//   ServerProgram program(**loop, *std::move(config), *std::move(log_output), *std::move(sockets));
//   if (absl::Status status = program.Start(); !status.ok()) return status;
//   (*loop)->Run();
//
// SIGTERM, SIGINT and SIGQUIT stop the server after its connections are closed, a second one at once.
// SIGHUP opens the log file anew and reads the flag file again, SIGUSR1 logs all counters. With
// --admin, chat_admin can do that and more. Not thread-safe.
#ifndef CHATHTTP_APPS_SERVER_PROGRAM_H_
#define CHATHTTP_APPS_SERVER_PROGRAM_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "apps/server/admin.h"
#include "apps/server/config.h"
#include "apps/server/listeners.h"
#include "apps/server/reload.h"
#include "chathttp/adapters/event_loop.h"
#include "chathttp/adapters/free_memory.h"
#include "chathttp/adapters/log.h"
#include "chathttp/adapters/log_output.h"
#include "chathttp/adapters/posix_network.h"
#include "chathttp/adapters/server_log.h"
#include "chathttp/adapters/service_manager.h"
#include "chathttp/adapters/signals.h"
#include "chathttp/transport/metrics/server_metrics.h"
#include "chathttp/transport/ports/repeating_timer.h"
#include "chathttp/transport/proxy/proxy_network.h"
#include "chathttp/transport/server/chat_server.h"

namespace chathttp {

class ServerProgram {
 public:
  // `loop` must outlive the object.
  ServerProgram(posix::EventLoop& loop, Config config, std::unique_ptr<posix::LogOutput> log,
                Sockets sockets);

  // Catches the signals, listens, and prints where. The errors of Signals::Catch and Network::Listen.
  absl::Status Start();

 private:
  absl::Status ListenForAll();
  void OnSignal(int signal);
  void Stop();
  // What a reload has changed, for people.
  absl::StatusOr<std::string> Reload();
  absl::StatusOr<std::string> ReloadFlags();
  std::string LogOutcome(const ReloadOutcome& outcome);
  void LogStats();
  void LogDescriptors();
  std::string ListeningStatus() const;

  posix::EventLoop& loop_;
  const Config config_;
  Sockets sockets_;
  const std::uint64_t descriptors_;
  posix::Logger logger_;
  posix::ServerLog log_;
  posix::PosixNetwork network_;
  ProxyNetwork behind_proxies_;
  ChatServer server_;
  ServerMetrics metrics_;
  posix::ServiceManager manager_;
  Reloader reloader_;
  posix::FreeMemory free_memory_;
  RepeatingTimer memory_timer_;
  bool stopping_ = false;
  std::optional<Admin> admin_;
  std::unique_ptr<posix::Signals> signals_;
};

}  // namespace chathttp

#endif  // CHATHTTP_APPS_SERVER_PROGRAM_H_

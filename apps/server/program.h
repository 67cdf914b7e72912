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

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "apps/server/admin.h"
#include "apps/server/config.h"
#include "apps/server/engine.h"
#include "apps/server/listeners.h"
#include "apps/server/reload.h"
#include "apps/server/room_journal.h"
#include "apps/server/room_server.h"
#include "apps/server/server_threads.h"
#include "chathttp/adapters/event_loop.h"
#include "chathttp/adapters/free_memory.h"
#include "chathttp/adapters/log.h"
#include "chathttp/adapters/log_output.h"
#include "chathttp/adapters/posix_network.h"
#include "chathttp/adapters/service_manager.h"
#include "chathttp/adapters/signals.h"
#include "chathttp/transport/metrics/server_metrics.h"
#include "chathttp/transport/ports/repeating_timer.h"
#include "chathttp/transport/server/server_figures.h"

namespace chathttp {

class ServerProgram {
 public:
  // `loop` must outlive the object.
  ServerProgram(posix::EventLoop& loop, Config config, std::unique_ptr<posix::LogOutput> log,
                Sockets sockets);

  // Catches the signals, listens, and prints where. The errors of Signals::Catch and Network::Listen.
  absl::Status Start();

  // After the loop has ended: that of main.
  int exit_code() const { return exit_code_; }

 private:
  absl::Status ListenAt(const absl::StatusOr<std::vector<Endpoint>>& endpoints, Network& network,
                        bool behind_proxies, std::string& lines);
  void OnSignal(int signal);
  void Stop();
  // What a reload has changed, for people.
  absl::StatusOr<std::string> Reload();
  absl::StatusOr<std::string> ReloadFlags();
  absl::Status OpenJournal();
  absl::Status ListenForOperators();
  absl::Status ListenForMembers();
  // What the servers of the room share with the first one.
  SharedRoom Room();
  void OnEngineReady();
  void OnEngineFailure(const Engine::Failure& failure);
  // Stops with this code, and says why.
  void Fail(absl::string_view message, int exit_code);
  // One server has stopped; ends the loop when it is the last one.
  void OnStopped();
  absl::Status SetLogLevel(std::string_view name);
  // Of all threads together.
  ServerFigures Figures();
  std::uint64_t LogLinesDropped();
  ProcessFigures FiguresOfProcess();
  std::string LogOutcome(const ReloadOutcome& outcome);
  void LogStats();
  void LogDescriptors();
  std::string ListeningStatus() const;

  posix::EventLoop& loop_;
  const Config config_;
  Sockets sockets_;
  const std::uint64_t descriptors_;
  posix::Logger logger_;
  posix::PosixNetwork network_;
  ServerThreads threads_;
  std::optional<Engine> engine_;
  std::unique_ptr<RoomJournal> journal_;
  RoomServer first_;  // on the thread of the loop
  ServerMetrics metrics_;
  posix::ServiceManager manager_;
  Reloader reloader_;
  posix::FreeMemory free_memory_;
  RepeatingTimer memory_timer_;
  bool stopping_ = false;
  std::size_t stopped_ = 0;  // servers
  int exit_code_ = 0;
  bool has_metrics_ = false;
  std::optional<Admin> admin_;
  std::unique_ptr<posix::Signals> signals_;
};

}  // namespace chathttp

#endif  // CHATHTTP_APPS_SERVER_PROGRAM_H_

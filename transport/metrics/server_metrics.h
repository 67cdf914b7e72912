// What an operator of a chat server watches, over HTTP: /metrics for Prometheus, /health and /ready
// for those who start and restart it. docs/operating.md explains each metric.
//
//   ServerMetrics metrics(server, scheduler, [] { return posix::ReadProcessFigures(); });
//   if (absl::Status status = metrics.Listen(network, {"127.0.0.1", 9995}); !status.ok()) ...
//   server.Listen({"127.0.0.1", 9994});
//
// /health is answered 200 while the loop makes turns. /ready is answered 503 "starting" until the
// chat server listens, then 200 "ready", 503 "waiting for the engine" while an engine cannot be
// reached, 503 "draining" when it listens nowhere any more, and 503 "stopping" when it stops. Not
// thread-safe.
#ifndef CHATHTTP_TRANSPORT_METRICS_SERVER_METRICS_H_
#define CHATHTTP_TRANSPORT_METRICS_SERVER_METRICS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "chathttp/transport/metrics/http_server.h"
#include "chathttp/transport/ports/network.h"
#include "chathttp/transport/ports/scheduler.h"
#include "chathttp/transport/server/chat_server.h"
#include "chathttp/transport/server/server_event.h"
#include "chathttp/transport/server/server_figures.h"

namespace chathttp {

// Figures that only the process knows; 0 where unknown.
struct ProcessFigures {
  double cpu_seconds = 0;         // user and system
  double start_time_seconds = 0;  // since the Unix epoch
  std::uint64_t resident_bytes = 0;
  std::uint64_t open_descriptors = 0;
  std::uint64_t max_descriptors = 0;
  std::uint64_t log_lines_dropped = 0;
};

// Of the engine that keeps the log of the room for several machines.
struct EngineFigures {
  bool reachable = false;
  double lag_seconds = 0;         // the age of the first own command on the way
  double round_trip_seconds = 0;  // of the last sign of life
  std::uint64_t window = 0;       // batches of own commands on the way
  std::uint64_t position = 0;     // of the last entry read
  std::uint64_t resends = 0;      // batches that were sent again
  std::uint64_t connects = 0;     // attempts to connect
  std::uint64_t restarts = 0;     // of the room
};

// Of the journal of the room.
struct JournalFigures {
  bool failed = false;
  std::uint64_t waiting_bytes = 0;  // of records that are not written yet
};

// All metrics, at most 62 series, 8 of an engine and 2 of a journal.
std::string MetricsOf(const ServerFigures& figures, const ProcessFigures& process,
                      const std::optional<EngineFigures>& engine = std::nullopt,
                      const std::optional<JournalFigures>& journal = std::nullopt);

class ServerMetrics final : private ServerEvents {
 public:
  // `process` is called for each GET of /metrics; it must not be empty (asserted). So is `figures`,
  // which gives those of all servers of the room in this process; if it is empty, they are those of
  // `server`. Server and scheduler must outlive the object.
  ServerMetrics(ChatServer& server, Scheduler& scheduler,
                absl::AnyInvocable<ProcessFigures()> process,
                absl::AnyInvocable<ServerFigures()> figures = nullptr);
  ServerMetrics(const ServerMetrics&) = delete;
  ServerMetrics& operator=(const ServerMetrics&) = delete;
  ~ServerMetrics();

  // The room's log is kept by an engine; `engine` is called for each GET of /metrics and /ready.
  void WatchEngine(absl::AnyInvocable<EngineFigures()> engine) { engine_ = std::move(engine); }

  // The room has a journal; `journal` is called for each GET of /metrics.
  void WatchJournal(absl::AnyInvocable<JournalFigures()> journal) { journal_ = std::move(journal); }

  // As HttpServer::Listen.
  absl::Status Listen(Network& network, const Endpoint& endpoint) {
    return http_.Listen(network, endpoint);
  }
  // Where it listens. Requires a successful Listen (asserted).
  Endpoint endpoint() const { return http_.endpoint(); }

 private:
  void OnServerEvent(const ServerEvent& event) override;
  std::optional<HttpAnswer> Answer(std::string_view path);
  std::string_view State();

  ChatServer& server_;
  absl::AnyInvocable<ProcessFigures()> process_;
  absl::AnyInvocable<ServerFigures()> figures_;
  absl::AnyInvocable<EngineFigures()> engine_;
  absl::AnyInvocable<JournalFigures()> journal_;
  std::string_view state_ = "starting";  // or "ready", "stopping"
  HttpServer http_;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_METRICS_SERVER_METRICS_H_

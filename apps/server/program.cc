#include "apps/server/program.h"

#include <algorithm>
#include <csignal>
#include <iostream>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "apps/flags/command_line.h"
#include "chathttp/adapters/descriptor_limit.h"
#include "chathttp/adapters/process_figures.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/transport/server/stat_values.h"

namespace chathttp {
namespace {

// Descriptors that are not connections: listener, epoll, log, signals, and those that a library may
// open.
constexpr std::uint64_t kOtherDescriptors = 64;

// Memory that was freed goes back to the system when nothing has happened for this long.
constexpr absl::Duration kMemoryPeriod = absl::Seconds(10);

ProxySockets ProxySocketsOf(const Sockets& sockets) {
  return sockets.proxy.empty() ? ProxySockets::kNone : ProxySockets::kInherited;
}

ProcessFigures FiguresWith(const posix::Logger& logger) {
  ProcessFigures figures = posix::ReadProcessFigures();
  figures.log_lines_dropped = logger.dropped_total();
  return figures;
}

}  // namespace

ServerProgram::ServerProgram(posix::EventLoop& loop, Config config,
                             std::unique_ptr<posix::LogOutput> log, Sockets sockets)
    : loop_(loop),
      config_(std::move(config)),
      sockets_(std::move(sockets)),
      descriptors_(posix::RaiseDescriptorLimit()),
      logger_(std::move(log), config_.log_level, loop),
      log_(logger_, loop),
      network_(loop, config_.tcp),
      behind_proxies_(
          network_, loop, config_.proxies ? config_.proxies->options : ProxyOptions(),
          [this](std::string_view peer, std::string_view reason) {
            log_.OnServerEvent(
                {.kind = ServerEvent::Kind::kTurnedAway, .peer = peer, .reason = reason});
          }),
      server_(network_, loop, config_.server),
      metrics_(server_, loop, [this] { return FiguresWith(logger_); }),
      manager_(loop),
      reloader_(config_, ProxySocketsOf(sockets_), server_, logger_),
      memory_timer_(loop, kMemoryPeriod, [this] {
        const ServerStats stats = server_.stats();
        free_memory_.GiveBackIfQuiet(stats.accepted + stats.closed + stats.requests);
      }) {
  server_.Subscribe(log_);
  if (!logger_.usable()) {
    std::cerr << "chat_server: no log, since this terminal belongs to another user; "
                 "send the log to a file or a pipe: 2>FILE"
              << std::endl;
  }
}

absl::Status ServerProgram::Start() {
  LogDescriptors();
  auto signals = posix::Signals::Catch(loop_, {SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGUSR1},
                                       [this](int signal) { OnSignal(signal); });
  if (!signals.ok()) return signals.status();
  signals_ = *std::move(signals);
  if (absl::Status status = ListenForAll(); !status.ok()) return status;
  manager_.Ready(ListeningStatus());
  return absl::OkStatus();
}

// Prints where, when all of it listens.
absl::Status ServerProgram::ListenForAll() {
  const auto metrics = EndpointOf(std::move(sockets_.metrics), network_, config_.metrics);
  if (!metrics.ok()) return metrics.status();
  const auto admin = EndpointOf(std::move(sockets_.admin), network_, config_.admin);
  if (!admin.ok()) return admin.status();
  absl::Status status;
  if (*metrics) status = metrics_.Listen(network_, **metrics);
  if (status.ok() && *admin) {
    admin_.emplace(
        server_, loop_, logger_, [this] { return Reload(); },
        [this] {
          if (!stopping_) Stop();
        });
    status = admin_->Listen(network_, **admin);
  }
  std::string lines;
  if (status.ok()) {
    status = ListenAt(EndpointsOf(std::move(sockets_.chat), network_, config_.listen), server_,
                      network_, "listening on ", lines);
  }
  if (status.ok() && config_.proxies) {
    status = ListenAt(EndpointsOf(std::move(sockets_.proxy), network_, {config_.proxies->listen}),
                      server_, behind_proxies_, "listening for proxies on ", lines);
  }
  if (!status.ok()) return status;
  if (*metrics) {
    absl::StrAppend(&lines, "answering metrics on ", ToString(metrics_.endpoint()), "\n");
  }
  std::cout << lines << std::flush;
  return absl::OkStatus();
}

void ServerProgram::OnSignal(int signal) {
  if (signal == SIGHUP) return static_cast<void>(Reload());  // it is logged
  if (signal == SIGUSR1) return LogStats();
  Stop();
}

void ServerProgram::Stop() {
  if (stopping_) return loop_.Stop();
  stopping_ = true;
  manager_.Stopping(absl::StrCat("stopping, connections left: ", server_.connections()));
  server_.Stop([this] { loop_.Stop(); });
}

// ---- SIGHUP -----------------------------------------------------------------------------------

absl::StatusOr<std::string> ServerProgram::Reload() {
  if (stopping_) return absl::FailedPreconditionError("the server is stopping");
  manager_.Reloading("reading the flag file again");
  if (absl::Status status = logger_.Reopen(); !status.ok()) {
    logger_.Log(posix::LogLevel::kError, "reopen_failed", {{"reason", StdView(status.message())}});
  }
  absl::StatusOr<std::string> text = ReloadFlags();
  manager_.Ready(ListeningStatus());
  return text;
}

absl::StatusOr<std::string> ServerProgram::ReloadFlags() {
  if (!IsFlagSet("flagfile")) {
    constexpr std::string_view kReason = "no --flagfile, nothing to read again";
    logger_.Log(std::max(posix::LogLevel::kInfo, logger_.min_level()), "reloaded",
                {{"reason", kReason}});
    return std::string(kReason);
  }
  const std::size_t connections = server_.options().max_connections;
  const absl::StatusOr<ReloadOutcome> outcome = reloader_.Reload();
  if (!outcome.ok()) {
    const std::string_view reason = StdView(outcome.status().message());
    logger_.Log(posix::LogLevel::kError, "reload_failed", {{"reason", reason}});
    return outcome.status();
  }
  std::string text = LogOutcome(*outcome);
  if (server_.options().max_connections != connections) LogDescriptors();
  return text;
}

std::string ServerProgram::LogOutcome(const ReloadOutcome& outcome) {
  std::string changed = absl::StrJoin(outcome.changed, ", ");
  if (changed.empty()) changed = "nothing";
  const std::string needs_restart = absl::StrJoin(outcome.needs_restart, ", ");
  std::vector<posix::LogField> fields = {{"changed", changed}};
  if (!needs_restart.empty()) fields.emplace_back("needs_restart", needs_restart);
  const auto level = needs_restart.empty() ? posix::LogLevel::kInfo : posix::LogLevel::kWarning;
  logger_.Log(std::max(level, logger_.min_level()), "reloaded", fields);
  return absl::StrCat("changed: ", changed,
                      needs_restart.empty() ? "" : "\nneeds a restart: ", needs_restart);
}

// ---- Lines of the log -------------------------------------------------------------------------

void ServerProgram::LogStats() {
  const std::vector<StatValue> values = StatValuesOf(FiguresOf(server_));
  std::vector<posix::LogField> fields;
  fields.reserve(values.size() + 1);
  for (const auto& [name, value] : values) fields.emplace_back(name, value);
  fields.emplace_back("log_lines_dropped", logger_.dropped_total());
  logger_.Log(std::max(posix::LogLevel::kInfo, logger_.min_level()), "stats", fields);
}

// Connections of proxies may wait for their header besides.
void ServerProgram::LogDescriptors() {
  const std::uint64_t connections = server_.options().max_connections;
  const std::uint64_t waiting = config_.proxies ? config_.proxies->options.max_waiting : 0;
  const std::uint64_t needed = connections + waiting + kOtherDescriptors;
  if (descriptors_ >= needed) {
    return logger_.Log(posix::LogLevel::kInfo, "limits",
                       {{"descriptors", descriptors_}, {"connections", connections}});
  }
  logger_.Log(posix::LogLevel::kWarning, "limits",
              {{"descriptors", descriptors_},
               {"connections", connections},
               {"reason", absl::StrCat("--max_connections=", connections, " needs ", needed,
                                       " descriptors: raise the hard limit (ulimit -Hn, "
                                       "LimitNOFILE=) or lower --max_connections")}});
}

std::string ServerProgram::ListeningStatus() const {
  return absl::StrCat(
      "listening on ",
      absl::StrJoin(server_.endpoints(), ", ", [](std::string* out, const Endpoint& endpoint) {
        absl::StrAppend(out, ToString(endpoint));
      }));
}

}  // namespace chathttp

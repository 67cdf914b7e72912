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
#include "chathttp/domain/escape.h"
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

}  // namespace

ServerProgram::ServerProgram(posix::EventLoop& loop, Config config,
                             std::unique_ptr<posix::LogOutput> log, Sockets sockets)
    : loop_(loop),
      config_(std::move(config)),
      sockets_(std::move(sockets)),
      descriptors_(posix::RaiseDescriptorLimit()),
      logger_(std::move(log), config_.log_level, loop),
      network_(loop, config_.tcp),
      threads_(loop, logger_, config_),
      first_(network_, loop, logger_, config_, threads_.first_place(), Room()),
      metrics_(
          first_.chat(), loop, [this] { return FiguresOfProcess(); }, [this] { return Figures(); }),
      manager_(loop),
      reloader_(config_, ProxySocketsOf(sockets_), first_.chat(), threads_, logger_),
      memory_timer_(loop, kMemoryPeriod, [this] {
        const ServerStats stats = Figures().stats;
        free_memory_.GiveBackIfQuiet(stats.accepted + stats.closed + stats.requests);
      }) {
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
  if (absl::Status status = threads_.Start(); !status.ok()) return status;
  threads_.Serve(first_, network_);
  absl::Status status = OpenJournal();
  if (status.ok()) status = ListenForOperators();
  if (!status.ok()) return status;
  if (!engine_) return ListenForMembers();
  engine_->Serve(
      first_.chat(), [this] { OnEngineReady(); },
      [this](const Engine::Failure& failure) { OnEngineFailure(failure); });
  return absl::OkStatus();
}

absl::Status ServerProgram::OpenJournal() {
  if (!config_.journal) return absl::OkStatus();
  auto journal = RoomJournal::Open(loop_, *config_.journal, config_.server.backlog_bytes, logger_);
  if (!journal.ok()) return journal.status();
  journal_ = *std::move(journal);
  journal_->GiveTo(first_.chat());
  metrics_.WatchJournal([this] { return journal_->figures(); });
  return absl::OkStatus();
}

absl::Status ServerProgram::ListenForOperators() {
  const auto metrics = EndpointOf(std::move(sockets_.metrics), network_, config_.metrics);
  if (!metrics.ok()) return metrics.status();
  const auto admin = EndpointOf(std::move(sockets_.admin), network_, config_.admin);
  if (!admin.ok()) return admin.status();
  absl::Status status;
  if (*metrics) {
    if (engine_) metrics_.WatchEngine([this] { return engine_->figures(); });
    status = metrics_.Listen(network_, **metrics);
    if (status.ok()) has_metrics_ = true;
  }
  if (!status.ok() || !*admin) return status;
  AdminActions actions{.set_log_level = [this](auto name) { return SetLogLevel(name); },
                       .reload = [this] { return Reload(); },
                       .stop =
                           [this] {
                             if (!stopping_) Stop();
                           }};
  if (engine_) actions.servers = [this] { return engine_->Servers(); };
  admin_.emplace(first_.chat(), loop_, logger_, std::move(actions), threads_.others());
  return admin_->Listen(network_, **admin);
}

// Prints where, when all of it listens.
absl::Status ServerProgram::ListenForMembers() {
  std::string lines;
  absl::Status status = ListenAt(EndpointsOf(std::move(sockets_.chat), network_, config_.listen),
                                 network_, false, lines);
  if (status.ok() && config_.proxies) {
    status = ListenAt(EndpointsOf(std::move(sockets_.proxy), network_, {config_.proxies->listen}),
                      first_.behind_proxies(), true, lines);
  }
  if (!status.ok()) return status;
  if (has_metrics_) {
    absl::StrAppend(&lines, "answering metrics on ", ToString(metrics_.endpoint()), "\n");
  }
  std::cout << lines << std::flush;
  manager_.Ready(ListeningStatus());
  return absl::OkStatus();
}

SharedRoom ServerProgram::Room() {
  if (!config_.engine) return threads_.room();
  engine_.emplace(network_, loop_, logger_, *config_.engine);
  return {.order = &engine_->order()};
}

void ServerProgram::OnEngineReady() {
  if (stopping_) return;
  if (absl::Status status = ListenForMembers(); !status.ok()) Fail(status.message(), 1);
}

// Without the log there is nothing to serve: tells the members, and ends.
void ServerProgram::OnEngineFailure(const Engine::Failure& failure) {
  const bool at_start = failure.kind == Engine::Failure::Kind::kConfiguration;
  Fail(failure.message, at_start && first_.chat().endpoints().empty() ? 2 : 1);
}

void ServerProgram::Fail(absl::string_view message, int exit_code) {
  logger_.Log(posix::LogLevel::kError, "failed", {{"reason", StdView(message)}});
  std::cerr << "chat_server: " << message << std::endl;
  exit_code_ = exit_code;
  if (!stopping_) Stop();
}

// Appends a line for each endpoint to `lines`.
absl::Status ServerProgram::ListenAt(const absl::StatusOr<std::vector<Endpoint>>& endpoints,
                                     Network& network, bool behind_proxies, std::string& lines) {
  if (!endpoints.ok()) return endpoints.status();
  ChatServer& server = first_.chat();
  for (const Endpoint& endpoint : *endpoints) {
    if (absl::Status status = server.Listen(network, endpoint); !status.ok()) return status;
    const Endpoint listener = server.endpoints().back();
    absl::Status status = threads_.Listen(listener, behind_proxies);
    if (!status.ok()) return status;
    absl::StrAppend(&lines, behind_proxies ? "listening for proxies on " : "listening on ",
                    ToString(listener), "\n");
  }
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
  manager_.Stopping(absl::StrCat("stopping, connections left: ", Figures().connections));
  threads_.Stop([this] { OnStopped(); });
  first_.chat().Stop([this] { OnStopped(); });
}

void ServerProgram::OnStopped() {
  if (++stopped_ < config_.threads) return;
  if (journal_ != nullptr) journal_->Close();
  loop_.Stop();
}

absl::Status ServerProgram::SetLogLevel(std::string_view name) {
  const auto level = posix::ParseLogLevel(name);
  if (!level) {
    return absl::InvalidArgumentError(
        absl::StrCat("must be debug, info, warning or error, got \"", Visible(name), "\""));
  }
  logger_.set_min_level(*level);
  threads_.SetLogLevel(*level);
  return absl::OkStatus();
}

ServerFigures ServerProgram::Figures() {
  ServerFigures figures = FiguresOf(first_.chat());
  threads_.AddFigures(figures);
  return figures;
}

std::uint64_t ServerProgram::LogLinesDropped() {
  return logger_.dropped_total() + threads_.LogLinesDropped();
}

ProcessFigures ServerProgram::FiguresOfProcess() {
  ProcessFigures figures = posix::ReadProcessFigures();
  figures.log_lines_dropped = LogLinesDropped();
  return figures;
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
  const std::size_t connections = reloader_.max_connections();
  const absl::StatusOr<ReloadOutcome> outcome = reloader_.Reload();
  if (!outcome.ok()) {
    const std::string_view reason = StdView(outcome.status().message());
    logger_.Log(posix::LogLevel::kError, "reload_failed", {{"reason", reason}});
    return outcome.status();
  }
  std::string text = LogOutcome(*outcome);
  if (reloader_.max_connections() != connections) LogDescriptors();
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
  const std::vector<StatValue> values = StatValuesOf(Figures());
  std::vector<posix::LogField> fields;
  fields.reserve(values.size() + 1);
  for (const auto& [name, value] : values) fields.emplace_back(name, value);
  fields.emplace_back("log_lines_dropped", LogLinesDropped());
  logger_.Log(std::max(posix::LogLevel::kInfo, logger_.min_level()), "stats", fields);
}

// Connections of proxies may wait for their header besides.
void ServerProgram::LogDescriptors() {
  const std::uint64_t connections = reloader_.max_connections();
  const std::uint64_t waiting =
      config_.proxies ? config_.proxies->options.max_waiting * config_.threads : 0;
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
  return absl::StrCat("listening on ",
                      absl::StrJoin(first_.chat().endpoints(), ", ",
                                    [](std::string* out, const Endpoint& endpoint) {
                                      absl::StrAppend(out, ToString(endpoint));
                                    }));
}

}  // namespace chathttp

#include "chathttp/transport/metrics/server_metrics.h"

#include <cassert>
#include <utility>

#include "chathttp/transport/codec/message.h"
#include "chathttp/transport/metrics/metrics_text.h"
#include "chathttp/transport/server/server_labels.h"
#include "chathttp/transport/server/server_options.h"
#include "chathttp/version.h"

namespace chathttp {
namespace {

void AddRequests(const Tally<RequestKind>& requests, MetricsText& text) {
  text.Family("chathttp_requests_total", "counter",
              "Complete requests, by method and by the code of the answer.");
  for (std::size_t i = 0; i < kRequestKinds.size(); ++i) {
    const auto [method, code] = kRequestKinds[i];
    const std::string_view name = method == Method::kUnknown ? "other" : MethodName(method);
    text.Add({{"method", name}, {"code", std::to_string(static_cast<int>(code))}},
             requests.counts()[i]);
  }
}

template <typename Label>
void AddTally(const Tally<Label>& tally, std::string_view label, MetricsText& text) {
  for (std::size_t i = 0; i < tally.counts().size(); ++i) {
    text.Add({{label, Labels<Label>::kAll[i]}}, tally.counts()[i]);
  }
}

void AddCounters(const ServerStats& stats, MetricsText& text) {
  AddRequests(stats.requests_by_kind, text);
  text.Family("chathttp_broadcasts_total", "counter", "Broadcasts, by kind.");
  AddTally(stats.broadcasts_by_kind, "kind", text);
  text.Family("chathttp_refusals_total", "counter", "Refused requests, by the rule they break.");
  AddTally(stats.refusals, "rule", text);
  text.Family(
      "chathttp_closed_total", "counter",
      "Connections that ended or were turned away (full, address, descriptors), by reason.");
  AddTally(stats.closed_by_reason, "reason", text);
  text.Family("chathttp_fanout_seconds", "histogram",
              "Time from a broadcast until each member that is not blocked was written to.");
  text.AddHistogram(stats.fanout);
  text.Family("chathttp_turn_seconds", "summary", "Time that the turns of the server took.");
  text.AddSummary(stats.turn_time, stats.turns);
}

void AddGauge(std::string_view name, std::string_view help, std::uint64_t value,
              MetricsText& text) {
  text.Family(name, "gauge", help);
  text.Add({}, value);
}

void AddGauges(const ServerFigures& figures, MetricsText& text) {
  AddGauge("chathttp_connections", "Open connections.", figures.connections, text);
  AddGauge("chathttp_members", "Members that are logged in.", figures.members, text);
  AddGauge("chathttp_away_members", "Members without a connection that may come back.",
           figures.away, text);
  AddGauge("chathttp_blocked_connections", "Connections that take no more bytes at the moment.",
           figures.blocked, text);
  AddGauge("chathttp_paused_connections", "Connections whose requests flood control holds back.",
           figures.paused, text);
  AddGauge("chathttp_log_bytes", "Bytes in the log of broadcasts.", figures.log_bytes, text);
  AddGauge("chathttp_held_bytes",
           "Bytes held for connections: the log, unsent replies and lists, unserved input.",
           figures.held_bytes, text);
}

// The names are those of the client libraries of Prometheus.
void AddProcess(const ProcessFigures& process, MetricsText& text) {
  text.Family("chathttp_log_lines_dropped_total", "counter", "Lines that the log had no room for.");
  text.Add({}, process.log_lines_dropped);
  text.Family("process_cpu_seconds_total", "counter", "Processor time, user and system.");
  text.Add({}, process.cpu_seconds);
  AddGauge("process_resident_memory_bytes", "Resident memory.", process.resident_bytes, text);
  AddGauge("process_open_fds", "Open file descriptors.", process.open_descriptors, text);
  AddGauge("process_max_fds", "Most file descriptors that may be open.", process.max_descriptors,
           text);
  text.Family("process_start_time_seconds", "gauge", "Start, in seconds since the Unix epoch.");
  text.Add({}, process.start_time_seconds);
}

void AddEngine(const EngineFigures& engine, MetricsText& text) {
  AddGauge("chathttp_engine_reachable", "1 while the engine answers in time, else 0.",
           engine.reachable ? 1 : 0, text);
  text.Family("chathttp_engine_lag_seconds", "gauge", "Age of the first own command on the way.");
  text.Add({}, engine.lag_seconds);
  text.Family("chathttp_engine_round_trip_seconds", "gauge",
              "Time from the last sign of life to its reading.");
  text.Add({}, engine.round_trip_seconds);
  AddGauge("chathttp_engine_window", "Batches of own commands on the way.", engine.window, text);
  AddGauge("chathttp_engine_position", "The place of the last entry read, since a restart.",
           engine.position, text);
  const auto add_counter = [&](std::string_view name, std::string_view help, std::uint64_t value) {
    text.Family(name, "counter", help);
    text.Add({}, value);
  };
  add_counter("chathttp_engine_resends_total", "Batches that were sent again.", engine.resends);
  add_counter("chathttp_engine_connects_total", "Attempts to connect.", engine.connects);
  add_counter("chathttp_engine_restarts_total", "Restarts of the room.", engine.restarts);
}

}  // namespace

std::string MetricsOf(const ServerFigures& figures, const ProcessFigures& process,
                      const std::optional<EngineFigures>& engine,
                      const std::optional<JournalFigures>& journal) {
  MetricsText text;
  AddCounters(figures.stats, text);
  AddGauges(figures, text);
  if (engine) AddEngine(*engine, text);
  if (journal) {
    AddGauge("chathttp_journal_failed", "1 if the journal is off after an error, else 0.",
             journal->failed ? 1 : 0, text);
    AddGauge("chathttp_journal_waiting_bytes", "Bytes that are not in the journal yet.",
             journal->waiting_bytes, text);
  }
  AddProcess(process, text);
  text.Family("chathttp_build_info", "gauge", "Always 1; the label has the version.");
  text.Add({{"version", kLibraryVersion}}, std::uint64_t{1});
  return text.text();
}

ServerMetrics::ServerMetrics(ChatServer& server, Scheduler& scheduler,
                             absl::AnyInvocable<ProcessFigures()> process,
                             absl::AnyInvocable<ServerFigures()> figures)
    : server_(server),
      process_(std::move(process)),
      figures_(std::move(figures)),
      http_(scheduler, [this](std::string_view path) { return Answer(path); }) {
  assert(process_);
  if (!figures_) figures_ = [this] { return FiguresOf(server_); };
  if (!server_.endpoints().empty()) state_ = "ready";
  server_.Subscribe(*this);
}

ServerMetrics::~ServerMetrics() { server_.Unsubscribe(*this); }

void ServerMetrics::OnServerEvent(const ServerEvent& event) {
  if (event.kind == ServerEvent::Kind::kListening) state_ = "ready";
  if (event.kind == ServerEvent::Kind::kStopping) state_ = "stopping";
}

std::optional<HttpAnswer> ServerMetrics::Answer(std::string_view path) {
  if (path == "/metrics") {
    std::optional<EngineFigures> engine;
    if (engine_) engine = engine_();
    std::optional<JournalFigures> journal;
    if (journal_) journal = journal_();
    return HttpAnswer{.content_type = std::string(kMetricsContentType),
                      .body = MetricsOf(figures_(), process_(), engine, journal)};
  }
  if (path == "/health") return HttpAnswer{.body = "ok\n"};
  if (path != "/ready") return std::nullopt;
  const std::string_view state = State();
  return HttpAnswer{.code = state == "ready" ? 200 : 503, .body = std::string(state) + "\n"};
}

std::string_view ServerMetrics::State() {
  if (state_ != "ready") return state_;
  if (server_.endpoints().empty()) return "draining";
  return engine_ && !engine_().reachable ? "waiting for the engine" : state_;
}

}  // namespace chathttp

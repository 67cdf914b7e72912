// The chat server as a program: flags, wiring, signals.
#include "chathttp/transport/server/chat_server.h"

#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "apps/flags/command_line.h"
#include "chathttp/adapters/descriptor_limit.h"
#include "chathttp/adapters/event_loop.h"
#include "chathttp/adapters/fd_stream.h"
#include "chathttp/adapters/inherited_sockets.h"
#include "chathttp/adapters/log.h"
#include "chathttp/adapters/log_file.h"
#include "chathttp/adapters/log_output.h"
#include "chathttp/adapters/nonblocking_output.h"
#include "chathttp/adapters/posix_network.h"
#include "chathttp/adapters/process_figures.h"
#include "chathttp/adapters/server_log.h"
#include "chathttp/adapters/service_manager.h"
#include "chathttp/adapters/signals.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/transport/metrics/server_metrics.h"
#include "chathttp/transport/proxy/proxy_network.h"
#include "chathttp/transport/server/limit_text.h"

ABSL_FLAG(std::string, flagfile, "",
          "File of flags, one on a line, and comments, which start with #; the command line "
          "overrides it.");
ABSL_FLAG(std::string, host, "127.0.0.1",
          "Address or host name to listen on; * is every address, IPv4 and IPv6.");
ABSL_FLAG(std::uint16_t, port, 9994, "Port to listen on; 0 is any free port.");
ABSL_FLAG(
    std::string, proxy_listen, "",
    "HOST:PORT to listen on for proxies too, which start each connection with a PROXY header.");
ABSL_FLAG(std::string, proxy_from, "",
          "Addresses and networks of the proxies, with commas: 10.0.0.0/8,::1.");
ABSL_FLAG(std::string, metrics, "",
          "HOST:PORT to answer GET /metrics, /health and /ready at, in HTTP; empty: nowhere.");
ABSL_FLAG(std::size_t, max_connections, chathttp::ServerOptions().max_connections,
          "Most connections at the same time; further ones get 500 and are closed.");
ABSL_FLAG(std::size_t, max_members, chathttp::RoomLimits().members,
          "Most members logged in at the same time.");
ABSL_FLAG(std::size_t, max_text_bytes, chathttp::RoomLimits().text_bytes,
          "Most bytes in the entity of a POST, its line feed included.");
ABSL_FLAG(std::size_t, backlog_bytes, chathttp::ServerOptions().backlog_bytes,
          "Bytes of broadcasts kept for slow members; a member that lags by more is closed.");
ABSL_FLAG(std::string, exempt, "127.0.0.0/8,::1",
          "Addresses and networks without the limits for strangers: --flood, --per_address, "
          "--connect_rate, and those before a login.");
ABSL_FLAG(std::string, flood, chathttp::ToString(chathttp::FloodLimit()),
          "Requests of a connection that are served a second, and how many at once; the others "
          "wait. off is no limit.");
ABSL_FLAG(absl::Duration, flood_limit, chathttp::ServerOptions().flood_limit,
          "Longest time in which requests may wait without a break for --flood.");
ABSL_FLAG(std::size_t, per_address, chathttp::ServerOptions().per_address,
          "Most connections of one IPv4 address or IPv6 network of 64 bits.");
ABSL_FLAG(std::string, connect_rate, chathttp::ToString(chathttp::ConnectRate()),
          "Most connects of one address in a time; off is no limit.");
ABSL_FLAG(absl::Duration, login_limit, chathttp::ServerOptions().login_limit,
          "Longest time from connecting to the first complete request.");
ABSL_FLAG(absl::Duration, relogin_limit, chathttp::ServerOptions().relogin_limit,
          "Longest time from connecting or a logout to an accepted login.");
ABSL_FLAG(absl::Duration, request_limit, chathttp::ServerOptions().request_limit,
          "Longest time from the first byte of a request to its last.");
ABSL_FLAG(absl::Duration, stall_limit, chathttp::ServerOptions().stall_limit,
          "Longest time in which a peer may accept no byte although bytes wait for it.");
ABSL_FLAG(std::string, developer, chathttp::ServerOptions().developer,
          "Value of the header field Developer.");
ABSL_FLAG(std::string, server, chathttp::ServerOptions().server,
          "Value of the header field Server.");
ABSL_FLAG(std::string, log_level, "info",
          "Lowest level that is logged: debug, info, warning or error.");
ABSL_FLAG(std::string, log_file, "",
          "File that log lines are appended to, instead of the standard error output.");

namespace chathttp {
namespace {

template <typename T>
T Parsed(std::string_view flag, const std::string& text,
         absl::StatusOr<T> (*parse)(std::string_view)) {
  absl::StatusOr<T> value = parse(text);
  if (!value.ok()) {
    ExitWithUsageError(absl::StrCat("--", AbslView(flag), ": ", value.status().message()));
  }
  return *std::move(value);
}

ServerOptions OptionsFromFlags() {
  ServerOptions options;
  options.room.members = absl::GetFlag(FLAGS_max_members);
  options.room.text_bytes = absl::GetFlag(FLAGS_max_text_bytes);
  options.max_connections = absl::GetFlag(FLAGS_max_connections);
  options.backlog_bytes = absl::GetFlag(FLAGS_backlog_bytes);
  options.exempt = Parsed("exempt", absl::GetFlag(FLAGS_exempt), ParseIpNetworks);
  options.flood = Parsed("flood", absl::GetFlag(FLAGS_flood), ParseFloodLimit);
  options.flood_limit = absl::GetFlag(FLAGS_flood_limit);
  options.per_address = absl::GetFlag(FLAGS_per_address);
  options.connect_rate =
      Parsed("connect_rate", absl::GetFlag(FLAGS_connect_rate), ParseConnectRate);
  options.login_limit = absl::GetFlag(FLAGS_login_limit);
  options.relogin_limit = absl::GetFlag(FLAGS_relogin_limit);
  options.request_limit = absl::GetFlag(FLAGS_request_limit);
  options.stall_limit = absl::GetFlag(FLAGS_stall_limit);
  options.developer = absl::GetFlag(FLAGS_developer);
  options.server = absl::GetFlag(FLAGS_server);
  options.time_zone = absl::LocalTimeZone();
  return options;
}

// Listening sockets that the service manager opened.
struct Sockets {
  std::vector<posix::FileDescriptor> chat;
  std::vector<posix::FileDescriptor> proxy;
};

absl::StatusOr<Sockets> TakeSockets() {
  auto inherited = posix::InheritedSockets::FromEnvironment();
  if (!inherited.ok()) return inherited.status();
  Sockets sockets{.chat = inherited->Take("chat"), .proxy = inherited->Take("proxy")};
  if (absl::Status status = inherited->CheckNoneLeft(); !status.ok()) return status;
  return sockets;
}

struct ProxySettings {
  Endpoint listen;  // unused with sockets for proxies
  ProxyOptions options;
};

// Nothing without --proxy_listen and without sockets for proxies.
std::optional<ProxySettings> ProxySettingsFromFlags(bool has_sockets) {
  const std::string listen = absl::GetFlag(FLAGS_proxy_listen);
  const std::string from = absl::GetFlag(FLAGS_proxy_from);
  if (listen.empty() && from.empty() && !has_sockets) return std::nullopt;
  if (listen.empty() && !has_sockets) {
    ExitWithUsageError("--proxy_from needs --proxy_listen=HOST:PORT");
  }
  if (from.empty()) {
    ExitWithUsageError(
        absl::StrCat(has_sockets ? "the inherited socket called proxy" : "--proxy_listen",
                     " needs the addresses of the proxies: --proxy_from=10.0.0.0/8"));
  }
  return ProxySettings{has_sockets ? Endpoint() : Parsed("proxy_listen", listen, ParseEndpoint),
                       {.from = Parsed("proxy_from", from, ParseIpNetworks)}};
}

posix::LogLevel LogLevelFromFlag() {
  const auto level = posix::ParseLogLevel(absl::GetFlag(FLAGS_log_level));
  if (level) return *level;
  ExitWithUsageError("--log_level must be debug, info, warning or error, got " +
                     absl::GetFlag(FLAGS_log_level));
}

// Descriptors that are not connections: listener, epoll, log, signals, and those that a library may
// open.
constexpr std::uint64_t kOtherDescriptors = 64;

// `waiting` connections of proxies may wait for their header besides.
void LogDescriptors(posix::Logger& logger, std::uint64_t descriptors, std::uint64_t connections,
                    std::uint64_t waiting) {
  const std::uint64_t needed = connections + waiting + kOtherDescriptors;
  if (descriptors >= needed) {
    return logger.Log(posix::LogLevel::kInfo, "limits",
                      {{"descriptors", descriptors}, {"connections", connections}});
  }
  logger.Log(posix::LogLevel::kWarning, "limits",
             {{"descriptors", descriptors},
              {"connections", connections},
              {"reason", absl::StrCat("--max_connections=", connections, " needs ", needed,
                                      " descriptors: raise the hard limit (ulimit -Hn, "
                                      "LimitNOFILE=) or lower --max_connections")}});
}

// On the standard error output if `path` is empty.
absl::StatusOr<std::unique_ptr<posix::LogOutput>> OpenLog(const std::string& path) {
  if (path.empty()) return std::make_unique<posix::NonblockingOutput>(STDERR_FILENO);
  return posix::LogFile::Open(path);
}

// Nothing without --metrics.
std::optional<Endpoint> MetricsEndpointFromFlag() {
  const std::string flag = absl::GetFlag(FLAGS_metrics);
  if (flag.empty()) return std::nullopt;
  const auto endpoint = ParseEndpoint(flag);
  if (endpoint.ok()) return *endpoint;
  ExitWithUsageError(StdView(absl::StrCat("--metrics: ", endpoint.status().message())));
}

ProcessFigures FiguresWith(const posix::Logger& logger) {
  ProcessFigures figures = posix::ReadProcessFigures();
  figures.log_lines_dropped = logger.dropped_total();
  return figures;
}

void WarnIfUnusable(const posix::Logger& logger) {
  if (logger.usable()) return;
  std::cerr << "chat_server: no log, since this terminal belongs to another user; "
               "send the log to a file or a pipe: 2>FILE"
            << std::endl;
}

// The endpoints of `sockets`, which `network` keeps for Listen; `otherwise` if there are none.
absl::StatusOr<std::vector<Endpoint>> EndpointsOf(std::vector<posix::FileDescriptor> sockets,
                                                  posix::PosixNetwork& network,
                                                  const Endpoint& otherwise) {
  if (sockets.empty()) return std::vector{otherwise};
  std::vector<Endpoint> endpoints;
  for (posix::FileDescriptor& socket : sockets) {
    auto endpoint = network.Inherit(std::move(socket));
    if (!endpoint.ok()) return endpoint.status();
    endpoints.push_back(*std::move(endpoint));
  }
  return endpoints;
}

// Listens at each endpoint, and appends a line for each to `lines`.
absl::Status ListenAt(const absl::StatusOr<std::vector<Endpoint>>& endpoints, ChatServer& server,
                      Network& network, std::string_view words, std::string& lines) {
  if (!endpoints.ok()) return endpoints.status();
  for (const Endpoint& endpoint : *endpoints) {
    if (absl::Status status = server.Listen(network, endpoint); !status.ok()) return status;
    absl::StrAppend(&lines, AbslView(words), ToString(server.endpoints().back()), "\n");
  }
  return absl::OkStatus();
}

// Listens for clients and, if asked to, for proxies; then prints where.
absl::Status Listen(ChatServer& server, posix::PosixNetwork& network, ProxyNetwork& behind_proxies,
                    Sockets sockets, const std::optional<ProxySettings>& proxies) {
  const Endpoint here{absl::GetFlag(FLAGS_host), absl::GetFlag(FLAGS_port)};
  std::string lines;
  absl::Status status = ListenAt(EndpointsOf(std::move(sockets.chat), network, here), server,
                                 network, "listening on ", lines);
  if (status.ok() && proxies) {
    status = ListenAt(EndpointsOf(std::move(sockets.proxy), network, proxies->listen), server,
                      behind_proxies, "listening for proxies on ", lines);
  }
  if (status.ok()) std::cout << lines << std::flush;
  return status;
}

std::string ListeningStatus(const ChatServer& server) {
  return absl::StrCat("listening on ",
                      absl::StrJoin(server.endpoints(), ", ", [](std::string* out, const auto& at) {
                        absl::StrAppend(out, ToString(at));
                      }));
}

int Fail(std::string_view message) {
  std::cerr << "chat_server: " << message << std::endl;
  return EXIT_FAILURE;
}

int Run() {
  auto sockets = TakeSockets();
  if (!sockets.ok()) return Fail(StdView(sockets.status().message()));
  const posix::LogLevel level = LogLevelFromFlag();
  const ServerOptions options = OptionsFromFlags();
  if (absl::Status status = CheckOptions(options); !status.ok()) {
    ExitWithUsageError(StdView(status.message()));
  }
  const std::optional<ProxySettings> proxies = ProxySettingsFromFlags(!sockets->proxy.empty());
  const std::optional<Endpoint> metrics_endpoint = MetricsEndpointFromFlag();
  const std::uint64_t descriptors = posix::RaiseDescriptorLimit();
  auto loop = posix::EventLoop::Create();
  if (!loop.ok()) return Fail(StdView(loop.status().message()));
  auto log_output = OpenLog(absl::GetFlag(FLAGS_log_file));
  if (!log_output.ok()) {
    return Fail("--log_file: " + std::string(log_output.status().message()));
  }
  posix::Logger logger(*std::move(log_output), level, **loop);
  WarnIfUnusable(logger);
  LogDescriptors(logger, descriptors, options.max_connections,
                 proxies ? proxies->options.max_waiting : 0);
  posix::ServerLog log(logger, **loop);
  posix::PosixNetwork network(**loop);
  ProxyNetwork behind_proxies(
      network, **loop, proxies ? proxies->options : ProxyOptions(),
      [&](std::string_view peer, std::string_view reason) {
        log.OnServerEvent({.kind = ServerEvent::Kind::kTurnedAway, .peer = peer, .reason = reason});
      });
  ChatServer server(network, **loop, options);
  server.Subscribe(log);
  posix::ServiceManager manager(**loop);
  ServerMetrics metrics(server, **loop, [&] { return FiguresWith(logger); });

  // The first signal stops the server after its connections are closed, the second one at once.
  bool stopping = false;
  const auto signals = posix::Signals::Catch(**loop, {SIGTERM, SIGINT, SIGHUP, SIGQUIT}, [&](int) {
    if (stopping) return (*loop)->Stop();
    stopping = true;
    manager.Stopping(absl::StrCat("stopping, connections left: ", server.connections()));
    server.Stop([&] { (*loop)->Stop(); });
  });
  absl::Status status = signals.status();
  if (status.ok() && metrics_endpoint) status = metrics.Listen(network, *metrics_endpoint);
  if (status.ok()) status = Listen(server, network, behind_proxies, *std::move(sockets), proxies);
  if (!status.ok()) return Fail(StdView(status.message()));
  if (metrics_endpoint) {
    std::cout << "answering metrics on " << ToString(metrics.endpoint()) << std::endl;
  }
  manager.Ready(ListeningStatus(server));
  (*loop)->Run();
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace chathttp

int main(int argc, char* argv[]) {
  for (const int signal : {SIGPIPE, SIGUSR1, SIGUSR2}) std::signal(signal, SIG_IGN);
  chathttp::posix::OpenClosedStandardDescriptors();
  if (!chathttp::ParseCommandLine(argc, argv, "Runs a chat room that speaks ChatHTTP.").empty()) {
    chathttp::ExitWithUsageError("takes no arguments but flags");
  }
  return chathttp::Run();
}

#include "apps/server/config.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <utility>

#include "absl/flags/flag.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "apps/flags/command_line.h"
#include "chathttp/adapters/process_figures.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/transport/server/limit_text.h"

ABSL_FLAG(std::string, flagfile, "",
          "File of flags, one on a line, and comments, which start with #; the command line "
          "overrides it.");
ABSL_FLAG(bool, check, false, "Reads and checks all flags and the flag file, and exits.");
ABSL_FLAG(std::string, listen, "",
          "Endpoints to listen on, with commas, instead of --host and --port: "
          "127.0.0.1:9994,[::1]:9994.");
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
ABSL_FLAG(std::string, admin, "",
          "Path of a UNIX socket to listen on for the commands of chat_admin; empty: nowhere.");
ABSL_FLAG(std::string, keepalive, chathttp::posix::ToString(chathttp::posix::Keepalive()),
          "Silence of a peer after which TCP sends it probes, the interval of them, and how many; "
          "off is none.");
ABSL_FLAG(
    absl::Duration, user_timeout, chathttp::posix::TcpOptions().user_timeout,
    "Longest time in which a peer may acknowledge no byte and no probe of TCP; 0 leaves it to "
    "the system.");
ABSL_FLAG(
    std::string, threads, "1",
    "Threads that serve the room, each with its part of the connections; auto is one for each "
    "processor.");
ABSL_FLAG(
    std::string, log, "",
    "URL of a room that several servers share: redis://[USER@]HOST[:PORT]/ROOM; empty: a room of "
    "its own.");
ABSL_FLAG(bool, create, false, "Makes the log of the room of --log if there is none.");
ABSL_FLAG(std::string, log_password_file, "", "File with the password for --log, one line.");
ABSL_FLAG(std::size_t, max_connections, chathttp::ServerOptions().max_connections,
          "Most connections at the same time; further ones get 500 and are closed.");
ABSL_FLAG(std::size_t, max_members, chathttp::RoomLimits().members,
          "Most members logged in at the same time.");
ABSL_FLAG(std::size_t, max_text_bytes, chathttp::RoomLimits().text_bytes,
          "Most bytes in the entity of a POST, its line feed included.");
ABSL_FLAG(std::size_t, backlog_bytes, chathttp::ServerOptions().backlog_bytes,
          "Bytes of broadcasts kept for slow members; a member that lags by more is closed.");
ABSL_FLAG(std::size_t, partial_bytes, chathttp::ServerOptions().partial_bytes,
          "Most bytes of unfinished requests of all connections; one whose request exceeds it gets "
          "500 and is closed. Half of it holds before a login.");
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
ABSL_FLAG(
    absl::Duration, away_limit, chathttp::ServerOptions().away_limit,
    "Longest time that a member whose client asked for a session may be away after the loss of "
    "its connection; 0 is none.");
ABSL_FLAG(std::uint32_t, history, chathttp::ServerOptions().history,
          "Most broadcasts from before its login that a new member may get.");
ABSL_FLAG(std::string, history_dir, "",
          "Directory for the files of a journal of all that is said; empty: none.");
ABSL_FLAG(
    std::string, history_sync, "1s",
    "When the journal is safe from a crash of the machine: always, before anybody hears; 1s, at "
    "most so much later; never, when the system likes.");
ABSL_FLAG(std::string, history_keep, chathttp::ToString(chathttp::JournalKeep()),
          "Bytes and age of the journal beyond which its oldest files are removed.");
ABSL_FLAG(bool, history_repair, false,
          "Cuts a corrupt journal where it is corrupt, instead of ending with an error. It keeps a "
          "copy.");
ABSL_FLAG(absl::Duration, stop_limit, chathttp::ServerOptions().stop_limit,
          "Longest time in which the server waits for its peers when it stops.");
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

constexpr std::size_t kMaxThreads = 64;

// Values of flags, and the first error of one.
class Values {
 public:
  const absl::Status& status() const { return status_; }

  void Fail(const std::string& flag, std::string_view message) {
    if (!status_.ok()) return;
    status_ = absl::InvalidArgumentError(absl::StrCat(PlaceOfFlag(flag), AbslView(message)));
  }
  void Check(const std::string& flag, const absl::Status& status) {
    if (!status.ok()) Fail(flag, absl::StrCat("--", flag, ": ", status.message()));
  }
  template <typename T>
  T Parse(const std::string& flag, const std::string& text,
          absl::StatusOr<T> (*parse)(std::string_view)) {
    absl::StatusOr<T> value = parse(text);
    Check(flag, value.status());
    return value.ok() ? *std::move(value) : T();
  }

 private:
  absl::Status status_;
};

absl::StatusOr<std::vector<Endpoint>> ParseEndpoints(std::string_view text) {
  std::vector<Endpoint> endpoints;
  for (const absl::string_view part : absl::StrSplit(AbslView(text), ',')) {
    absl::StatusOr<Endpoint> endpoint = ParseEndpoint(StdView(part));
    if (!endpoint.ok()) return endpoint.status();
    endpoints.push_back(*std::move(endpoint));
  }
  return endpoints;
}

std::vector<Endpoint> ListenFromFlags(Values& values) {
  const std::string listen = absl::GetFlag(FLAGS_listen);
  if (listen.empty()) return {{absl::GetFlag(FLAGS_host), absl::GetFlag(FLAGS_port)}};
  if (IsFlagSet("host") || IsFlagSet("port")) {
    values.Fail("listen", "--listen replaces --host and --port: give either it or those");
  }
  return values.Parse("listen", listen, ParseEndpoints);
}

std::optional<ProxySettings> ProxiesFromFlags(ProxySockets sockets, Values& values) {
  const bool inherited = sockets == ProxySockets::kInherited;
  const std::string listen = absl::GetFlag(FLAGS_proxy_listen);
  const std::string from = absl::GetFlag(FLAGS_proxy_from);
  if (listen.empty() && from.empty() && !inherited) return std::nullopt;
  if (listen.empty() && !inherited) {
    values.Fail("proxy_from", "--proxy_from needs --proxy_listen=HOST:PORT");
  } else if (from.empty()) {
    values.Fail("proxy_listen",
                absl::StrCat(inherited ? "the inherited socket called proxy" : "--proxy_listen",
                             " needs the addresses of the proxies: --proxy_from=10.0.0.0/8"));
  }
  ProxySettings settings;
  if (!inherited) settings.listen = values.Parse("proxy_listen", listen, ParseEndpoint);
  settings.options.from = values.Parse("proxy_from", from, ParseIpNetworks);
  return settings;
}

std::optional<Endpoint> MetricsFromFlag(Values& values) {
  const std::string metrics = absl::GetFlag(FLAGS_metrics);
  if (metrics.empty()) return std::nullopt;
  return values.Parse("metrics", metrics, ParseEndpoint);
}

std::optional<Endpoint> AdminFromFlag() {
  const std::string path = absl::GetFlag(FLAGS_admin);
  if (path.empty()) return std::nullopt;
  return Endpoint{"unix:" + path, 0};
}

posix::TcpOptions TcpFromFlags(Values& values) {
  const absl::Duration user_timeout = absl::GetFlag(FLAGS_user_timeout);
  values.Check("user_timeout", posix::CheckUserTimeout(user_timeout));
  return {
      .keepalive = values.Parse("keepalive", absl::GetFlag(FLAGS_keepalive), posix::ParseKeepalive),
      .user_timeout = user_timeout};
}

posix::LogLevel LogLevelFromFlag(Values& values) {
  const std::string name = absl::GetFlag(FLAGS_log_level);
  const auto level = posix::ParseLogLevel(name);
  if (level) return *level;
  values.Fail("log_level", "--log_level must be debug, info, warning or error, got " + name);
  return {};
}

std::size_t ThreadsFromFlag(Values& values) {
  const std::string text = absl::GetFlag(FLAGS_threads);
  if (text == "auto") return std::min(posix::ProcessorsOfProcess(), kMaxThreads);
  std::size_t threads = 0;
  if (absl::SimpleAtoi(text, &threads) && threads >= 1 && threads <= kMaxThreads) return threads;
  values.Fail("threads",
              absl::StrCat("--threads must be auto, or from 1 to ", kMaxThreads, ", got ", text));
  return 1;
}

absl::StatusOr<std::string> PasswordFrom(std::string_view path) {
  std::ifstream file{std::string(path)};
  std::string password;
  if (!file || !std::getline(file, password) || password.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the file must be readable and have the password in its first line, got ", AbslView(path)));
  }
  return password;
}

std::optional<EngineSettings> EngineFromFlags(std::size_t threads, Values& values) {
  const std::string log = absl::GetFlag(FLAGS_log);
  const std::string password_file = absl::GetFlag(FLAGS_log_password_file);
  if (log.empty()) {
    if (absl::GetFlag(FLAGS_create))
      values.Fail("create", "--create needs --log=redis://HOST/ROOM");
    if (!password_file.empty()) {
      values.Fail("log_password_file", "--log_password_file needs --log=redis://HOST/ROOM");
    }
    return std::nullopt;
  }
  if (threads > 1) {
    values.Fail("threads",
                absl::StrCat("--threads must be 1 with --log, got ", threads,
                             ": start one chat_server for each processor, each at its own port"));
  }
  EngineSettings settings;
  settings.room = values.Parse("log", log, redis::ParseRoomUrl);
  settings.create = absl::GetFlag(FLAGS_create);
  if (!password_file.empty()) {
    settings.password = values.Parse("log_password_file", password_file, PasswordFrom);
  }
  return settings;
}

std::optional<JournalSettings> JournalFromFlags(const Config& config, Values& values) {
  JournalSettings settings;
  settings.directory = absl::GetFlag(FLAGS_history_dir);
  settings.sync = values.Parse("history_sync", absl::GetFlag(FLAGS_history_sync), ParseJournalSync);
  settings.keep = values.Parse("history_keep", absl::GetFlag(FLAGS_history_keep), ParseJournalKeep);
  settings.repair = absl::GetFlag(FLAGS_history_repair);
  if (settings.directory.empty()) {
    if (settings.repair) values.Fail("history_repair", "--history_repair needs --history_dir=DIR");
    return std::nullopt;
  }
  if (config.threads > 1 || config.engine) {
    values.Fail("history_dir", absl::StrCat("--history_dir needs --threads=1 and no --log, got ",
                                            config.engine ? "--log" : "--threads=",
                                            config.engine ? "" : absl::StrCat(config.threads)));
  }
  return settings;
}

void CheckShares(const Config& config, Values& values) {
  if (config.server.max_connections >= config.threads) return;
  values.Fail("max_connections",
              absl::StrCat("--max_connections must be at least --threads, which is ",
                           config.threads, ", got ", config.server.max_connections));
}

// The message of CheckOptions starts with the name of the option, which is that of its flag.
void Check(const ServerOptions& options, Values& values) {
  const absl::Status status = CheckOptions(options);
  if (status.ok()) return;
  const std::string_view message = StdView(status.message());
  values.Fail(std::string(message.substr(0, message.find(' '))), message);
}

ServerOptions ServerFromFlags(Values& values) {
  ServerOptions options;
  options.room.members = absl::GetFlag(FLAGS_max_members);
  options.room.text_bytes = absl::GetFlag(FLAGS_max_text_bytes);
  options.max_connections = absl::GetFlag(FLAGS_max_connections);
  options.backlog_bytes = absl::GetFlag(FLAGS_backlog_bytes);
  options.partial_bytes = absl::GetFlag(FLAGS_partial_bytes);
  options.exempt = values.Parse("exempt", absl::GetFlag(FLAGS_exempt), ParseIpNetworks);
  options.flood = values.Parse("flood", absl::GetFlag(FLAGS_flood), ParseFloodLimit);
  options.flood_limit = absl::GetFlag(FLAGS_flood_limit);
  options.per_address = absl::GetFlag(FLAGS_per_address);
  options.connect_rate =
      values.Parse("connect_rate", absl::GetFlag(FLAGS_connect_rate), ParseConnectRate);
  options.login_limit = absl::GetFlag(FLAGS_login_limit);
  options.relogin_limit = absl::GetFlag(FLAGS_relogin_limit);
  options.request_limit = absl::GetFlag(FLAGS_request_limit);
  options.stall_limit = absl::GetFlag(FLAGS_stall_limit);
  options.away_limit = absl::GetFlag(FLAGS_away_limit);
  options.history = absl::GetFlag(FLAGS_history);
  options.stop_limit = absl::GetFlag(FLAGS_stop_limit);
  options.developer = absl::GetFlag(FLAGS_developer);
  options.server = absl::GetFlag(FLAGS_server);
  options.time_zone = absl::LocalTimeZone();
  Check(options, values);
  return options;
}

// Flags that are read at the start only.
constexpr std::string_view kStartFlags[] = {"admin",          "check",
                                            "create",         "flagfile",
                                            "history_dir",    "history_keep",
                                            "history_repair", "history_sync",
                                            "host",           "keepalive",
                                            "listen",         "log",
                                            "log_file",       "log_password_file",
                                            "metrics",        "port",
                                            "proxy_from",     "proxy_listen",
                                            "threads",        "user_timeout"};

}  // namespace

absl::StatusOr<Config> ConfigFromFlags(ProxySockets sockets) {
  Values values;
  Config config;
  config.check_only = absl::GetFlag(FLAGS_check);
  config.listen = ListenFromFlags(values);
  config.proxies = ProxiesFromFlags(sockets, values);
  config.metrics = MetricsFromFlag(values);
  config.admin = AdminFromFlag();
  config.tcp = TcpFromFlags(values);
  config.threads = ThreadsFromFlag(values);
  config.engine = EngineFromFlags(config.threads, values);
  config.journal = JournalFromFlags(config, values);
  config.server = ServerFromFlags(values);
  CheckShares(config, values);
  config.log_level = LogLevelFromFlag(values);
  config.log_file = absl::GetFlag(FLAGS_log_file);
  config.flags = FlagValues();
  if (!values.status().ok()) return values.status();
  return config;
}

absl::StatusOr<Config> ConfigFromFlagFile(ProxySockets sockets) {
  absl::StatusOr<Config> config;
  absl::Status status = WithFlagFile([&] {
    config = ConfigFromFlags(sockets);
    return config.status();
  });
  if (!status.ok()) return status;
  return config;
}

ServerOptions ShareOf(const ServerOptions& options, ThreadPlace place) {
  ServerOptions share = options;
  const std::size_t rest = options.max_connections % place.count;
  share.max_connections = options.max_connections / place.count + (place.index < rest ? 1 : 0);
  share.partial_bytes = std::max<std::size_t>(1, options.partial_bytes / place.count);
  share.list_bytes = std::max<std::size_t>(1, options.list_bytes / place.count);
  return share;
}

bool HoldsUntilTheEnd(std::string_view flag) {
  return std::find(std::begin(kStartFlags), std::end(kStartFlags), flag) != std::end(kStartFlags);
}

}  // namespace chathttp

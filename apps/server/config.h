// The configuration of chat_server: its flags as values, checked.
//
//   ParseCommandLine(argc, argv, "Runs a chat room that speaks ChatHTTP.");
//   auto config = ConfigFromFlags(ProxySockets::kNone);
//   if (!config.ok()) ExitWithUsageError(config.status().message());
//
// Not thread-safe.
#ifndef CHATHTTP_APPS_SERVER_CONFIG_H_
#define CHATHTTP_APPS_SERVER_CONFIG_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "apps/server/journal_settings.h"
#include "chathttp/adapters/log.h"
#include "chathttp/adapters/redis/room_url.h"
#include "chathttp/adapters/tcp_options.h"
#include "chathttp/transport/ports/network.h"
#include "chathttp/transport/ports/ordered_log.h"
#include "chathttp/transport/proxy/proxy_network.h"
#include "chathttp/transport/server/server_options.h"

namespace chathttp {

struct ProxySettings {
  Endpoint listen;  // unused with sockets for proxies
  ProxyOptions options;
};

// The engine that keeps the log of a room for several servers.
struct EngineSettings {
  redis::RoomUrl room;
  std::string password;
  bool create = false;  // the log of the room, if there is none
};

struct Config {
  bool check_only = false;
  std::vector<Endpoint> listen;  // at least one
  std::optional<ProxySettings> proxies;
  std::optional<Endpoint> metrics;
  std::optional<Endpoint> admin;  // a UNIX socket
  posix::TcpOptions tcp;
  std::size_t threads = 1;
  std::optional<EngineSettings> engine;
  std::optional<JournalSettings> journal;
  ServerOptions server;
  posix::LogLevel log_level = posix::LogLevel::kInfo;
  std::string log_file;                      // empty: the standard error output
  std::map<std::string, std::string> flags;  // as text, by name
};

// A thread of the server: the first one has index 0, and accepts the connections of all.
struct ThreadPlace {
  std::size_t index = 0;
  std::size_t count = 1;
};

// The number of the thread's server in the log of the room.
constexpr ServerNumber NumberOfThread(ThreadPlace place) {
  return ServerNumber{static_cast<std::uint32_t>(place.index + 1)};
}

// The options of the server on a thread: its share of the limits for all connections together.
ServerOptions ShareOf(const ServerOptions& options, ThreadPlace place);

// Whether the service manager has opened sockets for proxies, which replace --proxy_listen.
enum class ProxySockets { kNone, kInherited };

// InvalidArgument names the flag, the value and the form; it starts with "FILE:LINE: " if a file set
// the flag.
absl::StatusOr<Config> ConfigFromFlags(ProxySockets sockets);

// The configuration with the flag file as it is now. The flags stay as they are. The errors of
// WithFlagFile and ConfigFromFlags.
absl::StatusOr<Config> ConfigFromFlagFile(ProxySockets sockets);

// Whether a running server cannot take another value of the flag. ChatServer::Reconfigure names the
// server options for which that holds, too.
bool HoldsUntilTheEnd(std::string_view flag);

}  // namespace chathttp

#endif  // CHATHTTP_APPS_SERVER_CONFIG_H_

// Changes the configuration of a running chat_server to that of its flag file.
//
//   Reloader reloader(config, sockets, server, threads, logger);
//   auto outcome = reloader.Reload();
//   if (outcome.ok()) ... outcome->changed ...
//
// Not thread-safe.
#ifndef CHATHTTP_APPS_SERVER_RELOAD_H_
#define CHATHTTP_APPS_SERVER_RELOAD_H_

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "apps/server/config.h"
#include "apps/server/server_threads.h"
#include "chathttp/adapters/log.h"
#include "chathttp/transport/server/chat_server.h"

namespace chathttp {

struct ReloadOutcome {
  std::vector<std::string> changed;        // "flood=5/20": these hold from now on
  std::vector<std::string> needs_restart;  // "port": these stay as they are
};

class Reloader {
 public:
  // `config` is the one that the server was started with, and `server` that of the first thread. All
  // other arguments must outlive the object.
  Reloader(const Config& config, ProxySockets sockets, ChatServer& server, ServerThreads& threads,
           posix::Logger& logger)
      : sockets_(sockets),
        server_(server),
        threads_(threads),
        logger_(logger),
        max_connections_(config.server.max_connections),
        running_(config.flags) {}

  // Reads the flag file, checks it, and has the server serve by it from the next request on. On an
  // error nothing has changed: those of ConfigFromFlagFile and ChatServer::Reconfigure.
  absl::StatusOr<ReloadOutcome> Reload();

  // The one that holds now, for all threads together.
  std::size_t max_connections() const { return max_connections_; }

 private:
  const ProxySockets sockets_;
  ChatServer& server_;
  ServerThreads& threads_;
  posix::Logger& logger_;
  std::size_t max_connections_;
  std::map<std::string, std::string> running_;  // the flags that hold, by name
};

}  // namespace chathttp

#endif  // CHATHTTP_APPS_SERVER_RELOAD_H_

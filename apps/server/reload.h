// Changes the configuration of a running chat_server to that of its flag file.
//
//   Reloader reloader(config, sockets, server, logger);
//   auto outcome = reloader.Reload();
//   if (outcome.ok()) ... outcome->changed ...
//
// Not thread-safe.
#ifndef CHATHTTP_APPS_SERVER_RELOAD_H_
#define CHATHTTP_APPS_SERVER_RELOAD_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "apps/server/config.h"
#include "chathttp/adapters/log.h"
#include "chathttp/transport/server/chat_server.h"

namespace chathttp {

struct ReloadOutcome {
  std::vector<std::string> changed;        // "flood=5/20": these hold from now on
  std::vector<std::string> needs_restart;  // "port": these stay as they are
};

class Reloader {
 public:
  // `config` is the one that the server was started with. Server and logger must outlive the object.
  Reloader(const Config& config, ProxySockets sockets, ChatServer& server, posix::Logger& logger)
      : sockets_(sockets), server_(server), logger_(logger), running_(config.flags) {}

  // Reads the flag file, checks it, and has the server serve by it from the next request on. On an
  // error nothing has changed: those of ConfigFromFlagFile and ChatServer::Reconfigure.
  absl::StatusOr<ReloadOutcome> Reload();

 private:
  const ProxySockets sockets_;
  ChatServer& server_;
  posix::Logger& logger_;
  std::map<std::string, std::string> running_;  // the flags that hold, by name
};

}  // namespace chathttp

#endif  // CHATHTTP_APPS_SERVER_RELOAD_H_

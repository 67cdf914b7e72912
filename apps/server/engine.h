// The engine of chat_server: the Redis server that keeps the log of a room for several machines.
//
//   Engine engine(network, loop, logger, settings);
//   RoomServer server(..., {.order = &engine.order()});
//   engine.Serve(server.chat(), [&] { ... listen ... }, [&](Engine::Failure failure) { ... });
//
// Use it on the thread of the loop. All arguments must outlive it; the server must not.
#ifndef CHATHTTP_APPS_SERVER_ENGINE_H_
#define CHATHTTP_APPS_SERVER_ENGINE_H_

#include <functional>
#include <string>
#include <string_view>

#include "absl/random/random.h"
#include "apps/server/config.h"
#include "chathttp/adapters/log.h"
#include "chathttp/adapters/redis/redis_log.h"
#include "chathttp/transport/metrics/server_metrics.h"
#include "chathttp/transport/ports/network.h"
#include "chathttp/transport/ports/ordered_log.h"
#include "chathttp/transport/ports/scheduler.h"
#include "chathttp/transport/server/chat_server.h"

namespace chathttp {

class Engine {
 public:
  using Failure = redis::RedisLog::Failure;

  Engine(Network& network, Scheduler& scheduler, posix::Logger& logger,
         const EngineSettings& settings);

  OrderedLog& order() { return log_; }

  // Calls `ready` when the server knows the room and may listen, once, and `failed` at most once, when
  // the server cannot go on.
  void Serve(ChatServer& server, std::function<void()> ready,
             std::function<void(const Failure&)> failed);

  EngineFigures figures() const;
  // A line for each server of the room, for operators.
  std::string Servers() const;

 private:
  Scheduler& scheduler_;
  absl::BitGen random_;
  redis::RedisLog log_;
};

}  // namespace chathttp

#endif  // CHATHTTP_APPS_SERVER_ENGINE_H_

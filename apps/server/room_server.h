// One chat server of chat_server: on its thread, with its lines of the log and its peers behind
// proxies. With --threads there are several of them, which share the room.
//
//   RoomServer server(network, loop, logger, config, {.index = 0, .count = 1}, {});
//   server.chat().Listen(network, endpoint);
//
// Use it on the thread of the loop. All arguments but the configuration must outlive it.
#ifndef CHATHTTP_APPS_SERVER_ROOM_SERVER_H_
#define CHATHTTP_APPS_SERVER_ROOM_SERVER_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <utility>

#include "apps/server/config.h"
#include "chathttp/adapters/event_loop.h"
#include "chathttp/adapters/log.h"
#include "chathttp/adapters/server_log.h"
#include "chathttp/adapters/system_entropy.h"
#include "chathttp/transport/ports/network.h"
#include "chathttp/transport/ports/ordered_log.h"
#include "chathttp/transport/proxy/proxy_network.h"
#include "chathttp/transport/server/chat_server.h"
#include "chathttp/transport/server/customers.h"
#include "chathttp/transport/server/server_event.h"

namespace chathttp {

// What the servers of one room share; null for a server on its own.
struct SharedRoom {
  OrderedLog* order = nullptr;  // as this server sees it
  Customers* customers = nullptr;
};

class RoomServer final : private ServerEvents {
 public:
  RoomServer(Network& network, posix::EventLoop& loop, posix::Logger& logger, const Config& config,
             ThreadPlace place, const SharedRoom& room);
  ~RoomServer();

  ChatServer& chat() { return *chat_; }
  const ChatServer& chat() const { return *chat_; }
  ProxyNetwork& behind_proxies() { return behind_proxies_; }

  // The connections, and those of proxies whose header has not come.
  std::size_t load() const { return chat_->connections() + behind_proxies_.waiting(); }
  // Calls `turned_away` when a connection of a proxy has ended that the server never saw.
  void OnTurnedAway(std::function<void()> turned_away) { turned_away_ = std::move(turned_away); }

 private:
  void OnServerEvent(const ServerEvent& event) override;

  const ThreadPlace place_;
  posix::SystemEntropy entropy_;
  posix::ServerLog log_;
  std::function<void()> turned_away_ = [] {};
  ProxyNetwork behind_proxies_;
  std::optional<ChatServer> chat_;
};

}  // namespace chathttp

#endif  // CHATHTTP_APPS_SERVER_ROOM_SERVER_H_

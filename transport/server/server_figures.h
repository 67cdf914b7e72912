// All figures of a server at one moment, as a value; those of several servers of one room add up.
//
//   ServerFigures all = FiguresOf(first);
//   all.AddServer(FiguresOf(second));
//
#ifndef CHATHTTP_TRANSPORT_SERVER_SERVER_FIGURES_H_
#define CHATHTTP_TRANSPORT_SERVER_SERVER_FIGURES_H_

#include <cstddef>

#include "chathttp/transport/server/chat_server.h"
#include "chathttp/transport/server/server_options.h"

namespace chathttp {

struct ServerFigures {
  // Adds those of another server of the same room. Members and broadcasts are those of the room, so
  // they stay; the histogram has a value of each server for each broadcast.
  void AddServer(const ServerFigures& other);

  ServerStats stats;
  std::size_t members = 0;  // of the room
  std::size_t connections = 0;
  std::size_t away = 0;  // members without a connection that may come back
  std::size_t blocked = 0;
  std::size_t paused = 0;
  std::size_t log_bytes = 0;
  std::size_t partial_bytes = 0;
  std::size_t held_bytes = 0;
};

// O(connections).
ServerFigures FiguresOf(const ChatServer& server);

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_SERVER_SERVER_FIGURES_H_

#include "chathttp/transport/server/server_figures.h"

namespace chathttp {

void ServerFigures::AddServer(const ServerFigures& other) {
  const ServerStats& more = other.stats;
  stats.accepted += more.accepted;
  stats.closed += more.closed;
  stats.turned_away += more.turned_away;
  stats.requests += more.requests;
  stats.replies += more.replies;
  stats.logins += more.logins;
  stats.away += more.away;
  stats.returns += more.returns;
  stats.evicted += more.evicted;
  stats.expired += more.expired;
  stats.bytes_in += more.bytes_in;
  stats.bytes_out += more.bytes_out;
  stats.turns += more.turns;
  stats.requests_by_kind += more.requests_by_kind;
  stats.closed_by_reason += more.closed_by_reason;
  stats.refusals += more.refusals;
  stats.fanout += more.fanout;
  stats.turn_time += more.turn_time;
  connections += other.connections;
  blocked += other.blocked;
  away += other.away;
  paused += other.paused;
  log_bytes += other.log_bytes;
  partial_bytes += other.partial_bytes;
  held_bytes += other.held_bytes;
}

ServerFigures FiguresOf(const ChatServer& server) {
  return {.stats = server.stats(),
          .members = server.room().members().size(),
          .connections = server.connections(),
          .away = server.away(),
          .blocked = server.blocked(),
          .paused = server.paused(),
          .log_bytes = server.log_bytes(),
          .partial_bytes = server.partial_bytes(),
          .held_bytes = server.held_bytes()};
}

}  // namespace chathttp

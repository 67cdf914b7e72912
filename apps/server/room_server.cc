#include "apps/server/room_server.h"

#include <cstdint>
#include <string_view>

namespace chathttp {

RoomServer::RoomServer(Network& network, posix::EventLoop& loop, posix::Logger& logger,
                       const Config& config, ThreadPlace place, const SharedRoom& room)
    : place_(place),
      log_(logger, loop),
      behind_proxies_(
          network, loop, config.proxies ? config.proxies->options : ProxyOptions(),
          [this](std::string_view peer, std::string_view reason) {
            OnServerEvent({.kind = ServerEvent::Kind::kTurnedAway, .peer = peer, .reason = reason});
            turned_away_();
          }) {
  const ServerOptions options = ShareOf(config.server, place);
  if (room.order == nullptr) {
    chat_.emplace(network, loop, options);
  } else {
    chat_.emplace(network, loop, options, *room.order);
  }
  if (room.customers != nullptr) chat_->ShareCustomers(*room.customers);
  chat_->UseSessions(entropy_);
  chat_->Subscribe(*this);
}

RoomServer::~RoomServer() { chat_->Unsubscribe(*this); }

void RoomServer::OnServerEvent(const ServerEvent& event) {
  const bool of_the_program = event.kind == ServerEvent::Kind::kListening ||
                              event.kind == ServerEvent::Kind::kStopping ||
                              event.kind == ServerEvent::Kind::kStopped;
  if (of_the_program && place_.index > 0) return;  // the first one logs it
  ServerEvent logged = event;
  // Each server counts its connections from 1; in the log no two have one number.
  const auto number = static_cast<std::uint64_t>(event.connection);
  if (number > 0) {
    logged.connection = ConnectionId{(number - 1) * place_.count + place_.index + 1};
  }
  log_.OnServerEvent(logged);
}

}  // namespace chathttp

#include "chathttp/transport/server/server_event.h"

namespace chathttp {

std::string_view ToString(ServerEvent::Kind kind) {
  switch (kind) {
    case ServerEvent::Kind::kListening:
      return "listening";
    case ServerEvent::Kind::kAccepted:
      return "accepted";
    case ServerEvent::Kind::kTurnedAway:
      return "turned_away";
    case ServerEvent::Kind::kEntered:
      return "entered";
    case ServerEvent::Kind::kLeft:
      return "left";
    case ServerEvent::Kind::kAway:
      return "away";
    case ServerEvent::Kind::kReturned:
      return "returned";
    case ServerEvent::Kind::kRefused:
      return "refused";
    case ServerEvent::Kind::kClosed:
      return "closed";
    case ServerEvent::Kind::kStopping:
      return "stopping";
    case ServerEvent::Kind::kStopped:
      return "stopped";
  }
  return "";
}

}  // namespace chathttp

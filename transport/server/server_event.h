// What a chat server tells its operator: one value for each thing worth a log line.
#ifndef CHATHTTP_TRANSPORT_SERVER_SERVER_EVENT_H_
#define CHATHTTP_TRANSPORT_SERVER_SERVER_EVENT_H_

#include <cstdint>
#include <string_view>

namespace chathttp {

// Numbers the connections of one server, from 1 on; never used again.
enum class ConnectionId : std::uint64_t {};

struct ServerEvent {
  enum class Kind {
    kListening,   // peer: the server's own endpoint
    kAccepted,    // connection, peer
    kTurnedAway,  // peer, reason: not accepted, or only to be told why not
    kEntered,     // connection, name
    kLeft,        // connection, name, reason: "logout", or why the connection ended
    kRefused,     // connection, name if known, reason: a request answered with 400, 401 or 500
    kClosed,      // connection, reason, bytes_in, bytes_out
    kStopping,    // reason
    kStopped,
  };
  Kind kind;
  ConnectionId connection{0};
  std::string_view peer = {};
  std::string_view name = {};  // as the peer sent it: escape before showing
  std::string_view reason = {};
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
};

// Never sees what was said. Views are valid during the call; the server must not be called back.
class ServerEvents {
 public:
  virtual void OnServerEvent(const ServerEvent& event) = 0;

 protected:
  ~ServerEvents() = default;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_SERVER_SERVER_EVENT_H_

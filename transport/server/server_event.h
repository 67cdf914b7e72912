// The events that a chat server reports to its operator; each is worth a log line.
#ifndef CHATHTTP_TRANSPORT_SERVER_SERVER_EVENT_H_
#define CHATHTTP_TRANSPORT_SERVER_SERVER_EVENT_H_

#include <cstdint>
#include <string_view>

namespace chathttp {

// Identifies a connection of one server. Counts from 1; never reused.
enum class ConnectionId : std::uint64_t {};

struct ServerEvent {
  enum class Kind {
    kListening,   // peer: the server's endpoint
    kAccepted,    // connection, peer
    kTurnedAway,  // peer, reason; connection if it has an id: gets a 500 and is closed
    kEntered,     // connection, name
    kLeft,        // connection, name, reason: "logout", or why the connection ended
    kAway,        // connection, name, reason: lost, but the member has a session and may come back
    kReturned,    // connection, name: of a member with a session
    kRefused,     // connection, name if known, reason: a request answered with 400, 401 or 500
    kClosed,      // connection, reason, bytes_in, bytes_out
    kStopping,    // reason
    kStopped,
  };
  Kind kind;
  ConnectionId connection{0};
  std::string_view peer = {};
  std::string_view name = {};  // as the peer sent it: escape it before showing
  std::string_view reason = {};
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
};

// The name of a kind, as in logs: "entered" for kEntered.
std::string_view ToString(ServerEvent::Kind kind);

// Receives the events; they never contain chat texts. Views are valid during the call. Of the
// server's methods, OnServerEvent may call Disconnect and the const ones only. It must not throw.
class ServerEvents {
 public:
  virtual void OnServerEvent(const ServerEvent& event) = 0;

 protected:
  ~ServerEvents() = default;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_SERVER_SERVER_EVENT_H_

// The client side of the protocol: connects, logs in, says, lists, leaves.
//
//   ChatClient client(network, scheduler, observer, options);
//   client.Connect({"127.0.0.1", 9994});        // event kConnected
//   client.Login("Alice");                      // kLoggedIn, or kLoginRefused: try another name
//   client.Say("Hello, everyone!");             // kMessage with own = true, once the server has it
//   client.Leave();                             // kClosed with Ending::kLeft
//
// Callers may make several requests without waiting. The client sends them in order, with at most
// max_in_flight unanswered, or one at a time to the original server (`Server: Python Socket
// Server`). Use a client only on the loop's thread.
#ifndef CHATHTTP_TRANSPORT_CLIENT_CHAT_CLIENT_H_
#define CHATHTTP_TRANSPORT_CLIENT_CHAT_CLIENT_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "chathttp/domain/limits.h"
#include "chathttp/transport/codec/message.h"
#include "chathttp/transport/codec/position.h"
#include "chathttp/transport/ports/network.h"
#include "chathttp/transport/ports/scheduler.h"

namespace chathttp {

struct ClientOptions {
  RoomLimits limits = {};                            // checked before sending
  std::size_t max_in_flight = 16;                    // requests sent but not answered
  std::size_t max_waiting = 1000;                    // requests not sent yet
  absl::Duration connect_limit = absl::Seconds(10);  // to connect, and again to the greeting
  // Between two replies while one is due. This limit and the previous one end a connection only
  // when no input is left to read, so that a suspended process does not lose it.
  absl::Duration reply_limit = absl::Seconds(30);
  absl::TimeZone time_zone = absl::UTCTimeZone();  // of `Datetime`
  // Promises the server a request at least so often, 10 to 3,600 s, so that it finds out if the
  // client vanishes behind a proxy (docs/protocol.md, "Signs of life"); 0: no promise. The caller
  // keeps the promise, see heartbeat_held.
  std::uint16_t heartbeat_seconds = 0;
};

// What a login asks for besides its name (docs/protocol.md, "Coming back"). A server that does not
// know it ignores it, and the original server is not asked.
struct LoginOptions {
  static constexpr std::uint32_t kMaxHistory = 1000;

  std::string_view session = {};  // empty: none; kNewSession; or the token of a lost login
  std::optional<Position> since = std::nullopt;  // with a token: the last position of that login
  std::uint32_t history = 0;  // without a token: so many of the latest broadcasts first
};

struct ClientEvent {
  enum class Kind {
    kConnected,     // greeted: Login may be called
    kLoggedIn,      // name, session, session_seconds, replay, gap
    kLoginRefused,  // code, reason; the connection stays: Login again
    kMessage,       // name, text, own, past
    kEntered,       // name, past
    kLeft,          // name, past
    kList,          // names, in order of login
    kPong,          // the reply to Ping; kList instead, from a server that does not know Ping
    kRefused,       // code, reason: a Say, List or Ping was not accepted; the login stands
    kNotice,        // text: any other message of the server
    kClosed,        // ending, reason; no event comes after it until Connect
  };
  enum class Ending {
    kLeft,           // after Leave
    kCannotConnect,  // no connection, or no greeting
    kRefused,        // the server gave a reason
    kLost,           // anything else
  };
  Kind kind;
  int code = 0;  // of the response, a StatusCode or any other number
  Ending ending = Ending::kLost;
  bool own = false;   // the message confirms our oldest unconfirmed Say; not if `past`
  bool past = false;  // a broadcast from before the login: of the history, or missed by the session
  std::string_view name = {};
  std::string_view text = {};
  std::string_view reason = {};  // may be from the server; escape it before showing
  std::span<const std::string_view> names = {};
  // The server's `Datetime`, read in ClientOptions::time_zone; nullopt if no response caused the
  // event, or if it cannot be read.
  std::optional<absl::Time> time = std::nullopt;
  std::string_view session = {};      // the token; empty: there is no session
  std::uint32_t session_seconds = 0;  // how long the server keeps it without a connection
  std::uint64_t replay = 0;           // so many of the next broadcasts are `past`
  // Behind the event; nullopt without a session.
  std::optional<Position> position = std::nullopt;
  // Broadcasts that the session has missed; kUnknownGap: nobody knows how many; nullopt: none.
  std::optional<std::uint64_t> gap = std::nullopt;
};

// The name of a kind, for logs: "logged_in" for kLoggedIn.
std::string_view ToString(ClientEvent::Kind kind);

class ClientObserver {
 public:
  // The views are valid during the call. The observer may call every method of the client, and may
  // destroy it.
  virtual void OnClientEvent(const ClientEvent& event) = 0;

 protected:
  ~ClientObserver() = default;
};

class ChatClient final {
 public:
  // `network`, `scheduler` and `observer` must outlive the client.
  ChatClient(Network& network, Scheduler& scheduler, ClientObserver& observer,
             const ClientOptions& options = {});
  ~ChatClient();

  // Starts to connect. FailedPrecondition: there is a connection or an attempt already.
  absl::Status Connect(const Endpoint& endpoint);

  // Requests a login. InvalidArgument: the name or an option is invalid; FailedPrecondition: not
  // connected, logged in, or a login is pending.
  absl::Status Login(std::string_view name, const LoginOptions& options = {});

  // Checks `text` in any state. InvalidArgument, with the rule as its message, if it is invalid.
  // O(size of the text).
  absl::Status CheckText(std::string_view text) const;

  // Says a text, which has no line end. InvalidArgument: the text is invalid; FailedPrecondition:
  // not logged in; ResourceExhausted: max_waiting requests wait.
  absl::Status Say(std::string_view text);

  // Requests the list of members. FailedPrecondition and ResourceExhausted as for Say.
  absl::Status List();

  // Sends a sign of life. Errors as for List.
  absl::Status Ping();

  // Logs out after all earlier requests; then kClosed comes. Without a login, closes at once.
  void Leave();

  // Drops the connection and all requests at once, without an event.
  void Drop();

  // Stops or resumes reading, for back-pressure on the server. While reading is stopped,
  // reply_limit does not apply.
  void SetReading(bool reading);

  bool connected() const;
  bool logged_in() const;
  // Whether the server ends this login without a request for 2.5 times heartbeat_seconds.
  bool heartbeat_held() const;
  // Empty before Login.
  const std::string& name() const;
  // The number of requests without a reply, sent or not.
  std::size_t unanswered() const;
  // Behind the latest broadcast of the latest login, also after its connection has ended; nullopt if
  // it has no session.
  std::optional<Position> position() const;
  // The broadcasts from before the login that are still to come.
  std::uint64_t replay_left() const;

 private:
  class Impl;
  const std::shared_ptr<Impl> impl_;  // a call in progress keeps it alive
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_CLIENT_CHAT_CLIENT_H_

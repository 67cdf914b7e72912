// A chat session that outlives its connections: it connects, logs in, and after a loss reconnects
// and logs in with the same name.
//
//   ChatSession session(network, scheduler, observer, {.random = [&] { return dice(); }});
//   session.Connect({"127.0.0.1", 9994});   // event kConnected or kClosed
//   session.Login("Alice");                 // kLoggedIn, or kNameRefused: Login with another name
//   session.Say("Hello, everyone!");        // kMessage with own = true
//   session.Leave();                        // kEnded
//
// Before the first login, a failure gives kClosed and is not retried, unless
// SessionOptions::insist is set. After it, the session retries after each loss, with growing waits.
//
// A server may offer sessions (docs/protocol.md, "Coming back"). Then the member stays in the room
// while its connection is lost, and the next login gives what was said meanwhile (`past`) or tells
// the gap. So a text that was in flight at the loss is decided: it is among these, or it is said
// again. The name is kept, too: one that is taken may be taken by the lost login of this session, so
// it is tried for as long as the server keeps it, before kNameRefused comes. A new name that is
// taken gives kNameRefused at once.
//
// The name stays taken for that time also if the ChatSession is destroyed without Leave.
//
// Without a session at the server, the name of the lost login is tried name_tries times, and a loss
// leaves the text in flight in doubt: it gives kMaybeDelivered and is never sent again. One request
// is in flight at a time, so this is one text at most. A gap does the same.
//
// The session keeps later texts, and those said without a connection, in order and sends them after
// the next login. When the session ends, it reports the texts that it has not sent as kUnsent. So no
// text is lost silently or sent twice.
//
// After `silence_limit` without input, the session requests the list; no reply within
// `answer_limit` is a loss. If `client.heartbeat_seconds` promises signs of life and the server
// holds it to that, the session pings instead, and pings when it has sent no request for that time.
// Each call is O(1), apart from the bytes of a text. Use a session only on the loop's thread.
#ifndef CHATHTTP_TRANSPORT_CLIENT_CHAT_SESSION_H_
#define CHATHTTP_TRANSPORT_CLIENT_CHAT_SESSION_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "chathttp/transport/client/backoff.h"
#include "chathttp/transport/client/chat_client.h"
#include "chathttp/transport/ports/network.h"
#include "chathttp/transport/ports/scheduler.h"

namespace chathttp {

struct SessionOptions {
  ClientOptions client = {};  // answer_limit replaces its reply_limit
  Backoff::Limits wait = {};  // between attempts to connect
  bool insist = false;        // once Login was called, retries before the first login too
  absl::Duration steady_after = absl::Seconds(10);   // a login of this length resets the wait
  absl::Duration silence_limit = absl::Seconds(60);  // without input, before a probe
  absl::Duration answer_limit = absl::Seconds(30);   // for any reply
  absl::Duration leave_limit = absl::Seconds(5);     // for a graceful Leave
  bool resume = true;         // ask for a session at the server, and come back to it
  std::uint32_t history = 0;  // so many of the latest broadcasts with the first login, 0 to 1000
  int name_tries = 3;  // with a taken name, while the session retries without one at the server
  std::size_t max_waiting = 1000;  // requests that wait to be sent
  Backoff::Random random = {};     // for the jitter of the waits
};

struct SessionEvent {
  enum class Kind {
    kConnected,       // greeted; a name given to Login before is tried now
    kLoggedIn,        // name; again: after a loss; resumed: to the session at the server; replay;
                      // gap
    kNameRefused,     // name, code, reason; the connection stays: Login with another name
    kMessage,         // name, text, own, past
    kEntered,         // name, past
    kLeft,            // name, past
    kList,            // names, in order of login; asked: requested by List, not by a probe
    kRefused,         // text (empty for a list), code, reason: not accepted; the login stands
    kNotice,          // text: any other message of the server
    kMaybeDelivered,  // text: in flight when the connection was lost, and nobody can tell
    kUnsent,          // text: given up before it was sent, by the end or by DropWaiting
    kLag,             // duration: from the latest request to its reply
    kDropped,         // reason: a login is lost; kReconnecting follows
    kReconnecting,    // duration until the next attempt, reason why it is needed
    kClosed,          // ending, reason: no connection; Connect, or Login with another name
    kEnded,           // after Leave; ending: kLost if a login could come back, else kLeft
  };
  Kind kind;
  int code = 0;
  bool own = false;   // a text of Say was said
  bool past = false;  // from before the login: of its history, or missed during a loss
  bool again = false;
  bool resumed = false;
  bool asked = false;
  ClientEvent::Ending ending = ClientEvent::Ending::kLost;
  absl::Duration duration = absl::ZeroDuration();
  std::string_view name = {};
  std::string_view text = {};
  std::string_view reason = {};  // may be from the server; escape it before showing
  // Of kLoggedIn: the token, which nobody else may see, and how long the server keeps the session without
  // a connection. Empty: there is none.
  std::string_view session = {};
  std::uint32_t session_seconds = 0;
  std::span<const std::string_view> names = {};
  std::optional<absl::Time> time = std::nullopt;  // as ClientEvent::time
  std::uint64_t replay = 0;                       // so many of the next broadcasts are `past`
  // Of kLoggedIn and broadcasts: as ClientEvent::position.
  std::optional<Position> position = std::nullopt;
  // Broadcasts that were missed since the last login; kUnknownGap: nobody knows how many, as after
  // each loss without a session at the server; nullopt: none.
  std::optional<std::uint64_t> gap = std::nullopt;
};

// The name of a kind, for logs: "maybe_delivered" for kMaybeDelivered.
std::string_view ToString(SessionEvent::Kind kind);

// A session that another ChatSession has left at the server, perhaps in a process that is gone.
struct PastSession {
  std::string name;
  std::string token;
  absl::Duration limit = absl::ZeroDuration();  // its session_seconds
  Position since;                               // broadcasts behind it come with the login
};

class SessionObserver {
 public:
  // The views are valid during the call. The observer may call every method of the session, and
  // may destroy it. Connect, Login, Reconnect, Disconnect and Leave report abandoned texts from
  // inside the call.
  virtual void OnSessionEvent(const SessionEvent& event) = 0;

 protected:
  ~SessionObserver() = default;
};

class ChatSession final {
 public:
  enum class State {
    kClosed,      // no connection, and no attempt
    kConnecting,  // for the first time or again
    kGreeted,     // connected, but a name is needed
    kLoggingIn,
    kChatting,
    kWaiting,  // for the next attempt to reconnect
    kLeaving,
  };

  // `network`, `scheduler` and `observer` must outlive the session.
  ChatSession(Network& network, Scheduler& scheduler, SessionObserver& observer,
              const SessionOptions& options = {});
  ~ChatSession();

  // Starts a new session: drops the connection and all requests of the old one, and connects. A
  // login at the same server under the same name still comes back to its session there, so Leave
  // first if another name follows: else the old name stays in the room for a while.
  void Connect(const Endpoint& endpoint);

  // The next Login under the name of `past` comes back to this session, if the server still has it. Call it
  // behind Connect. The token must have the form of one (IsToken; asserted).
  void Adopt(const PastSession& past);

  // Logs in as `name`, now or as soon as there is a connection; after kClosed, connects to the same
  // server again. A login without a reply is given up with its connection. InvalidArgument: the
  // name is invalid. FailedPrecondition: logged in, leaving, or Connect was never called.
  absl::Status Login(std::string_view name);

  // Says a text, which has no line end, now or after the next login. Each accepted text gives
  // exactly one of the events kMessage with own = true, kRefused, kMaybeDelivered, kUnsent.
  // InvalidArgument: the text is invalid; FailedPrecondition: never logged in, or leaving;
  // ResourceExhausted: max_waiting requests wait.
  absl::Status Say(std::string_view text);

  // Requests the list of members. FailedPrecondition: not logged in now; ResourceExhausted:
  // max_waiting requests wait.
  absl::Status List();

  // Gives up the texts that wait to be sent; each gives kUnsent. The text in flight stays.
  void DropWaiting();

  // Reconnects at once: ends a wait, or drops the connection; the session at the server stays.
  // FailedPrecondition: never logged in, or leaving.
  absl::Status Reconnect();

  // Drops the connection or the attempt, and makes no further attempt before Login, Reconnect or
  // Connect. The waiting texts stay, a text in doubt gives kMaybeDelivered. The session at the server
  // stays for a later Login or Reconnect with this name, until the server ends it.
  void Disconnect();

  // Sends the waiting requests, logs out, and gives kEnded; without a connection, gives kEnded at
  // once, and the server ends the session in its time.
  void Leave();

  State state() const;
  // Empty before Login.
  const std::string& name() const;
  const Endpoint& endpoint() const;
  // The texts without an outcome, in order: the one in doubt or in flight, then the waiting ones. The views are
  // valid until the next call or event. O(result).
  std::vector<std::string_view> pending_texts() const;
  // When the login or request in flight was sent, on the scale of Scheduler::Now; nullopt if no
  // reply is due.
  std::optional<absl::Time> sent_at() const;
  // When the next attempt is made, on the scale of Scheduler::Now; only while kWaiting.
  absl::Time next_attempt() const;

 private:
  class Impl;
  const std::shared_ptr<Impl> impl_;  // a call in progress keeps it alive
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_CLIENT_CHAT_SESSION_H_

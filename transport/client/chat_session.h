// A stay in a chat room that outlives its connections: connects, logs in, and after a loss comes
// back under its name.
//
//   ChatSession session(network, scheduler, observer, {.random = [&] { return dice(); }});
//   session.Connect({"127.0.0.1", 9994});   // kConnected comes, or kClosed
//   session.Login("Alice");                 // kLoggedIn, or kNameRefused: Login with another name
//   session.Say("Hello, everyone!");        // kMessage with own = true
//   session.Leave();                        // kEnded
//
// Until the first login a failure is told (kClosed) and nothing is tried again. From then on every
// loss is followed by attempts with growing waits. If the name is taken when the session comes
// back, perhaps by its own ghost, it is tried name_tries times before somebody is asked.
//
// One request is on the way at a time, so it is always known what a loss leaves in doubt: the text
// on the way, and only that one, is told as kPerhapsNotSaid and never sent again. Texts behind it,
// and those said while there is no connection, are kept in order and said after the next login.
// Whatever a session ends with is told as kNotSaid: no text gets lost in silence, or is sent twice.
//
// A link that is silent for `silence_limit` is asked for the list; no answer within `answer_limit`
// is a loss. O(1) a call, besides the bytes of a text. One thread, that of the loop.
#ifndef CHATHTTP_TRANSPORT_CLIENT_CHAT_SESSION_H_
#define CHATHTTP_TRANSPORT_CLIENT_CHAT_SESSION_H_

#include <cstddef>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "transport/client/backoff.h"
#include "transport/client/chat_client.h"
#include "transport/ports/network.h"
#include "transport/ports/scheduler.h"

namespace chathttp {

struct SessionOptions {
  ClientOptions client = {};                         // its reply_limit is answer_limit
  Backoff::Limits wait = {};                         // before an attempt to come back
  absl::Duration steady_after = absl::Seconds(10);   // a login that held so long resets the wait
  absl::Duration silence_limit = absl::Seconds(60);  // then the server is asked for a sign of life
  absl::Duration answer_limit = absl::Seconds(30);   // for any answer
  absl::Duration leave_limit = absl::Seconds(5);     // for leaving properly, then at once
  int name_tries = 3;                                // with a name that is taken, after a loss
  std::size_t max_unsaid = 100;                      // texts that wait to be said
  Backoff::Random random = {};                       // of the waits
};

struct SessionEvent {
  enum class Kind {
    kConnected,       // greeted; a name given before is tried now
    kLoggedIn,        // name; again: after a loss
    kNameRefused,     // name, code, reason; the connection stays: Login with another name
    kMessage,         // name, text, own
    kEntered,         // name
    kLeft,            // name
    kList,            // names, in order of login; asked: by List, not as a sign of life
    kRefused,         // text (empty for a list), code, reason: not accepted; the login stands
    kNotice,          // text: the server said something that is nothing of the above
    kPerhapsNotSaid,  // text: on the way when the connection was lost
    kNotSaid,         // text: still waiting when the session ended
    kLag,             // duration: from the latest request to its answer
    kDropped,         // reason: the connection is lost; kReconnecting follows
    kReconnecting,    // duration until the next attempt, reason why it is needed
    kClosed,          // ending, reason: no connection; Connect, or Login with another name
    kEnded,           // as asked for by Leave
  };
  Kind kind;
  int code = 0;
  bool own = false;
  bool again = false;
  bool asked = false;
  ClientEvent::Ending ending = ClientEvent::Ending::kLost;
  absl::Duration duration = absl::ZeroDuration();
  std::string_view name = {};
  std::string_view text = {};
  std::string_view reason = {};  // may be from the server; escape before showing
  std::span<const std::string_view> names = {};
};

class SessionObserver {
 public:
  // The views are valid during the call. Every method of the session may be called from here, but
  // it must not be destroyed. Some events come from inside a call: what Connect, Reconnect and
  // Leave give up is told by them.
  virtual void OnSessionEvent(const SessionEvent& event) = 0;

 protected:
  ~SessionObserver() = default;
};

class ChatSession final : private ClientObserver {
 public:
  enum class State {
    kClosed,      // no connection, and none is tried
    kConnecting,  // for the first time or again
    kGreeted,     // connected, but a name is needed
    kLoggingIn,
    kChatting,
    kWaiting,  // for the next attempt to come back
    kLeaving,
  };

  // All three outlive the session.
  ChatSession(Network& network, Scheduler& scheduler, SessionObserver& observer,
              const SessionOptions& options = {});
  ~ChatSession();

  // Begins to connect, giving up what there was: a session begins anew.
  void Connect(const Endpoint& endpoint);

  // Wants to be let in under `name`: now, or as soon as there is a connection; after kClosed it
  // connects to the same server again. InvalidArgument: no valid name. FailedPrecondition: logged
  // in, about to be, leaving, or there was no Connect.
  absl::Status Login(std::string_view name);

  // Says a text, without line end, now or when the connection is back. For each that is taken there
  // comes one of: kMessage with own = true, kRefused, kPerhapsNotSaid, kNotSaid. InvalidArgument:
  // no valid text; FailedPrecondition: never logged in, or leaving; ResourceExhausted: too many
  // wait.
  absl::Status Say(std::string_view text);

  // Asks who is there. FailedPrecondition: not logged in at this moment.
  absl::Status List();

  // Comes back at once: ends a wait, or drops a connection that seems dead. FailedPrecondition:
  // never logged in, or leaving.
  absl::Status Reconnect();

  // Says what waits, leaves, and tells kEnded; at once if there is no login at this moment.
  void Leave();

  State state() const { return state_; }
  // Empty before Login.
  const std::string& name() const { return name_; }
  const Endpoint& endpoint() const { return endpoint_; }
  // Texts that were not confirmed yet: on the way or waiting.
  std::size_t unsaid() const;
  // When the next attempt is made, on the scale of Scheduler::Now; only while kWaiting.
  absl::Time next_attempt() const { return next_attempt_; }

 private:
  struct Request {
    enum class Kind { kSay, kList, kProbe };
    Kind kind;
    std::string text;
  };

  void OnClientEvent(const ClientEvent& event) override;
  void OnConnected();
  void OnLoggedIn(const ClientEvent& event);
  void OnLoginRefused(const ClientEvent& event);
  void OnMessage(const ClientEvent& event);
  void OnList(const ClientEvent& event);
  void OnRefused(const ClientEvent& event);
  void OnClosed(const ClientEvent& event);
  void OnSilence();

  void Open();
  void SendLogin();
  void SendNext();
  std::optional<absl::Duration> PutAway();
  void GoOn(std::optional<absl::Duration> lag);
  void WaitAndRetry(std::string_view reason);
  void GiveUpRequestOnTheWay();
  void End();
  void Emit(const SessionEvent& event) { observer_.OnSessionEvent(event); }
  void SetTimer(TimerId& timer, absl::Duration delay, void (ChatSession::*task)());
  void CancelTimers();

  Scheduler& scheduler_;
  SessionObserver& observer_;
  const SessionOptions options_;
  ChatClient client_;
  State state_ = State::kClosed;
  Endpoint endpoint_;
  std::string name_;
  bool name_wanted_ = false;  // to be tried when there is a connection
  bool was_in_ = false;       // logged in once: losses are made good, texts are kept
  int name_refusals_ = 0;     // since the loss
  Backoff backoff_;
  absl::Time next_attempt_;
  absl::Time logged_in_at_;
  absl::Time heard_at_;  // the last sign of life
  absl::Time sent_at_;   // of the login or the request on the way
  std::optional<Request> on_the_way_;
  std::deque<Request> waiting_;
  TimerId retry_ = kNoTimer;
  TimerId silence_ = kNoTimer;
  TimerId leave_ = kNoTimer;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_CLIENT_CHAT_SESSION_H_

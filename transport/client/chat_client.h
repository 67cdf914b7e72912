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
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "chathttp/domain/limits.h"
#include "chathttp/transport/codec/message.h"
#include "chathttp/transport/codec/response_decoder.h"
#include "chathttp/transport/ports/byte_stream.h"
#include "chathttp/transport/ports/network.h"
#include "chathttp/transport/ports/scheduler.h"
#include "chathttp/transport/ports/turn.h"

namespace chathttp {

struct ClientOptions {
  RoomLimits limits = {};                            // checked before sending
  std::size_t max_in_flight = 16;                    // requests sent but not answered
  std::size_t max_waiting = 1000;                    // requests not sent yet
  absl::Duration connect_limit = absl::Seconds(10);  // to connect, and again to the greeting
  absl::Duration reply_limit = absl::Seconds(30);    // between two replies while one is due
  absl::TimeZone time_zone = absl::UTCTimeZone();    // of `Datetime`
};

struct ClientEvent {
  enum class Kind {
    kConnected,     // greeted: Login may be called
    kLoggedIn,      // name
    kLoginRefused,  // code, reason; the connection stays: Login again
    kMessage,       // name, text, own
    kEntered,       // name
    kLeft,          // name
    kList,          // names, in order of login
    kRefused,       // code, reason: a Say or List was not accepted; the login stands
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
  int code = 0;
  Ending ending = Ending::kLost;
  bool own = false;  // the message confirms our oldest unconfirmed Say
  std::string_view name = {};
  std::string_view text = {};
  std::string_view reason = {};  // may be from the server; escape it before showing
  std::span<const std::string_view> names = {};
};

class ClientObserver {
 public:
  // The views are valid during the call. The observer may call every method of the client, but must
  // not destroy it.
  virtual void OnClientEvent(const ClientEvent& event) = 0;

 protected:
  ~ClientObserver() = default;
};

class ChatClient final : private StreamObserver {
 public:
  // `network`, `scheduler` and `observer` must outlive the client.
  ChatClient(Network& network, Scheduler& scheduler, ClientObserver& observer,
             const ClientOptions& options = {});
  ~ChatClient();

  // Starts to connect. FailedPrecondition: there is a connection or an attempt already.
  absl::Status Connect(const Endpoint& endpoint);

  // Requests a login. InvalidArgument: the name is invalid; FailedPrecondition: not connected,
  // logged in, or a login is pending.
  absl::Status Login(std::string_view name);

  // Checks `text` in any state. InvalidArgument, with the rule as its message, if it is invalid.
  // O(size of the text).
  absl::Status CheckText(std::string_view text) const;

  // Says a text, which has no line end. InvalidArgument: the text is invalid; FailedPrecondition:
  // not logged in; ResourceExhausted: max_waiting requests wait.
  absl::Status Say(std::string_view text);

  // Requests the list of members. FailedPrecondition and ResourceExhausted as for Say.
  absl::Status List();

  // Logs out after all earlier requests; then kClosed comes. Without a login, closes at once.
  void Leave();

  // Drops the connection and all requests at once, without an event.
  void Drop();

  // Stops or resumes reading, for back-pressure on the server. While reading is stopped,
  // reply_limit does not apply.
  void SetReading(bool reading);

  bool connected() const { return state_ >= State::kConnected; }
  bool logged_in() const { return state_ == State::kLoggedIn; }
  const std::string& name() const { return name_; }
  // The number of requests without a reply, sent or not.
  std::size_t unanswered() const { return in_flight_.size() + waiting_.size(); }

 private:
  enum class State { kClosed, kConnecting, kGreeting, kConnected, kLoggingIn, kLoggedIn, kLeaving };
  struct Request {
    Method method;
    std::string text;
  };

  void OnReadable() override { turn_.Request(); }
  void OnWritable() override { turn_.Request(); }
  void OnConnect(absl::StatusOr<std::unique_ptr<ByteStream>> stream);

  void RunTurn();
  bool ReadSome();
  bool DecodeAll(std::string_view input);
  void SendWaiting();
  bool WriteSome();

  void OnResponse(const ResponseView& response);
  void OnGreeting(const ResponseView& response);
  void OnOk(const ResponseView& response);
  void OnError(const ResponseView& response);
  void OnReply(Method method);
  void PopAnswered();

  absl::Status Enqueue(Method method, std::string_view text);
  void Emit(const ClientEvent& event) { observer_.OnClientEvent(event); }
  void End(ClientEvent::Ending ending, std::string_view reason);
  void EndLost(std::string_view reason);
  void SetDeadline(absl::Duration limit, std::string_view what);
  void AwaitAnswer();

  Network& network_;
  Scheduler& scheduler_;
  ClientObserver& observer_;
  const ClientOptions options_;
  Turn turn_;
  State state_ = State::kClosed;
  Endpoint endpoint_;
  std::unique_ptr<ConnectAttempt> attempt_;
  std::unique_ptr<ByteStream> stream_;
  ResponseDecoder decoder_;
  std::vector<char> buffer_;
  std::string name_;
  std::string out_;  // encoded requests that the stream has not taken yet
  std::deque<Request> in_flight_;
  std::deque<Request> waiting_;
  std::string last_error_;  // the server's last error: the reason if the connection ends next
  bool original_server_ = false;
  bool reading_ = true;
  TimerId deadline_ = kNoTimer;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_CLIENT_CHAT_CLIENT_H_

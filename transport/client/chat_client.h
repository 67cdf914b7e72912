// The protocol from the other side: connects, logs in, says, lists, leaves.
//
//   ChatClient client(network, scheduler, observer, options);
//   client.Connect({"127.0.0.1", 9994});        // kConnected comes
//   client.Login("Alice");                      // kLoggedIn, or kLoginRefused: try another name
//   client.Say("Hello, everyone!");             // kMessage with own = true, when the server has it
//   client.Leave();                             // kClosed with Ending::kLeft
//
// Requests may be made one behind the other without waiting; they are sent in order, a bounded
// number in flight, and to a server of the original kind (`Server: Python Socket Server`) one at a
// time. One thread, that of the loop.
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
#include "domain/limits.h"
#include "transport/codec/message.h"
#include "transport/codec/response_decoder.h"
#include "transport/ports/byte_stream.h"
#include "transport/ports/network.h"
#include "transport/ports/scheduler.h"
#include "transport/ports/turn.h"

namespace chathttp {

struct ClientOptions {
  RoomLimits limits = {};                            // what is checked before it is sent
  std::size_t max_in_flight = 16;                    // requests sent but not answered
  std::size_t max_waiting = 1000;                    // requests not sent yet
  absl::Duration connect_limit = absl::Seconds(10);  // connecting, and again to the greeting
  absl::Duration reply_limit = absl::Seconds(30);    // between two answers while one is awaited
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
    kNotice,        // text: the server said something that is nothing of the above
    kClosed,        // ending, reason; nothing comes after it until Connect
  };
  enum class Ending {
    kLeft,           // as asked for
    kCannotConnect,  // no connection, or no greeting
    kRefused,        // the server told why it ends
    kLost,           // anything else
  };
  Kind kind;
  int code = 0;
  Ending ending = Ending::kLost;
  bool own = false;  // the message is the oldest one of ours that was not confirmed yet
  std::string_view name = {};
  std::string_view text = {};
  std::string_view reason = {};  // from the server or of our own; escape before showing
  std::span<const std::string_view> names = {};
};

class ClientObserver {
 public:
  // The views are valid during the call. Every method of the client may be called from here, but
  // it must not be destroyed.
  virtual void OnClientEvent(const ClientEvent& event) = 0;

 protected:
  ~ClientObserver() = default;
};

class ChatClient final : private StreamObserver {
 public:
  // All three outlive the client.
  ChatClient(Network& network, Scheduler& scheduler, ClientObserver& observer,
             const ClientOptions& options = {});
  ~ChatClient();

  // Begins to connect. FailedPrecondition while there is a connection or an attempt.
  absl::Status Connect(const Endpoint& endpoint);

  // Asks to be let in. InvalidArgument: no valid name; FailedPrecondition: not connected, or
  // logged in or about to be.
  absl::Status Login(std::string_view name);

  // Whether `text` may be said, apart from the state of things: InvalidArgument tells the rule.
  absl::Status CheckText(std::string_view text) const;

  // Says a text, without line end. InvalidArgument: no valid text; FailedPrecondition: not logged
  // in; ResourceExhausted: too many requests wait.
  absl::Status Say(std::string_view text);

  // Asks who is there. Errors as Say.
  absl::Status List();

  // Leaves behind all requests made so far, then kClosed comes. Without a login, at once.
  void Leave();

  // Drops the connection without a word, and without an event.
  void Drop();

  // Whether to read from the server: false holds it up, for who cannot keep pace with it. No answer
  // is missed meanwhile.
  void SetReading(bool reading);

  bool connected() const { return state_ >= State::kConnected; }
  bool logged_in() const { return state_ == State::kLoggedIn; }
  const std::string& name() const { return name_; }
  // Requests that were not answered yet, sent or not.
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
  std::string out_;  // of requests sent: what the stream did not take yet
  std::deque<Request> in_flight_;
  std::deque<Request> waiting_;
  std::string last_words_;  // of the server: the reason of its end, should that come next
  bool original_server_ = false;
  bool reading_ = true;
  TimerId deadline_ = kNoTimer;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_CLIENT_CHAT_CLIENT_H_

#include "chathttp/transport/client/chat_client.h"

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/domain/text.h"
#include "chathttp/domain/user_name.h"
#include "chathttp/transport/client/replay.h"
#include "chathttp/transport/codec/entity.h"
#include "chathttp/transport/codec/head_format.h"
#include "chathttp/transport/codec/message.h"
#include "chathttp/transport/codec/request_encoder.h"
#include "chathttp/transport/codec/response_decoder.h"
#include "chathttp/transport/codec/session_token.h"
#include "chathttp/transport/ports/byte_stream.h"
#include "chathttp/transport/ports/mark.h"
#include "chathttp/transport/ports/turn.h"

namespace chathttp {
namespace {

constexpr std::string_view kOriginalServer = "Python Socket Server";
constexpr std::size_t kReadBytes = 64 << 10;  // per turn

// Empty if a login may ask for `options`.
std::string DescribeProblem(const LoginOptions& options) {
  const bool resumes = IsToken(options.session);
  if (!options.session.empty() && options.session != kNewSession && !resumes) {
    return absl::StrCat("session: nothing, \"new\" or a token of ", kTokenDigits,
                        " hex digits in lower case");
  }
  if (options.since && !resumes) return "since: only with a token";
  if (options.history > 0 && resumes) return "history: only without a token";
  if (options.history <= LoginOptions::kMaxHistory) return "";
  return absl::StrCat("history: at most ", LoginOptions::kMaxHistory, " broadcasts, got ",
                      options.history);
}

}  // namespace

std::string_view ToString(ClientEvent::Kind kind) {
  switch (kind) {
    case ClientEvent::Kind::kConnected:
      return "connected";
    case ClientEvent::Kind::kLoggedIn:
      return "logged_in";
    case ClientEvent::Kind::kLoginRefused:
      return "login_refused";
    case ClientEvent::Kind::kMessage:
      return "message";
    case ClientEvent::Kind::kEntered:
      return "entered";
    case ClientEvent::Kind::kLeft:
      return "left";
    case ClientEvent::Kind::kList:
      return "list";
    case ClientEvent::Kind::kPong:
      return "pong";
    case ClientEvent::Kind::kRefused:
      return "refused";
    case ClientEvent::Kind::kNotice:
      return "notice";
    case ClientEvent::Kind::kClosed:
      return "closed";
  }
  return "";
}

class ChatClient::Impl final : public std::enable_shared_from_this<Impl>, private StreamObserver {
 public:
  Impl(Network& network, Scheduler& scheduler, ClientObserver& observer,
       const ClientOptions& options);

  // Drops everything and calls the observer no more: the ChatClient is gone.
  void Detach();

  // The methods of ChatClient.
  absl::Status Connect(const Endpoint& endpoint);
  absl::Status Login(std::string_view name, const LoginOptions& options);
  absl::Status CheckText(std::string_view text) const;
  absl::Status Say(std::string_view text);
  absl::Status List();
  absl::Status Ping();
  void Leave();
  void Drop();
  void SetReading(bool reading);
  bool connected() const { return state_ >= State::kConnected; }
  bool logged_in() const { return state_ == State::kLoggedIn; }
  bool heartbeat_held() const { return heartbeat_held_; }
  const std::string& name() const { return name_; }
  std::size_t unanswered() const { return in_flight_.size() + waiting_.size(); }
  std::optional<Position> position() const { return replay_.position(); }
  std::uint64_t replay_left() const { return replay_.left(); }

 private:
  enum class State { kClosed, kConnecting, kGreeting, kConnected, kLoggingIn, kLoggedIn, kLeaving };
  struct Request {
    Method method;
    std::string text;
    bool ping = false;
  };
  // The header fields of a login.
  struct LoginFields {
    std::string session;
    std::string since;
    std::string history;
  };

  void OnReadable() override { turn_.Request(); }
  void OnWritable() override { turn_.Request(); }
  void OnConnect(absl::StatusOr<std::unique_ptr<ByteStream>> stream);

  void RunTurn();
  bool ReadSome();
  bool DecodeAll(std::string_view input);
  void SendWaiting();
  void Encode(const Request& request);
  bool WriteSome();

  void OnResponse(const ResponseView& response);
  void OnGreeting(const ResponseView& response);
  void OnOk(const ResponseView& response);
  void OnError(const ResponseView& response);
  void OnLogin(const ResponseView& response);
  void OnBroadcast(ClientEvent event);
  void PopAnswered();

  absl::Status Enqueue(Request request);
  // The observer may destroy the ChatClient: then this object is detached, and lives on until the
  // call that the scheduler, the network or the program made ends.
  void Emit(ClientEvent event);
  void End(ClientEvent::Ending ending, std::string_view reason);
  void EndLost(std::string_view reason);
  void SetDeadline(absl::Duration limit, std::string_view what);
  void CancelDeadline();
  void OnDeadline(std::string reason);
  void AwaitAnswer();

  Network& network_;
  Scheduler& scheduler_;
  ClientObserver* observer_;  // null when detached
  const ClientOptions options_;
  Turn turn_;
  State state_ = State::kClosed;
  Endpoint endpoint_;
  std::unique_ptr<ConnectAttempt> attempt_;
  std::unique_ptr<ByteStream> stream_;
  ResponseDecoder decoder_;
  std::vector<char> buffer_;
  std::string name_;
  LoginFields login_;
  Replay replay_;
  std::string out_;  // encoded requests that the stream has not taken yet
  std::deque<Request> in_flight_;
  std::deque<Request> waiting_;
  std::string last_error_;  // the server's last error: the reason if the connection ends next
  std::string datetime_;    // of the latest response
  std::optional<absl::Time> datetime_time_;  // the same as an instant
  std::optional<absl::Time> response_time_;  // the same while the response is handled
  bool original_server_ = false;
  bool heartbeat_held_ = false;
  bool reading_ = true;
  TimerId deadline_ = kNoTimer;
  std::string overdue_;  // not empty: why the connection ends when no input is left
};

ChatClient::Impl::Impl(Network& network, Scheduler& scheduler, ClientObserver& observer,
                       const ClientOptions& options)
    : network_(network),
      scheduler_(scheduler),
      observer_(&observer),
      options_(options),
      turn_(scheduler, [this] { RunTurn(); }),
      buffer_(kReadBytes) {}

void ChatClient::Impl::Detach() {
  observer_ = nullptr;
  Drop();
}

void ChatClient::Impl::Emit(ClientEvent event) {
  event.time = response_time_;
  event.position = replay_.position();
  if (observer_ != nullptr) observer_->OnClientEvent(event);
}

// ---- Commands ---------------------------------------------------------------------------------

absl::Status ChatClient::Impl::Connect(const Endpoint& endpoint) {
  if (state_ != State::kClosed) return absl::FailedPreconditionError("already connected");
  Drop();
  endpoint_ = endpoint;
  state_ = State::kConnecting;
  SetDeadline(options_.connect_limit, "no connection");
  attempt_ = network_.Connect(endpoint, [this](auto stream) { OnConnect(std::move(stream)); });
  return absl::OkStatus();
}

absl::Status ChatClient::Impl::Login(std::string_view name, const LoginOptions& options) {
  if (state_ != State::kConnected) {
    return absl::FailedPreconditionError(connected() ? "already logged in" : "not connected");
  }
  if (std::string problem = DescribeNameProblem(name, options_.limits); !problem.empty()) {
    return absl::InvalidArgumentError(problem);
  }
  if (std::string problem = DescribeProblem(options); !problem.empty()) {
    return absl::InvalidArgumentError(problem);
  }
  name_ = name;
  login_ = {};
  if (!original_server_) {
    login_.session = options.session;
    if (options.since) login_.since = ToString(*options.since);
    if (options.history > 0) login_.history = std::to_string(options.history);
  }
  state_ = State::kLoggingIn;
  return Enqueue({Method::kAdd, ""});
}

absl::Status ChatClient::Impl::CheckText(std::string_view text) const {
  // On the wire the text's line feed counts.
  const std::string problem = DescribeTextProblem(text, options_.limits.text_bytes - 1);
  return problem.empty() ? absl::OkStatus() : absl::InvalidArgumentError(problem);
}

absl::Status ChatClient::Impl::Say(std::string_view text) {
  if (absl::Status status = CheckText(text); !status.ok()) return status;
  return Enqueue({Method::kPost, std::string(text)});
}

absl::Status ChatClient::Impl::List() { return Enqueue({Method::kGet, ""}); }

absl::Status ChatClient::Impl::Ping() { return Enqueue({Method::kGet, "", true}); }

void ChatClient::Impl::Leave() {
  const std::shared_ptr<Impl> alive = shared_from_this();
  response_time_.reset();  // no response causes what follows
  if (state_ == State::kClosed || state_ == State::kLeaving) return;
  if (state_ == State::kLoggedIn) {
    waiting_.push_back({Method::kDelete, ""});
    state_ = State::kLeaving;
    turn_.Request();
  } else {
    End(ClientEvent::Ending::kLeft, "");
  }
}

void ChatClient::Impl::Drop() {
  CancelDeadline();
  attempt_.reset();
  stream_.reset();
  // decoder_ stays: an event in progress may have views of it.
  out_.clear();
  in_flight_.clear();
  waiting_.clear();
  last_error_.clear();
  original_server_ = heartbeat_held_ = false;
  state_ = State::kClosed;
}

void ChatClient::Impl::SetReading(bool reading) {
  if (reading == reading_) return;
  reading_ = reading;
  if (!in_flight_.empty()) AwaitAnswer();
  turn_.Request();
}

absl::Status ChatClient::Impl::Enqueue(Request request) {
  if (request.method != Method::kAdd && state_ != State::kLoggedIn) {
    return absl::FailedPreconditionError("not logged in");
  }
  if (waiting_.size() >= options_.max_waiting) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "at most ", options_.max_waiting, " requests may wait to be sent, try again later"));
  }
  waiting_.push_back(std::move(request));
  turn_.Request();
  return absl::OkStatus();
}

// ---- Stream -----------------------------------------------------------------------------------

void ChatClient::Impl::OnConnect(absl::StatusOr<std::unique_ptr<ByteStream>> stream) {
  const std::shared_ptr<Impl> alive = shared_from_this();
  if (!stream.ok()) {
    return End(ClientEvent::Ending::kCannotConnect, std::string(stream.status().message()));
  }
  attempt_.reset();
  stream_ = *std::move(stream);
  decoder_ = ResponseDecoder();
  stream_->Observe(*this);
  state_ = State::kGreeting;
  SetDeadline(options_.connect_limit, "no greeting");
}

void ChatClient::Impl::RunTurn() {
  const std::shared_ptr<Impl> alive = shared_from_this();
  if (stream_ == nullptr || !ReadSome()) return;
  SendWaiting();
  WriteSome();
}

// ReadSome, DecodeAll and WriteSome return whether the connection still exists.
bool ChatClient::Impl::ReadSome() {
  if (!reading_) return true;
  const IoResult result = stream_->Read(buffer_);
  switch (result.status) {
    case IoStatus::kWouldBlock:
      if (overdue_.empty()) return true;
      EndLost(std::exchange(overdue_, ""));
      return false;
    case IoStatus::kEndOfStream:
      EndLost("server closed the connection");
      return false;
    case IoStatus::kBroken:
      EndLost(stream_->broken_reason());
      return false;
    case IoStatus::kProgress:
      break;
  }
  turn_.Request();  // read again, until kWouldBlock
  return DecodeAll({buffer_.data(), result.bytes});
}

bool ChatClient::Impl::DecodeAll(std::string_view input) {
  const ByteStream* const stream = stream_.get();
  while (!input.empty()) {
    const DecodeResult result = decoder_.Decode(input);
    input.remove_prefix(result.consumed);
    if (result.status == DecodeStatus::kError) {
      const std::string reason = absl::StrCat("not a ChatHTTP server: ", decoder_.error().reason());
      const bool greeted = connected();
      End(greeted ? ClientEvent::Ending::kLost : ClientEvent::Ending::kCannotConnect, reason);
      return false;
    }
    if (result.status == DecodeStatus::kMessage) OnResponse(decoder_.response());
    if (stream_.get() != stream) return false;
  }
  return true;
}

void ChatClient::Impl::SendWaiting() {
  const std::size_t most = original_server_ ? 1 : options_.max_in_flight;
  while (!waiting_.empty() && in_flight_.size() < most) {
    Request request = std::move(waiting_.front());
    waiting_.pop_front();
    Encode(request);
    in_flight_.push_back(std::move(request));
    if (in_flight_.size() == 1) AwaitAnswer();
  }
  if (!waiting_.empty()) CHATHTTP_MARK("client-in-flight-full");
}

void ChatClient::Impl::Encode(const Request& request) {
  const std::string entity = request.method == Method::kPost ? request.text + "\n" : "";
  RequestToSend fields = {.method = request.method,
                          .host = endpoint_.host,
                          .user_agent = name_,
                          .ping = request.ping,
                          .entity = entity};
  if (request.method == Method::kAdd) {
    fields.heartbeat = options_.heartbeat_seconds;
    fields.session = login_.session;
    fields.since = login_.since;
    fields.history = login_.history;
  }
  AppendRequest(fields, scheduler_.WallNow(), options_.time_zone, out_);
}

bool ChatClient::Impl::WriteSome() {
  if (out_.empty()) return true;
  const std::string_view pieces[] = {out_};
  const IoResult result = stream_->Write(pieces);
  if (result.status == IoStatus::kBroken) {
    CHATHTTP_MARK("client-write-broken");
    // The server's last responses may still be readable; reading finds the end afterwards.
    out_.clear();
    return true;
  }
  if (result.bytes < out_.size()) CHATHTTP_MARK("client-write-partial");
  out_.erase(0, result.bytes);
  // The original server does not reply to DELETE.
  const bool left = original_server_ && out_.empty() && !in_flight_.empty() &&
                    in_flight_.front().method == Method::kDelete;
  if (left) {
    CHATHTTP_MARK("client-drops-without-reply");
    End(ClientEvent::Ending::kLeft, "");
  }
  return !left;
}

// ---- Responses --------------------------------------------------------------------------------

void ChatClient::Impl::OnResponse(const ResponseView& response) {
  last_error_.clear();
  if (response.datetime != datetime_) {
    datetime_ = response.datetime;
    datetime_time_ = ReadDatetime(datetime_, options_.time_zone);
  }
  response_time_ = datetime_time_;
  if (state_ == State::kGreeting) {
    OnGreeting(response);
  } else if (response.code == static_cast<int>(StatusCode::kOk)) {
    OnOk(response);
  } else {
    OnError(response);
  }
  response_time_.reset();
}

void ChatClient::Impl::OnGreeting(const ResponseView& response) {
  if (response.code != static_cast<int>(StatusCode::kAccept)) {
    return End(ClientEvent::Ending::kRefused, std::string(response.entity));
  }
  original_server_ = response.server == kOriginalServer;
  if (original_server_) CHATHTTP_MARK("client-original-server");
  state_ = State::kConnected;
  CancelDeadline();
  Emit({.kind = ClientEvent::Kind::kConnected});
}

void ChatClient::Impl::OnOk(const ResponseView& response) {
  const Entity entity = ClassifyEntity(response.entity);
  const bool awaited = !in_flight_.empty();
  switch (entity.kind) {
    case Entity::Kind::kEntered:
      return OnBroadcast({.kind = ClientEvent::Kind::kEntered, .name = entity.name});
    case Entity::Kind::kLeft:
      return OnBroadcast({.kind = ClientEvent::Kind::kLeft, .name = entity.name});
    case Entity::Kind::kMessage:
      return OnBroadcast(
          {.kind = ClientEvent::Kind::kMessage, .name = entity.name, .text = entity.text});
    case Entity::Kind::kList:
      // A server that does not know `Ping` answers with the list.
      if (awaited && in_flight_.front().method == Method::kGet) PopAnswered();
      return Emit({.kind = ClientEvent::Kind::kList, .names = entity.names});
    case Entity::Kind::kReply:
      break;
  }
  // A text and a list have recognisable replies, so this entity can only answer something else.
  if (awaited && in_flight_.front().method == Method::kAdd) return OnLogin(response);
  if (awaited && in_flight_.front().method == Method::kDelete) {
    return End(ClientEvent::Ending::kLeft, "");
  }
  const bool pong = awaited && in_flight_.front().ping;
  if (pong) PopAnswered();
  Emit({.kind = pong ? ClientEvent::Kind::kPong : ClientEvent::Kind::kNotice,
        .text = pong ? std::string_view() : response.entity});
}

// A replayed broadcast is older than the reply to the login, so it answers nothing.
void ChatClient::Impl::OnBroadcast(ClientEvent event) {
  const bool member = state_ == State::kLoggedIn || state_ == State::kLeaving;
  event.past = member && replay_.Receive();
  event.own = event.kind == ClientEvent::Kind::kMessage && !event.past && !in_flight_.empty() &&
              in_flight_.front().method == Method::kPost && event.name == name_ &&
              event.text == in_flight_.front().text;
  if (event.own) PopAnswered();
  Emit(event);
}

// Removes the oldest request in flight after its reply.
void ChatClient::Impl::PopAnswered() {
  in_flight_.pop_front();
  AwaitAnswer();
  turn_.Request();
}

void ChatClient::Impl::OnLogin(const ResponseView& response) {
  PopAnswered();
  state_ = State::kLoggedIn;
  heartbeat_held_ = options_.heartbeat_seconds > 0 && response.heartbeat > 0;
  replay_.Start(response, login_.session);
  const bool has_session = !replay_.session().empty();
  const bool has_gap = has_session && response.gap.value_or(0) > 0;
  Emit({.kind = ClientEvent::Kind::kLoggedIn,
        .name = name_,
        .session = replay_.session(),
        .session_seconds = has_session ? response.session_seconds : 0,
        .replay = replay_.left(),
        .gap = has_gap ? response.gap : std::nullopt});
}

void ChatClient::Impl::OnError(const ResponseView& response) {
  const std::string reason(response.entity);
  // An error that answers a text or a list is not the reason if the connection ends next; an error
  // that answers a login may be (the login was too late).
  const bool answers = !in_flight_.empty() && in_flight_.front().method != Method::kAdd;
  const bool taken = response.code == static_cast<int>(StatusCode::kUserNameExist);
  const bool broken = response.code == static_cast<int>(StatusCode::kInternalServerError);
  if (broken || !(answers || taken)) last_error_ = reason;
  if (in_flight_.empty()) {
    CHATHTTP_MARK("client-error-unasked");
    return;
  }
  const Method method = in_flight_.front().method;
  PopAnswered();
  if (method == Method::kDelete) return End(ClientEvent::Ending::kLeft, "");
  const bool login = method == Method::kAdd;
  if (login) state_ = State::kConnected;
  Emit({.kind = login ? ClientEvent::Kind::kLoginRefused : ClientEvent::Kind::kRefused,
        .code = response.code,
        .reason = reason});
}

// ---- End --------------------------------------------------------------------------------------

void ChatClient::Impl::End(ClientEvent::Ending ending, std::string_view reason) {
  const std::string kept(reason);  // a copy: Drop may clear what `reason` points to
  Drop();
  Emit({.kind = ClientEvent::Kind::kClosed, .ending = ending, .reason = kept});
}

void ChatClient::Impl::EndLost(std::string_view reason) {
  if (!last_error_.empty()) return End(ClientEvent::Ending::kRefused, last_error_);
  const bool greeted = connected();
  End(greeted ? ClientEvent::Ending::kLost : ClientEvent::Ending::kCannotConnect, reason);
}

void ChatClient::Impl::AwaitAnswer() {
  if (!in_flight_.empty() && reading_) return SetDeadline(options_.reply_limit, "no answer");
  CancelDeadline();
}

void ChatClient::Impl::CancelDeadline() {
  scheduler_.Cancel(std::exchange(deadline_, kNoTimer));
  overdue_.clear();
}

void ChatClient::Impl::SetDeadline(absl::Duration limit, std::string_view what) {
  CancelDeadline();
  std::string reason = absl::StrCat(AbslView(what), " within ", absl::FormatDuration(limit));
  deadline_ = scheduler_.RunAt(scheduler_.Now() + limit, [this, reason = std::move(reason)] {
    deadline_ = kNoTimer;
    OnDeadline(reason);
  });
}

// The timer may run before input that arrived in time, for example after the process was suspended.
// So the connection ends only when no input is left.
void ChatClient::Impl::OnDeadline(std::string reason) {
  const std::shared_ptr<Impl> alive = shared_from_this();
  if (stream_ == nullptr || !reading_) return EndLost(reason);
  overdue_ = std::move(reason);
  RunTurn();
}

// ---- ChatClient -------------------------------------------------------------------------------

ChatClient::ChatClient(Network& network, Scheduler& scheduler, ClientObserver& observer,
                       const ClientOptions& options)
    : impl_(std::make_shared<Impl>(network, scheduler, observer, options)) {}

ChatClient::~ChatClient() { impl_->Detach(); }

absl::Status ChatClient::Connect(const Endpoint& endpoint) { return impl_->Connect(endpoint); }

absl::Status ChatClient::Login(std::string_view name, const LoginOptions& options) {
  return impl_->Login(name, options);
}

absl::Status ChatClient::CheckText(std::string_view text) const { return impl_->CheckText(text); }

absl::Status ChatClient::Say(std::string_view text) { return impl_->Say(text); }

absl::Status ChatClient::List() { return impl_->List(); }

absl::Status ChatClient::Ping() { return impl_->Ping(); }

void ChatClient::Leave() { impl_->Leave(); }

void ChatClient::Drop() { impl_->Drop(); }

void ChatClient::SetReading(bool reading) { impl_->SetReading(reading); }

bool ChatClient::connected() const { return impl_->connected(); }

bool ChatClient::logged_in() const { return impl_->logged_in(); }

bool ChatClient::heartbeat_held() const { return impl_->heartbeat_held(); }

const std::string& ChatClient::name() const { return impl_->name(); }

std::size_t ChatClient::unanswered() const { return impl_->unanswered(); }

std::optional<Position> ChatClient::position() const { return impl_->position(); }

std::uint64_t ChatClient::replay_left() const { return impl_->replay_left(); }

}  // namespace chathttp

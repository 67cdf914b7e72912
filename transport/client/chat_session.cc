#include "chathttp/transport/client/chat_session.h"

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/user_name.h"
#include "chathttp/transport/client/kept_session.h"
#include "chathttp/transport/codec/message.h"
#include "chathttp/transport/codec/session_token.h"

namespace chathttp {
namespace {

ClientOptions WithAnswerLimit(const SessionOptions& options) {
  ClientOptions client = options.client;
  client.reply_limit = options.answer_limit;
  return client;
}

constexpr std::string_view kNameTaken = "the name is taken";

}  // namespace

std::string_view ToString(SessionEvent::Kind kind) {
  switch (kind) {
    case SessionEvent::Kind::kConnected:
      return "connected";
    case SessionEvent::Kind::kLoggedIn:
      return "logged_in";
    case SessionEvent::Kind::kNameRefused:
      return "name_refused";
    case SessionEvent::Kind::kMessage:
      return "message";
    case SessionEvent::Kind::kEntered:
      return "entered";
    case SessionEvent::Kind::kLeft:
      return "left";
    case SessionEvent::Kind::kList:
      return "list";
    case SessionEvent::Kind::kRefused:
      return "refused";
    case SessionEvent::Kind::kNotice:
      return "notice";
    case SessionEvent::Kind::kMaybeDelivered:
      return "maybe_delivered";
    case SessionEvent::Kind::kUnsent:
      return "unsent";
    case SessionEvent::Kind::kLag:
      return "lag";
    case SessionEvent::Kind::kDropped:
      return "dropped";
    case SessionEvent::Kind::kReconnecting:
      return "reconnecting";
    case SessionEvent::Kind::kClosed:
      return "closed";
    case SessionEvent::Kind::kEnded:
      return "ended";
  }
  return "";
}

class ChatSession::Impl final : public std::enable_shared_from_this<Impl>, private ClientObserver {
 public:
  Impl(Network& network, Scheduler& scheduler, SessionObserver& observer,
       const SessionOptions& options);

  // Drops everything and calls the observer no more: the ChatSession is gone.
  void Detach();

  // The methods of ChatSession.
  void Connect(const Endpoint& endpoint);
  void Adopt(const PastSession& past);
  absl::Status Login(std::string_view name);
  absl::Status Say(std::string_view text);
  absl::Status List();
  void DropWaiting();
  absl::Status Reconnect();
  void Disconnect();
  void Leave();
  State state() const { return state_; }
  const std::string& name() const { return name_; }
  const Endpoint& endpoint() const { return endpoint_; }
  std::vector<std::string_view> pending_texts() const;
  std::optional<absl::Time> sent_at() const {
    return state_ == State::kLoggingIn || in_flight_ ? std::optional(sent_at_) : std::nullopt;
  }
  absl::Time next_attempt() const { return next_attempt_; }

 private:
  struct Request {
    enum class Kind { kSay, kList, kProbe };
    Kind kind;
    std::string text;
  };

  void OnClientEvent(const ClientEvent& event) override;
  void OnConnected(const ClientEvent& event);
  void OnLoggedIn(const ClientEvent& event);
  void OnLoginRefused(const ClientEvent& event);
  void OnMessage(const ClientEvent& event);
  void OnNotice(SessionEvent::Kind kind, const ClientEvent& event);
  void OnReplayed();
  void OnList(const ClientEvent& event);
  void OnRefused(const ClientEvent& event);
  void OnClosed(const ClientEvent& event);
  absl::Duration ProbeInterval() const;
  void OnSilence();

  // Whether a failure is followed by another attempt.
  bool retries() const {
    return name_wanted_ && (logged_in_before_ || options_.insist || kept_.trying());
  }
  void Open();
  void SendLogin();
  void SendNext();
  std::optional<absl::Duration> TakeAnswered();
  void ContinueAfter(std::optional<absl::Duration> lag);
  void WaitAndRetry(std::string_view reason, absl::Duration longest = absl::InfiniteDuration());
  void DropConnection();
  void KeepInDoubt();
  void AbandonInFlight();
  void AbandonInDoubt();
  void End();
  // The observer may destroy the ChatSession: then this object is detached, and lives on until the
  // call that the scheduler, the client or the program made ends.
  void Emit(const SessionEvent& event) {
    if (observer_ != nullptr) observer_->OnSessionEvent(event);
  }
  void SetTimer(TimerId& timer, absl::Duration delay, void (Impl::*task)());
  void CancelTimers();

  Scheduler& scheduler_;
  SessionObserver* observer_;  // null when detached
  const SessionOptions options_;
  ChatClient client_;
  State state_ = State::kClosed;
  Endpoint endpoint_;
  std::string name_;
  bool name_wanted_ = false;       // log in as soon as there is a connection
  bool logged_in_before_ = false;  // then losses are retried, and texts are kept
  bool name_held_ = false;         // name_ was logged in before
  int name_refusals_ = 0;          // since the last loss
  Backoff backoff_;
  absl::Time next_attempt_;
  absl::Time logged_in_at_;
  absl::Time last_received_at_;  // the last input from the server
  absl::Time sent_at_;           // when the login or request in flight was sent
  KeptSession kept_;
  std::string sent_token_;  // by the login in progress; empty: none
  std::optional<Request> in_flight_;
  // A text that was in flight at a loss. The replay after the next login decides it, unless
  // broadcasts are missing.
  std::optional<std::string> in_doubt_;
  bool missed_some_ = false;  // since in_doubt_ was sent
  std::deque<Request> waiting_;
  TimerId retry_ = kNoTimer;
  TimerId silence_ = kNoTimer;
  TimerId leave_ = kNoTimer;
};

ChatSession::Impl::Impl(Network& network, Scheduler& scheduler, SessionObserver& observer,
                        const SessionOptions& options)
    : scheduler_(scheduler),
      observer_(&observer),
      options_(options),
      client_(network, scheduler, *this, WithAnswerLimit(options)),
      backoff_(options.wait, options.random) {}

void ChatSession::Impl::Detach() {
  observer_ = nullptr;
  CancelTimers();
  client_.Drop();
  state_ = State::kClosed;
}

// ---- Commands ---------------------------------------------------------------------------------

void ChatSession::Impl::Connect(const Endpoint& endpoint) {
  DropConnection();
  state_ = State::kClosed;
  logged_in_before_ = name_wanted_ = false;
  name_refusals_ = 0;
  kept_.RestartTime();
  backoff_.Reset();
  if (endpoint != endpoint_) kept_.Forget();
  endpoint_ = endpoint;
  AbandonInDoubt();
  AbandonInFlight();
  DropWaiting();
  if (state_ == State::kClosed) Open();
}

void ChatSession::Impl::Adopt(const PastSession& past) {
  assert(IsToken(past.token));
  kept_.Adopt(past.name, past.token, past.limit, past.since);
}

absl::Status ChatSession::Impl::Login(std::string_view name) {
  if (std::string problem = DescribeNameProblem(name, options_.client.limits); !problem.empty()) {
    return absl::InvalidArgumentError(problem);
  }
  if (state_ == State::kChatting) {
    return absl::FailedPreconditionError(
        absl::StrCat("already logged in as ", name_, ", leave first"));
  }
  if (state_ == State::kLeaving) return absl::FailedPreconditionError("leaving");
  if (endpoint_.host.empty()) {
    return absl::FailedPreconditionError("no server was named, connect first");
  }
  const bool in_progress = state_ == State::kLoggingIn;
  if (in_progress) DropConnection();
  const bool resumes = !kept_.TokenFor(name).empty();
  name_ = resumes ? kept_.name() : name;
  name_wanted_ = true;
  name_held_ = false;
  name_refusals_ = 0;
  kept_.RestartTime();
  if (state_ == State::kGreeted) {
    SendLogin();
  } else if (in_progress || state_ == State::kClosed) {
    Open();
  }
  if (!resumes) AbandonInDoubt();
  return absl::OkStatus();
}

absl::Status ChatSession::Impl::Say(std::string_view text) {
  if (absl::Status status = client_.CheckText(text); !status.ok()) return status;
  if (!logged_in_before_) return absl::FailedPreconditionError("not logged in");
  if (state_ == State::kLeaving) return absl::FailedPreconditionError("leaving");
  if (waiting_.size() >= options_.max_waiting) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "at most ", options_.max_waiting, " texts may wait to be sent, try again later"));
  }
  waiting_.push_back({Request::Kind::kSay, std::string(text)});
  SendNext();
  return absl::OkStatus();
}

absl::Status ChatSession::Impl::List() {
  if (state_ != State::kChatting) {
    return absl::FailedPreconditionError("not connected, try again when the connection is back");
  }
  if (waiting_.size() >= options_.max_waiting) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "at most ", options_.max_waiting, " requests may wait to be sent, try again later"));
  }
  waiting_.push_back({Request::Kind::kList, ""});
  SendNext();
  return absl::OkStatus();
}

void ChatSession::Impl::DropWaiting() {
  for (const Request& request : std::exchange(waiting_, {})) {
    if (request.kind == Request::Kind::kSay) {
      Emit({.kind = SessionEvent::Kind::kUnsent, .text = request.text});
    }
  }
}

absl::Status ChatSession::Impl::Reconnect() {
  if (!logged_in_before_)
    return absl::FailedPreconditionError("not logged in, so there is nothing to regain");
  if (state_ == State::kLeaving) return absl::FailedPreconditionError("leaving");
  DropConnection();
  KeepInDoubt();
  name_wanted_ = true;
  name_refusals_ = 0;
  kept_.RestartTime();
  backoff_.Reset();
  Open();
  AbandonInFlight();
  return absl::OkStatus();
}

void ChatSession::Impl::Disconnect() {
  DropConnection();
  state_ = State::kClosed;
  name_wanted_ = false;
  AbandonInDoubt();
  AbandonInFlight();
}

void ChatSession::Impl::Leave() {
  if (state_ == State::kLeaving) return;
  if (state_ != State::kChatting) return End();
  state_ = State::kLeaving;
  SetTimer(leave_, options_.leave_limit, &Impl::End);
  SendNext();
}

std::vector<std::string_view> ChatSession::Impl::pending_texts() const {
  std::vector<std::string_view> texts;
  const auto add = [&texts](const Request& request) {
    if (request.kind == Request::Kind::kSay) texts.emplace_back(request.text);
  };
  if (in_doubt_) texts.emplace_back(*in_doubt_);
  if (in_flight_) add(*in_flight_);
  for (const Request& request : waiting_) add(request);
  return texts;
}

// ---- Requests ---------------------------------------------------------------------------------

void ChatSession::Impl::Open() {
  if (observer_ == nullptr) return;
  state_ = State::kConnecting;
  // Connect fails only if there is a connection, and there is none.
  client_.Connect(endpoint_).IgnoreError();
}

void ChatSession::Impl::SendLogin() {
  state_ = State::kLoggingIn;
  sent_at_ = scheduler_.Now();
  sent_token_ = options_.resume ? kept_.TokenFor(name_) : std::string_view();
  LoginOptions login;
  if (!sent_token_.empty()) {
    login = {.session = sent_token_, .since = kept_.since() ? kept_.since() : client_.position()};
  } else {
    if (options_.resume) login.session = kNewSession;
    if (!logged_in_before_) login.history = std::min(options_.history, LoginOptions::kMaxHistory);
  }
  // Login cannot fail: the name is valid, and the client is connected without a login.
  client_.Login(name_, login).IgnoreError();
}

void ChatSession::Impl::SendNext() {
  if (state_ != State::kChatting && state_ != State::kLeaving) return;
  if (client_.unanswered() > 0) return;
  // Later texts wait until the one in doubt is decided.
  const bool next_is_text = waiting_.empty() || waiting_.front().kind == Request::Kind::kSay;
  if (in_doubt_ && next_is_text) return;
  // The request may have had a reply that the client did not recognise: then the outcome is
  // unknown.
  AbandonInFlight();
  if (waiting_.empty()) {
    if (state_ == State::kLeaving) client_.Leave();
    return;
  }
  in_flight_ = std::move(waiting_.front());
  waiting_.pop_front();
  sent_at_ = scheduler_.Now();
  // No call can fail: the text is valid, and the client is logged in and idle.
  switch (in_flight_->kind) {
    case Request::Kind::kSay:
      return client_.Say(in_flight_->text).IgnoreError();
    case Request::Kind::kList:
      return client_.List().IgnoreError();
    case Request::Kind::kProbe:
      return (client_.heartbeat_held() ? client_.Ping() : client_.List()).IgnoreError();
  }
}

// ---- Events of the client ---------------------------------------------------------------------

void ChatSession::Impl::OnClientEvent(const ClientEvent& event) {
  const std::shared_ptr<Impl> alive = shared_from_this();
  last_received_at_ = scheduler_.Now();
  switch (event.kind) {
    case ClientEvent::Kind::kConnected:
      return OnConnected(event);
    case ClientEvent::Kind::kLoggedIn:
      return OnLoggedIn(event);
    case ClientEvent::Kind::kLoginRefused:
      return OnLoginRefused(event);
    case ClientEvent::Kind::kMessage:
      return OnMessage(event);
    case ClientEvent::Kind::kEntered:
      return OnNotice(SessionEvent::Kind::kEntered, event);
    case ClientEvent::Kind::kLeft:
      return OnNotice(SessionEvent::Kind::kLeft, event);
    case ClientEvent::Kind::kList:
      return OnList(event);
    case ClientEvent::Kind::kRefused:
      return OnRefused(event);
    case ClientEvent::Kind::kPong:
      return ContinueAfter(TakeAnswered());
    case ClientEvent::Kind::kNotice:
      return Emit({.kind = SessionEvent::Kind::kNotice, .text = event.text, .time = event.time});
    case ClientEvent::Kind::kClosed:
      return OnClosed(event);
  }
}

void ChatSession::Impl::OnConnected(const ClientEvent& event) {
  state_ = State::kGreeted;
  Emit({.kind = SessionEvent::Kind::kConnected, .time = event.time});
  if (state_ == State::kGreeted && name_wanted_) SendLogin();
}

void ChatSession::Impl::OnLoggedIn(const ClientEvent& event) {
  state_ = State::kChatting;
  name_held_ = true;
  name_refusals_ = 0;
  logged_in_at_ = scheduler_.Now();
  const bool again = std::exchange(logged_in_before_, true);
  const bool resumed = !sent_token_.empty() && event.session == sent_token_;
  std::optional<std::uint64_t> gap = event.gap;
  if (again && !resumed) gap = kUnknownGap;
  missed_some_ = missed_some_ || gap.has_value();
  if (options_.resume) kept_.OnLoggedIn(event);
  SetTimer(silence_, ProbeInterval(), &Impl::OnSilence);
  const absl::Duration lag = scheduler_.Now() - sent_at_;
  Emit({.kind = SessionEvent::Kind::kLoggedIn,
        .again = again,
        .resumed = resumed,
        .name = event.name,
        .session = event.session,
        .session_seconds = event.session_seconds,
        .time = event.time,
        .replay = event.replay,
        .position = event.position,
        .gap = gap});
  Emit({.kind = SessionEvent::Kind::kLag, .duration = lag});
  event.replay == 0 ? OnReplayed() : SendNext();
}

// The replay has ended, so a text in doubt was said if the replay had it; if broadcasts are missing,
// nobody knows.
void ChatSession::Impl::OnReplayed() {
  if (state_ != State::kChatting && state_ != State::kLeaving) return;
  if (in_doubt_ && missed_some_) {
    AbandonInDoubt();
  } else if (in_doubt_) {
    waiting_.push_front({Request::Kind::kSay, *std::exchange(in_doubt_, std::nullopt)});
  }
  SendNext();
}

void ChatSession::Impl::OnLoginRefused(const ClientEvent& event) {
  state_ = State::kGreeted;
  const bool taken = event.code == static_cast<int>(StatusCode::kUserNameExist);
  const bool cannot = event.code == static_cast<int>(StatusCode::kInternalServerError);
  if (!taken && !cannot && !sent_token_.empty()) {  // the token is refused
    kept_.ForgetToken();
    return SendLogin();
  }
  if (taken && kept_.MayHold(name_)) {
    const absl::Duration left = kept_.TimeLeft(scheduler_.Now());
    if (left > absl::ZeroDuration()) {
      client_.Drop();  // a server allows few refusals on a connection
      return WaitAndRetry(kNameTaken, left);
    }
  } else {
    // The server may not have noticed the loss, so the name may become free; so may a full room.
    const bool lost_name = taken && (name_held_ || options_.insist);
    const bool again = cannot || (lost_name && ++name_refusals_ < options_.name_tries);
    if (retries() && again) {
      if (cannot) client_.Drop();
      return WaitAndRetry(taken ? kNameTaken : event.reason);
    }
  }
  name_wanted_ = false;
  const std::string name = name_;  // a copy: the observer may call Login
  Emit({.kind = SessionEvent::Kind::kNameRefused,
        .code = event.code,
        .name = name,
        .reason = event.reason,
        .time = event.time});
  AbandonInDoubt();  // no login comes back to the session
}

// The next three call TakeAnswered before Emit, since the observer may make the next request.

void ChatSession::Impl::OnMessage(const ClientEvent& event) {
  const std::optional<absl::Duration> lag = event.own ? TakeAnswered() : std::nullopt;
  const bool decided =
      event.past && in_doubt_ && event.name == client_.name() && event.text == *in_doubt_;
  if (decided) in_doubt_.reset();
  const bool replayed = event.past && client_.replay_left() == 0;
  Emit({.kind = SessionEvent::Kind::kMessage,
        .own = event.own || decided,
        .past = event.past,
        .name = event.name,
        .text = event.text,
        .time = event.time,
        .position = event.position});
  replayed ? OnReplayed() : ContinueAfter(lag);
}

void ChatSession::Impl::OnNotice(SessionEvent::Kind kind, const ClientEvent& event) {
  const bool replayed = event.past && client_.replay_left() == 0;
  Emit({.kind = kind,
        .past = event.past,
        .name = event.name,
        .time = event.time,
        .position = event.position});
  if (replayed) OnReplayed();
}

void ChatSession::Impl::OnList(const ClientEvent& event) {
  const bool awaited = in_flight_ && in_flight_->kind != Request::Kind::kSay;
  const bool asked = awaited && in_flight_->kind == Request::Kind::kList;
  const std::optional<absl::Duration> lag = awaited ? TakeAnswered() : std::nullopt;
  Emit({.kind = SessionEvent::Kind::kList,
        .asked = asked,
        .names = event.names,
        .time = event.time});
  ContinueAfter(lag);
}

void ChatSession::Impl::OnRefused(const ClientEvent& event) {
  const std::string text = in_flight_ ? in_flight_->text : "";
  const std::optional<absl::Duration> lag = TakeAnswered();
  Emit({.kind = SessionEvent::Kind::kRefused,
        .code = event.code,
        .text = text,
        .reason = event.reason,
        .time = event.time});
  ContinueAfter(lag);
}

// Removes the request in flight if it was answered, and returns its lag; otherwise nullopt.
std::optional<absl::Duration> ChatSession::Impl::TakeAnswered() {
  if (!in_flight_ || client_.unanswered() > 0) return std::nullopt;
  in_flight_.reset();
  return scheduler_.Now() - sent_at_;
}

// Reports the lag and sends the next request, unless the observer has dropped the connection.
void ChatSession::Impl::ContinueAfter(std::optional<absl::Duration> lag) {
  if (!lag || (state_ != State::kChatting && state_ != State::kLeaving)) return;
  Emit({.kind = SessionEvent::Kind::kLag, .duration = *lag});
  SendNext();
}

// The longest time without a request that the server allows, of those that are not too long.
absl::Duration ChatSession::Impl::ProbeInterval() const {
  if (!client_.heartbeat_held()) return options_.silence_limit;
  return std::min(options_.silence_limit, absl::Seconds(options_.client.heartbeat_seconds));
}

void ChatSession::Impl::OnSilence() {
  if (state_ != State::kChatting) return;
  const absl::Time now = scheduler_.Now();
  absl::Time due = last_received_at_ + options_.silence_limit;
  if (client_.heartbeat_held()) due = std::min(due, sent_at_ + ProbeInterval());
  // A request in flight needs no probe: it has its own limit, and is a sign of life itself.
  if (due <= now && client_.unanswered() == 0) {
    waiting_.push_front({Request::Kind::kProbe, ""});
    SendNext();
  }
  SetTimer(silence_, due <= now ? ProbeInterval() : due - now, &Impl::OnSilence);
}

// ---- Loss and end -----------------------------------------------------------------------------

void ChatSession::Impl::OnClosed(const ClientEvent& event) {
  if (state_ == State::kLeaving) {
    if (event.ending == ClientEvent::Ending::kLeft) kept_.Forget();
    return End();
  }
  const bool was_chatting = state_ == State::kChatting;
  DropConnection();
  std::erase_if(waiting_,
                [](const Request& request) { return request.kind != Request::Kind::kSay; });
  if (was_chatting && scheduler_.Now() - logged_in_at_ >= options_.steady_after) {
    backoff_.Reset();
  }
  if (retries()) {
    state_ = State::kWaiting;
    KeepInDoubt();
    if (was_chatting) Emit({.kind = SessionEvent::Kind::kDropped, .reason = event.reason});
    AbandonInFlight();
    if (state_ == State::kWaiting) WaitAndRetry(event.reason);
    return;
  }
  state_ = State::kClosed;
  Emit({.kind = SessionEvent::Kind::kClosed, .ending = event.ending, .reason = event.reason});
}

// Waits at most `longest`.
void ChatSession::Impl::WaitAndRetry(std::string_view reason, absl::Duration longest) {
  state_ = State::kWaiting;
  const absl::Duration wait =
      std::min({backoff_.Next(), longest, kept_.LongestWait(scheduler_.Now())});
  next_attempt_ = scheduler_.Now() + wait;
  scheduler_.Cancel(retry_);
  retry_ = scheduler_.RunAt(next_attempt_, [this] {
    const std::shared_ptr<Impl> alive = shared_from_this();
    retry_ = kNoTimer;
    client_.connected() ? SendLogin() : Open();
  });
  Emit({.kind = SessionEvent::Kind::kReconnecting, .duration = wait, .reason = reason});
}

// Every way to lose or give up the connection. The state is still that before.
void ChatSession::Impl::DropConnection() {
  CancelTimers();
  if (state_ == State::kLoggingIn && options_.resume) {
    kept_.OnLoginLost(name_, scheduler_.Now());
  }
  if (state_ == State::kChatting) kept_.OnLost(scheduler_.Now());
  client_.Drop();
}

// With a session, the next login decides a text in flight.
void ChatSession::Impl::KeepInDoubt() {
  if (!in_flight_ || kept_.TokenFor(name_).empty()) return;
  if (in_flight_->kind == Request::Kind::kSay) {
    in_doubt_ = std::move(in_flight_->text);
    missed_some_ = false;
  }
  in_flight_.reset();
}

void ChatSession::Impl::AbandonInDoubt() {
  const std::optional<std::string> text = std::exchange(in_doubt_, std::nullopt);
  if (text) Emit({.kind = SessionEvent::Kind::kMaybeDelivered, .text = *text});
}

void ChatSession::Impl::AbandonInFlight() {
  const std::optional<Request> request = std::exchange(in_flight_, std::nullopt);
  if (request && request->kind == Request::Kind::kSay) {
    Emit({.kind = SessionEvent::Kind::kMaybeDelivered, .text = request->text});
  }
}

void ChatSession::Impl::End() {
  DropConnection();
  state_ = State::kClosed;
  logged_in_before_ = name_wanted_ = false;
  AbandonInDoubt();
  AbandonInFlight();
  DropWaiting();
  // The observer may have started the next session.
  const auto ending =
      kept_.name().empty() ? ClientEvent::Ending::kLeft : ClientEvent::Ending::kLost;
  if (state_ == State::kClosed) Emit({.kind = SessionEvent::Kind::kEnded, .ending = ending});
}

void ChatSession::Impl::SetTimer(TimerId& timer, absl::Duration delay, void (Impl::*task)()) {
  if (observer_ == nullptr) return;
  scheduler_.Cancel(timer);
  timer = scheduler_.RunAt(scheduler_.Now() + delay, [this, &timer, task] {
    const std::shared_ptr<Impl> alive = shared_from_this();
    timer = kNoTimer;
    (this->*task)();
  });
}

void ChatSession::Impl::CancelTimers() {
  for (TimerId* const timer : {&retry_, &silence_, &leave_}) {
    scheduler_.Cancel(std::exchange(*timer, kNoTimer));
  }
}

// ---- ChatSession ------------------------------------------------------------------------------

ChatSession::ChatSession(Network& network, Scheduler& scheduler, SessionObserver& observer,
                         const SessionOptions& options)
    : impl_(std::make_shared<Impl>(network, scheduler, observer, options)) {}

ChatSession::~ChatSession() { impl_->Detach(); }

void ChatSession::Connect(const Endpoint& endpoint) {
  const std::shared_ptr<Impl> alive = impl_;
  alive->Connect(endpoint);
}

void ChatSession::Adopt(const PastSession& past) { impl_->Adopt(past); }

absl::Status ChatSession::Login(std::string_view name) {
  const std::shared_ptr<Impl> alive = impl_;
  return alive->Login(name);
}

absl::Status ChatSession::Say(std::string_view text) {
  const std::shared_ptr<Impl> alive = impl_;
  return alive->Say(text);
}

absl::Status ChatSession::List() {
  const std::shared_ptr<Impl> alive = impl_;
  return alive->List();
}

void ChatSession::DropWaiting() {
  const std::shared_ptr<Impl> alive = impl_;
  alive->DropWaiting();
}

absl::Status ChatSession::Reconnect() {
  const std::shared_ptr<Impl> alive = impl_;
  return alive->Reconnect();
}

void ChatSession::Disconnect() {
  const std::shared_ptr<Impl> alive = impl_;
  alive->Disconnect();
}

void ChatSession::Leave() {
  const std::shared_ptr<Impl> alive = impl_;
  alive->Leave();
}

ChatSession::State ChatSession::state() const { return impl_->state(); }

const std::string& ChatSession::name() const { return impl_->name(); }

const Endpoint& ChatSession::endpoint() const { return impl_->endpoint(); }

std::vector<std::string_view> ChatSession::pending_texts() const { return impl_->pending_texts(); }

std::optional<absl::Time> ChatSession::sent_at() const { return impl_->sent_at(); }

absl::Time ChatSession::next_attempt() const { return impl_->next_attempt(); }

}  // namespace chathttp

#include "chathttp/transport/client/chat_session.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/user_name.h"
#include "chathttp/transport/codec/message.h"

namespace chathttp {
namespace {

ClientOptions WithAnswerLimit(const SessionOptions& options) {
  ClientOptions client = options.client;
  client.reply_limit = options.answer_limit;
  return client;
}

}  // namespace

ChatSession::ChatSession(Network& network, Scheduler& scheduler, SessionObserver& observer,
                         const SessionOptions& options)
    : scheduler_(scheduler),
      observer_(observer),
      options_(options),
      client_(network, scheduler, *this, WithAnswerLimit(options)),
      backoff_(options.wait, options.random) {}

ChatSession::~ChatSession() { CancelTimers(); }

// ---- Commands ---------------------------------------------------------------------------------

void ChatSession::Connect(const Endpoint& endpoint) {
  CancelTimers();
  client_.Drop();
  state_ = State::kClosed;
  logged_in_before_ = name_wanted_ = false;
  name_refusals_ = 0;
  backoff_.Reset();
  endpoint_ = endpoint;
  AbandonInFlight();
  for (const Request& request : std::exchange(waiting_, {})) {
    if (request.kind == Request::Kind::kSay) {
      Emit({.kind = SessionEvent::Kind::kNotSaid, .text = request.text});
    }
  }
  if (state_ == State::kClosed) Open();
}

absl::Status ChatSession::Login(std::string_view name) {
  if (std::string problem = DescribeNameProblem(name, options_.client.limits); !problem.empty()) {
    return absl::InvalidArgumentError(problem);
  }
  if (state_ == State::kLoggingIn || state_ == State::kChatting) {
    return absl::FailedPreconditionError(
        absl::StrCat("already logged in as ", name_, ", leave first"));
  }
  if (state_ == State::kLeaving) return absl::FailedPreconditionError("leaving");
  if (endpoint_.host.empty()) {
    return absl::FailedPreconditionError("no server was named, connect first");
  }
  name_ = name;
  name_wanted_ = true;
  name_refusals_ = 0;
  if (state_ == State::kGreeted) SendLogin();
  if (state_ == State::kClosed) Open();
  return absl::OkStatus();
}

absl::Status ChatSession::Say(std::string_view text) {
  if (absl::Status status = client_.CheckText(text); !status.ok()) return status;
  if (!logged_in_before_) return absl::FailedPreconditionError("not logged in");
  if (state_ == State::kLeaving) return absl::FailedPreconditionError("leaving");
  if (waiting_.size() >= options_.max_unsaid) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "at most ", options_.max_unsaid, " texts may wait to be said, try again later"));
  }
  waiting_.push_back({Request::Kind::kSay, std::string(text)});
  SendNext();
  return absl::OkStatus();
}

absl::Status ChatSession::List() {
  if (state_ != State::kChatting) {
    return absl::FailedPreconditionError("not connected, try again when the connection is back");
  }
  if (waiting_.size() >= options_.max_unsaid) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "at most ", options_.max_unsaid, " requests may wait to be sent, try again later"));
  }
  waiting_.push_back({Request::Kind::kList, ""});
  SendNext();
  return absl::OkStatus();
}

absl::Status ChatSession::Reconnect() {
  if (!logged_in_before_)
    return absl::FailedPreconditionError("not logged in, so there is nothing to regain");
  if (state_ == State::kLeaving) return absl::FailedPreconditionError("leaving");
  CancelTimers();
  client_.Drop();
  name_wanted_ = true;
  name_refusals_ = 0;
  backoff_.Reset();
  Open();
  AbandonInFlight();
  return absl::OkStatus();
}

void ChatSession::Leave() {
  if (state_ == State::kLeaving) return;
  if (state_ != State::kChatting) return End();
  state_ = State::kLeaving;
  SetTimer(leave_, options_.leave_limit, &ChatSession::End);
  SendNext();
}

std::size_t ChatSession::unsaid() const {
  const auto is_text = [](const Request& request) { return request.kind == Request::Kind::kSay; };
  const auto waiting = std::count_if(waiting_.begin(), waiting_.end(), is_text);
  return static_cast<std::size_t>(waiting) + (in_flight_ && is_text(*in_flight_) ? 1 : 0);
}

// ---- Requests ---------------------------------------------------------------------------------

void ChatSession::Open() {
  state_ = State::kConnecting;
  // Connect fails only if there is a connection, and there is none.
  client_.Connect(endpoint_).IgnoreError();
}

void ChatSession::SendLogin() {
  state_ = State::kLoggingIn;
  sent_at_ = scheduler_.Now();
  // Login cannot fail: the name is valid, and the client is connected without a login.
  client_.Login(name_).IgnoreError();
}

void ChatSession::SendNext() {
  if (state_ != State::kChatting && state_ != State::kLeaving) return;
  if (client_.unanswered() > 0) return;
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
  // Neither call can fail: the text is valid, and the client is logged in and idle.
  const bool says = in_flight_->kind == Request::Kind::kSay;
  (says ? client_.Say(in_flight_->text) : client_.List()).IgnoreError();
}

// ---- Events of the client ---------------------------------------------------------------------

void ChatSession::OnClientEvent(const ClientEvent& event) {
  last_received_at_ = scheduler_.Now();
  switch (event.kind) {
    case ClientEvent::Kind::kConnected:
      return OnConnected();
    case ClientEvent::Kind::kLoggedIn:
      return OnLoggedIn(event);
    case ClientEvent::Kind::kLoginRefused:
      return OnLoginRefused(event);
    case ClientEvent::Kind::kMessage:
      return OnMessage(event);
    case ClientEvent::Kind::kEntered:
      return Emit({.kind = SessionEvent::Kind::kEntered, .name = event.name});
    case ClientEvent::Kind::kLeft:
      return Emit({.kind = SessionEvent::Kind::kLeft, .name = event.name});
    case ClientEvent::Kind::kList:
      return OnList(event);
    case ClientEvent::Kind::kRefused:
      return OnRefused(event);
    case ClientEvent::Kind::kNotice:
      return Emit({.kind = SessionEvent::Kind::kNotice, .text = event.text});
    case ClientEvent::Kind::kClosed:
      return OnClosed(event);
  }
}

void ChatSession::OnConnected() {
  state_ = State::kGreeted;
  Emit({.kind = SessionEvent::Kind::kConnected});
  if (state_ == State::kGreeted && name_wanted_) SendLogin();
}

void ChatSession::OnLoggedIn(const ClientEvent& event) {
  state_ = State::kChatting;
  name_refusals_ = 0;
  logged_in_at_ = scheduler_.Now();
  const bool again = std::exchange(logged_in_before_, true);
  SetTimer(silence_, options_.silence_limit, &ChatSession::OnSilence);
  const absl::Duration lag = scheduler_.Now() - sent_at_;
  Emit({.kind = SessionEvent::Kind::kLoggedIn, .again = again, .name = event.name});
  Emit({.kind = SessionEvent::Kind::kLag, .duration = lag});
  SendNext();
}

void ChatSession::OnLoginRefused(const ClientEvent& event) {
  state_ = State::kGreeted;
  const bool taken = event.code == static_cast<int>(StatusCode::kUserNameExist);
  const bool cannot = event.code == static_cast<int>(StatusCode::kInternalServerError);
  // The server may not have noticed the loss, so the name may become free; so may a full room.
  const bool again = cannot || (taken && ++name_refusals_ < options_.name_tries);
  if (logged_in_before_ && again) {
    if (cannot) client_.Drop();
    return WaitAndRetry(taken ? "the name is taken" : event.reason);
  }
  name_wanted_ = false;
  Emit({.kind = SessionEvent::Kind::kNameRefused,
        .code = event.code,
        .name = name_,
        .reason = event.reason});
}

// The next three call TakeAnswered before Emit, since the observer may make the next request.

void ChatSession::OnMessage(const ClientEvent& event) {
  const std::optional<absl::Duration> lag = event.own ? TakeAnswered() : std::nullopt;
  Emit({.kind = SessionEvent::Kind::kMessage,
        .own = event.own,
        .name = event.name,
        .text = event.text});
  ContinueAfter(lag);
}

void ChatSession::OnList(const ClientEvent& event) {
  const bool awaited = in_flight_ && in_flight_->kind != Request::Kind::kSay;
  const bool asked = awaited && in_flight_->kind == Request::Kind::kList;
  const std::optional<absl::Duration> lag = awaited ? TakeAnswered() : std::nullopt;
  Emit({.kind = SessionEvent::Kind::kList, .asked = asked, .names = event.names});
  ContinueAfter(lag);
}

void ChatSession::OnRefused(const ClientEvent& event) {
  const std::string text = in_flight_ ? in_flight_->text : "";
  const std::optional<absl::Duration> lag = TakeAnswered();
  Emit({.kind = SessionEvent::Kind::kRefused,
        .code = event.code,
        .text = text,
        .reason = event.reason});
  ContinueAfter(lag);
}

// Removes the request in flight if it was answered, and returns its lag; otherwise nullopt.
std::optional<absl::Duration> ChatSession::TakeAnswered() {
  if (!in_flight_ || client_.unanswered() > 0) return std::nullopt;
  in_flight_.reset();
  return scheduler_.Now() - sent_at_;
}

// Reports the lag and sends the next request, unless the observer has dropped the connection.
void ChatSession::ContinueAfter(std::optional<absl::Duration> lag) {
  if (!lag || (state_ != State::kChatting && state_ != State::kLeaving)) return;
  Emit({.kind = SessionEvent::Kind::kLag, .duration = *lag});
  SendNext();
}

void ChatSession::OnSilence() {
  if (state_ != State::kChatting) return;
  const absl::Duration silence = scheduler_.Now() - last_received_at_;
  const bool silent = silence >= options_.silence_limit;
  // A request in flight needs no probe: it has its own limit.
  if (silent && client_.unanswered() == 0) {
    waiting_.push_front({Request::Kind::kProbe, ""});
    SendNext();
  }
  SetTimer(silence_, silent ? options_.silence_limit : options_.silence_limit - silence,
           &ChatSession::OnSilence);
}

// ---- Loss and end -----------------------------------------------------------------------------

void ChatSession::OnClosed(const ClientEvent& event) {
  if (state_ == State::kLeaving) return End();
  const bool was_chatting = state_ == State::kChatting;
  CancelTimers();
  std::erase_if(waiting_,
                [](const Request& request) { return request.kind != Request::Kind::kSay; });
  if (was_chatting && scheduler_.Now() - logged_in_at_ >= options_.steady_after) {
    backoff_.Reset();
  }
  if (logged_in_before_ && name_wanted_) {
    state_ = State::kWaiting;
    if (was_chatting) Emit({.kind = SessionEvent::Kind::kDropped, .reason = event.reason});
    AbandonInFlight();
    if (state_ == State::kWaiting) WaitAndRetry(event.reason);
    return;
  }
  state_ = State::kClosed;
  Emit({.kind = SessionEvent::Kind::kClosed, .ending = event.ending, .reason = event.reason});
}

void ChatSession::WaitAndRetry(std::string_view reason) {
  state_ = State::kWaiting;
  const absl::Duration wait = backoff_.Next();
  next_attempt_ = scheduler_.Now() + wait;
  scheduler_.Cancel(retry_);
  retry_ = scheduler_.RunAt(next_attempt_, [this] {
    retry_ = kNoTimer;
    client_.connected() ? SendLogin() : Open();
  });
  Emit({.kind = SessionEvent::Kind::kReconnecting, .duration = wait, .reason = reason});
}

void ChatSession::AbandonInFlight() {
  const std::optional<Request> request = std::exchange(in_flight_, std::nullopt);
  if (request && request->kind == Request::Kind::kSay) {
    Emit({.kind = SessionEvent::Kind::kPerhapsNotSaid, .text = request->text});
  }
}

void ChatSession::End() {
  CancelTimers();
  client_.Drop();
  state_ = State::kClosed;
  logged_in_before_ = name_wanted_ = false;
  AbandonInFlight();
  for (const Request& request : std::exchange(waiting_, {})) {
    if (request.kind == Request::Kind::kSay) {
      Emit({.kind = SessionEvent::Kind::kNotSaid, .text = request.text});
    }
  }
  Emit({.kind = SessionEvent::Kind::kEnded});
}

void ChatSession::SetTimer(TimerId& timer, absl::Duration delay, void (ChatSession::*task)()) {
  scheduler_.Cancel(timer);
  timer = scheduler_.RunAt(scheduler_.Now() + delay, [this, &timer, task] {
    timer = kNoTimer;
    (this->*task)();
  });
}

void ChatSession::CancelTimers() {
  for (TimerId* const timer : {&retry_, &silence_, &leave_}) {
    scheduler_.Cancel(std::exchange(*timer, kNoTimer));
  }
}

}  // namespace chathttp

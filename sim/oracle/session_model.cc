#include "chathttp/sim/oracle/session_model.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/sim/oracle/rules.h"
#include "chathttp/sim/world/raw_text.h"
#include "chathttp/transport/codec/message.h"

namespace chathttp::sim {
namespace {

std::string Describe(const ReportedSessionEvent& event) {
  std::string shown(ToString(event.kind));
  if (event.code != 0) absl::StrAppend(&shown, " ", event.code);
  if (!event.name.empty()) absl::StrAppend(&shown, " ", event.name);
  if (!event.text.empty()) absl::StrAppend(&shown, " \"", EscapedStart(event.text, 60), "\"");
  if (!event.reason.empty()) absl::StrAppend(&shown, " because of \"", Escaped(event.reason), "\"");
  if (!event.names.empty()) absl::StrAppend(&shown, " ", absl::StrJoin(event.names, ","));
  if (event.own) shown += ", own";
  if (event.past) shown += ", past";
  if (event.again) shown += ", again";
  if (event.resumed) shown += ", resumed";
  if (event.replay > 0) absl::StrAppend(&shown, ", replay ", event.replay);
  if (event.position) absl::StrAppend(&shown, ", at ", ToString(*event.position));
  if (event.gap) absl::StrAppend(&shown, ", gap ", *event.gap);
  if (event.asked) shown += ", asked";
  if (event.time) absl::StrAppend(&shown, ", of ", absl::FormatTime(*event.time));
  if (event.duration != absl::ZeroDuration()) {
    absl::StrAppend(&shown, ", ", absl::FormatDuration(event.duration));
  }
  return shown;
}

ClientOptions WithAnswerLimit(const SessionOptions& options) {
  ClientOptions client = options.client;
  client.reply_limit = options.answer_limit;
  return client;
}

}  // namespace

SessionModel::SessionModel(const WorldRecord& record,
                           std::vector<const ConnectionRecord*> connections)
    : record_(record),
      options_(record.session_options),
      client_options_(WithAnswerLimit(options_)),
      client_(record, client_options_, std::move(connections)),
      wait_(options_.wait.first) {}

std::string SessionModel::Take(const ClientEntry& entry) {
  lost_ = lost_ || client_.blind();
  if (lost_) return "";
  if (std::string problem = Advance(entry.at); !problem.empty()) return problem;
  if (const auto* call = std::get_if<SessionCall>(&entry.what)) return OnCall(*call);
  if (const auto* reported = std::get_if<ReportedSessionEvent>(&entry.what)) {
    return OnReported(*reported);
  }
  const auto& port = std::get<PortEvent>(entry.what);
  if (port.kind == PortEvent::Kind::kTimer) {
    RunTimers(port.due);
    return "";
  }
  const bool moves = port.kind == PortEvent::Kind::kRead || port.kind == PortEvent::Kind::kWrite;
  if (moves && !expected_.empty()) return Omission();
  std::string problem = client_.OnPort(port);
  TakeClientEvents();
  return problem;
}

std::string SessionModel::Advance(absl::Duration now) {
  std::string problem;
  if (now > now_) problem = Omission();
  if (problem.empty()) problem = client_.Advance(now);
  if (problem.empty()) {
    problem = Overdue(now - (!record_.simulated ? absl::Seconds(1) : record_.max_wake_delay));
  }
  now_ = now;
  return problem;
}

// What a timer that was due before `latest` has not done. Timers run at whole nanoseconds.
std::string SessionModel::Overdue(absl::Duration latest) {
  const auto is_missed = [&](const std::optional<absl::Duration>& timer) {
    return timer && *timer + absl::Nanoseconds(1) <= latest;
  };
  const auto missed = [&](const std::optional<absl::Duration>& timer, std::string_view what) {
    if (!is_missed(timer)) return std::string();
    return absl::StrCat("did not ", AbslView(what), " at ", absl::FormatDuration(*timer));
  };
  std::string problem = missed(leave_at_, "end");
  if (problem.empty()) problem = missed(retry_at_, "connect or log in");
  if (!problem.empty() || !is_missed(silence_at_)) return problem;
  const absl::Duration due = ProbeDue();
  const bool silent = *silence_at_ >= due;
  if (silent && client_.unanswered() == 0) return missed(silence_at_, "give a sign of life");
  silence_at_ = silent ? *silence_at_ + ProbeInterval() : due;
  return "";
}

std::string SessionModel::Omission() const {
  if (expected_.empty()) return "";
  return absl::StrCat("did not report: ", Describe(expected_.front()));
}

std::string SessionModel::Finish() {
  if (lost_ || client_.blind()) return "";
  std::string problem = Omission();
  if (problem.empty()) problem = client_.Finish();
  if (problem.empty() && !destroyed_) problem = "the record has no end";
  return problem;
}

// ---- Calls ------------------------------------------------------------------------------------

std::string SessionModel::OnCall(const SessionCall& call) {
  static constexpr std::string_view kNames[] = {"Connect",     "Login",     "Say",
                                                "List",        "Reconnect", "Disconnect",
                                                "DropWaiting", "Leave",     "~ChatSession"};
  const absl::StatusCode expected = StatusOf(call);
  if (call.status.code() != expected) {
    return absl::StrCat(AbslView(kNames[static_cast<std::size_t>(call.kind)]), " \"",
                        EscapedStart(call.text, 60), "\" gave ",
                        absl::StatusCodeToString(call.status.code()), ", expected ",
                        absl::StatusCodeToString(expected));
  }
  if (!call.status.ok()) return call.status.message().empty() ? "a call failed mutely" : "";
  Perform(call);
  TakeClientEvents();
  return "";
}

absl::StatusCode SessionModel::StatusOf(const SessionCall& call) const {
  using enum absl::StatusCode;
  switch (call.kind) {
    case SessionCall::Kind::kLogin:
      return StatusOfLogin(call.text);
    case SessionCall::Kind::kSay:
      return StatusOfSay(call.text);
    case SessionCall::Kind::kList:
      return state_ == State::kChatting ? StatusOfRequest() : kFailedPrecondition;
    case SessionCall::Kind::kReconnect:
      return logged_in_before_ && state_ != State::kLeaving ? kOk : kFailedPrecondition;
    default:
      return kOk;
  }
}

absl::StatusCode SessionModel::StatusOfLogin(std::string_view name) const {
  if (!IsName(name, options_.client.limits.name_bytes) || IsReserved(name)) {
    return absl::StatusCode::kInvalidArgument;
  }
  const bool busy = state_ == State::kChatting || state_ == State::kLeaving || !ever_connected_;
  return busy ? absl::StatusCode::kFailedPrecondition : absl::StatusCode::kOk;
}

absl::StatusCode SessionModel::StatusOfSay(std::string_view text) const {
  // The limit is one of the entity, which ends with a line feed.
  if (!IsText(text) || text.size() >= options_.client.limits.text_bytes) {
    return absl::StatusCode::kInvalidArgument;
  }
  if (!logged_in_before_ || state_ == State::kLeaving) {
    return absl::StatusCode::kFailedPrecondition;
  }
  return StatusOfRequest();
}

absl::StatusCode SessionModel::StatusOfRequest() const {
  return waiting_.size() < options_.max_waiting ? absl::StatusCode::kOk
                                                : absl::StatusCode::kResourceExhausted;
}

void SessionModel::Perform(const SessionCall& call) {
  switch (call.kind) {
    case SessionCall::Kind::kConnect:
      return Connect();
    case SessionCall::Kind::kLogin:
      return Login(call.text);
    case SessionCall::Kind::kSay:
      return Add({Request::Kind::kSay, call.text});
    case SessionCall::Kind::kList:
      return Add({Request::Kind::kList, ""});
    case SessionCall::Kind::kReconnect:
      return Reconnect();
    case SessionCall::Kind::kDisconnect:
      return Disconnect();
    case SessionCall::Kind::kDropWaiting:
      return DropWaiting();
    case SessionCall::Kind::kLeave:
      return Leave();
    case SessionCall::Kind::kDestroy:
      destroyed_ = true;
      StopTimers();
      state_ = State::kClosed;
      return client_.Perform({.kind = ClientCall::Kind::kDrop});
  }
}

// All ways to lose or give up the connection. The state is still that before.
void SessionModel::DropConnection() {
  StopTimers();
  if (state_ == State::kLoggingIn && options_.resume) held_.OnLoginLost(name_, now_);
  if (state_ == State::kChatting) held_.OnLost(now_);
  client_.Perform({.kind = ClientCall::Kind::kDrop});
}

void SessionModel::Connect() {
  DropConnection();
  ever_connected_ = true;
  logged_in_before_ = name_wanted_ = false;
  refusals_ = 0;
  held_.RestartTime();
  wait_ = options_.wait.first;
  AbandonInDoubt();
  AbandonInFlight();
  DropWaiting();
  Open();
}

void SessionModel::Login(const std::string& name) {
  const bool in_progress = state_ == State::kLoggingIn;
  if (in_progress) DropConnection();
  const bool resumes = !held_.TokenFor(name).empty();
  name_ = resumes ? held_.name() : name;
  name_wanted_ = true;
  name_held_ = false;
  refusals_ = 0;
  held_.RestartTime();
  if (state_ == State::kGreeted) {
    SendLogin();
  } else if (in_progress || state_ == State::kClosed) {
    Open();
  }
  if (!resumes) AbandonInDoubt();
}

void SessionModel::Reconnect() {
  DropConnection();
  KeepInDoubt();
  name_wanted_ = true;
  refusals_ = 0;
  held_.RestartTime();
  wait_ = options_.wait.first;
  Open();
  AbandonInFlight();
}

void SessionModel::Disconnect() {
  DropConnection();
  state_ = State::kClosed;
  name_wanted_ = false;
  AbandonInDoubt();
  AbandonInFlight();
}

void SessionModel::Leave() {
  if (state_ == State::kLeaving) return;
  if (state_ != State::kChatting) return End();
  state_ = State::kLeaving;
  leave_at_ = now_ + options_.leave_limit;
  SendNext();
}

void SessionModel::End() {
  DropConnection();
  state_ = State::kClosed;
  logged_in_before_ = name_wanted_ = false;
  AbandonInDoubt();
  AbandonInFlight();
  DropWaiting();
  Expect({.kind = Kind::kEnded,
          .ending = held_.TokenFor(held_.name()).empty() ? ClientEvent::Ending::kLeft
                                                         : ClientEvent::Ending::kLost});
}

void SessionModel::Add(Request request) {
  waiting_.push_back(std::move(request));
  SendNext();
}

// ---- Requests ---------------------------------------------------------------------------------

void SessionModel::Open() {
  state_ = State::kConnecting;
  client_.Perform({.kind = ClientCall::Kind::kConnect});
}

void SessionModel::SendLogin() {
  state_ = State::kLoggingIn;
  sent_at_ = now_;
  sent_token_ = options_.resume ? held_.TokenFor(name_) : std::string_view();
  ClientCall login{.kind = ClientCall::Kind::kLogin, .text = name_, .session = sent_token_};
  if (!sent_token_.empty()) {
    login.since = client_.past().position();
  } else {
    if (options_.resume) login.session = "new";
    if (!logged_in_before_) login.history = options_.history;
  }
  client_.Perform(login);
}

// One request is in flight at a time.
void SessionModel::SendNext() {
  if (state_ != State::kChatting && state_ != State::kLeaving) return;
  if (client_.unanswered() > 0) return;
  // Later texts wait until the one in doubt is decided.
  const bool text = waiting_.empty() || waiting_.front().kind == Request::Kind::kSay;
  if (in_doubt_ && text) return;
  AbandonInFlight();
  if (waiting_.empty()) {
    if (state_ == State::kLeaving) client_.Perform({.kind = ClientCall::Kind::kLeave});
    return;
  }
  in_flight_ = std::move(waiting_.front());
  waiting_.pop_front();
  sent_at_ = now_;
  ClientCall::Kind kind = ClientCall::Kind::kList;
  if (in_flight_->kind == Request::Kind::kSay) kind = ClientCall::Kind::kSay;
  const bool probe = in_flight_->kind == Request::Kind::kProbe;
  if (probe && client_.heartbeat_held()) kind = ClientCall::Kind::kPing;
  client_.Perform({.kind = kind, .text = in_flight_->text});
}

void SessionModel::AbandonInFlight() {
  const std::optional<Request> request = std::exchange(in_flight_, std::nullopt);
  if (!request || request->kind != Request::Kind::kSay) return;
  Expect({.kind = Kind::kMaybeDelivered, .text = request->text});
}

// With a session at the server, the next login decides it.
void SessionModel::KeepInDoubt() {
  if (!in_flight_ || held_.TokenFor(name_).empty()) return;
  if (in_flight_->kind == Request::Kind::kSay) {
    in_doubt_ = in_flight_->text;
    missed_some_ = false;
  }
  in_flight_.reset();
}

void SessionModel::AbandonInDoubt() {
  const std::optional<std::string> text = std::exchange(in_doubt_, std::nullopt);
  if (text) Expect({.kind = Kind::kMaybeDelivered, .text = *text});
}

void SessionModel::DropWaiting() {
  for (const Request& request : std::exchange(waiting_, {})) {
    if (request.kind != Request::Kind::kSay) continue;
    Expect({.kind = Kind::kUnsent, .text = request.text});
  }
}

// ---- Events of the client core ----------------------------------------------------------------

void SessionModel::TakeClientEvents() {
  while (const std::optional<ReportedClientEvent> event = client_.TakeDue()) OnClientEvent(*event);
}

void SessionModel::OnClientEvent(const ReportedClientEvent& event) {
  heard_at_ = now_;
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
      return OnNotice(Kind::kEntered, event);
    case ClientEvent::Kind::kLeft:
      return OnNotice(Kind::kLeft, event);
    case ClientEvent::Kind::kList:
      return OnList(event);
    case ClientEvent::Kind::kPong:
      if (TakeAnswered()) Answered();
      return;
    case ClientEvent::Kind::kRefused:
      return OnRefused(event);
    case ClientEvent::Kind::kNotice:
      return Expect({.kind = Kind::kNotice, .text = event.text, .time = event.time});
    case ClientEvent::Kind::kClosed:
      return OnClosed(event);
  }
}

void SessionModel::OnConnected(const ReportedClientEvent& event) {
  state_ = State::kGreeted;
  Expect({.kind = Kind::kConnected, .time = event.time});
  if (name_wanted_) SendLogin();
}

void SessionModel::OnLoggedIn(const ReportedClientEvent& event) {
  state_ = State::kChatting;
  name_held_ = true;
  refusals_ = 0;
  logged_in_at_ = now_;
  silence_at_ = now_ + ProbeInterval();
  const bool again = std::exchange(logged_in_before_, true);
  const bool resumed = !sent_token_.empty() && event.session == sent_token_;
  const std::optional<std::uint64_t> gap = again && !resumed ? kUnknownGap : event.gap;
  missed_some_ = missed_some_ || gap;
  if (options_.resume) held_.OnLoggedIn(event);
  Expect({.kind = Kind::kLoggedIn,
          .again = again,
          .resumed = resumed,
          .name = event.name,
          .time = event.time,
          .replay = event.replay,
          .position = event.position,
          .gap = gap});
  Expect({.kind = Kind::kLag, .duration = now_ - sent_at_});
  event.replay == 0 ? OnReplayed() : SendNext();
}

// A text in doubt that the replay did not have was not said, unless broadcasts are missing.
void SessionModel::OnReplayed() {
  if (state_ != State::kChatting && state_ != State::kLeaving) return;
  if (in_doubt_ && missed_some_) {
    AbandonInDoubt();
  } else if (in_doubt_) {
    waiting_.push_front({Request::Kind::kSay, *std::exchange(in_doubt_, std::nullopt)});
  }
  SendNext();
}

void SessionModel::OnNotice(Kind kind, const ReportedClientEvent& event) {
  Expect({.kind = kind,
          .past = event.past,
          .name = event.name,
          .time = event.time,
          .position = event.position});
  if (event.past && client_.past().left() == 0) OnReplayed();
}

// While the session retries, the name of a lost login may become free, and so may a full room.
void SessionModel::OnLoginRefused(const ReportedClientEvent& event) {
  state_ = State::kGreeted;
  const bool taken = event.code == 401;
  const bool cannot = event.code == 500;
  if (!taken && !cannot && !sent_token_.empty()) {
    held_.ForgetToken();
    return SendLogin();
  }
  if (taken && held_.MayHold(name_)) {
    const absl::Duration left = held_.TimeLeft(now_);
    if (left > absl::ZeroDuration()) {
      client_.Perform({.kind = ClientCall::Kind::kDrop});
      return WaitAndRetry("the name is taken", left);
    }
  } else {
    const bool lost_name = taken && (name_held_ || options_.insist);
    if (lost_name && !cannot) ++refusals_;
    if (Retries() && (cannot || (lost_name && refusals_ < options_.name_tries))) {
      if (cannot) client_.Perform({.kind = ClientCall::Kind::kDrop});
      return WaitAndRetry(taken ? "the name is taken" : event.reason);
    }
  }
  name_wanted_ = false;
  Expect({.kind = Kind::kNameRefused,
          .code = event.code,
          .name = name_,
          .reason = event.reason,
          .time = event.time});
  AbandonInDoubt();
}

void SessionModel::OnMessage(const ReportedClientEvent& event) {
  const bool decided =
      event.past && in_doubt_ && event.name == client_.name() && event.text == *in_doubt_;
  if (decided) in_doubt_.reset();
  Expect({.kind = Kind::kMessage,
          .own = event.own || decided,
          .past = event.past,
          .name = event.name,
          .text = event.text,
          .time = event.time,
          .position = event.position});
  if (event.past && client_.past().left() == 0) return OnReplayed();
  if (event.own && TakeAnswered()) Answered();
}

void SessionModel::OnList(const ReportedClientEvent& event) {
  const bool awaited = in_flight_ && in_flight_->kind != Request::Kind::kSay;
  const bool asked = awaited && in_flight_->kind == Request::Kind::kList;
  const bool answered = awaited && TakeAnswered();
  Expect({.kind = Kind::kList, .asked = asked, .names = event.names, .time = event.time});
  if (answered) Answered();
}

void SessionModel::OnRefused(const ReportedClientEvent& event) {
  const std::optional<Request> refused = TakeAnswered();
  Expect({.kind = Kind::kRefused,
          .code = event.code,
          .text = refused ? refused->text : "",
          .reason = event.reason,
          .time = event.time});
  if (refused) Answered();
}

std::optional<SessionModel::Request> SessionModel::TakeAnswered() {
  if (client_.unanswered() > 0) return std::nullopt;
  return std::exchange(in_flight_, std::nullopt);
}

void SessionModel::Answered() {
  Expect({.kind = Kind::kLag, .duration = now_ - sent_at_});
  SendNext();
}

void SessionModel::OnClosed(const ReportedClientEvent& event) {
  if (state_ == State::kLeaving) {
    if (event.ending == ClientEvent::Ending::kLeft) held_.Forget();
    return End();
  }
  const bool was_chatting = state_ == State::kChatting;
  DropConnection();
  std::erase_if(waiting_,
                [](const Request& request) { return request.kind != Request::Kind::kSay; });
  if (was_chatting && now_ - logged_in_at_ >= options_.steady_after) wait_ = options_.wait.first;
  if (!Retries()) {
    state_ = State::kClosed;
    return Expect({.kind = Kind::kClosed, .ending = event.ending, .reason = event.reason});
  }
  KeepInDoubt();
  if (was_chatting) Expect({.kind = Kind::kDropped, .reason = event.reason});
  AbandonInFlight();
  WaitAndRetry(event.reason);
}

void SessionModel::WaitAndRetry(std::string_view reason, absl::Duration longest) {
  state_ = State::kWaiting;
  longest = std::min(longest, held_.LongestWait(now_));
  least_waits_.push_back(std::min(wait_ / 2, longest));
  Expect({.kind = Kind::kReconnecting,
          .duration = std::min(wait_, longest),
          .reason = std::string(reason)});
  wait_ = std::min(2 * wait_, options_.wait.most);
}

// ---- Time -------------------------------------------------------------------------------------

// Runs the timers that are due at `due`.
void SessionModel::RunTimers(absl::Duration due) {
  const auto take = [&](std::optional<absl::Duration>& timer) {
    if (!timer || *timer > due) return false;
    timer.reset();
    return true;
  };
  if (take(leave_at_)) End();
  if (take(retry_at_)) client_.connected() ? SendLogin() : Open();
  if (take(silence_at_)) OnSilence();
  client_.OnTimer(due);
  TakeClientEvents();
}

void SessionModel::OnSilence() {
  if (state_ != State::kChatting) return;
  const absl::Duration due = ProbeDue();
  // A request in flight needs no probe: it has its own limit.
  if (due <= now_ && client_.unanswered() == 0) {
    waiting_.push_front({Request::Kind::kProbe, ""});
    SendNext();
  }
  silence_at_ = due <= now_ ? now_ + ProbeInterval() : due;
}

// Without input for the limit of silence, or without a request for what the client has promised.
absl::Duration SessionModel::ProbeDue() const {
  const absl::Duration due = heard_at_ + options_.silence_limit;
  return client_.heartbeat_held() ? std::min(due, sent_at_ + ProbeInterval()) : due;
}

absl::Duration SessionModel::ProbeInterval() const {
  if (!client_.heartbeat_held()) return options_.silence_limit;
  return std::min(options_.silence_limit, absl::Seconds(client_options_.heartbeat_seconds));
}

// ---- Reports ----------------------------------------------------------------------------------

std::string SessionModel::OnReported(const ReportedSessionEvent& reported) {
  if (expected_.empty()) return "reported without cause: " + Describe(reported);
  const ReportedSessionEvent expected = std::move(expected_.front());
  expected_.pop_front();
  if (!Matches(reported, expected)) {
    return absl::StrCat("reported: ", Describe(reported), "; expected: ", Describe(expected));
  }
  if (reported.kind != Kind::kReconnecting) return "";
  retry_at_ = now_ + reported.duration;
  least_waits_.pop_front();
  return "";
}

// A wait is random between half of its length and all of it.
bool SessionModel::Matches(const ReportedSessionEvent& reported,
                           const ReportedSessionEvent& expected) const {
  ReportedSessionEvent same = reported;
  const bool drawn = reported.kind == Kind::kReconnecting && expected.kind == Kind::kReconnecting &&
                     reported.duration >= least_waits_.front() &&
                     reported.duration <= expected.duration;
  if (drawn || (!record_.simulated && reported.kind == Kind::kLag))
    same.duration = expected.duration;
  return same == expected;
}

}  // namespace chathttp::sim

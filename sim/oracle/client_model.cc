#include "chathttp/sim/oracle/client_model.h"

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

using Kind = ClientEvent::Kind;
using Ending = ClientEvent::Ending;

constexpr std::size_t kShownBytes = 60;
// How late a turn may be in real time.
constexpr absl::Duration kRealSlack = absl::Seconds(1);

std::string Quoted(std::string_view text) {
  return absl::StrCat("\"", EscapedStart(text, kShownBytes), "\"");
}

std::string Describe(const ReportedClientEvent& event) {
  static constexpr std::string_view kEndings[] = {"left", "cannot connect", "refused", "lost"};
  std::string shown(ToString(event.kind));
  if (event.kind == Kind::kClosed) {
    absl::StrAppend(&shown, " ", AbslView(kEndings[static_cast<std::size_t>(event.ending)]));
  }
  if (event.code != 0) absl::StrAppend(&shown, " ", event.code);
  if (!event.name.empty()) absl::StrAppend(&shown, " ", event.name);
  if (!event.text.empty()) absl::StrAppend(&shown, " ", Quoted(event.text));
  if (!event.reason.empty()) absl::StrAppend(&shown, " because of ", Quoted(event.reason));
  if (!event.names.empty()) absl::StrAppend(&shown, " ", absl::StrJoin(event.names, ","));
  if (event.own) shown += ", own";
  if (event.past) shown += ", past";
  if (event.replay > 0) absl::StrAppend(&shown, ", replay ", event.replay);
  if (event.position) absl::StrAppend(&shown, ", at ", ToString(*event.position));
  if (event.gap) absl::StrAppend(&shown, ", gap ", *event.gap);
  if (event.time) absl::StrAppend(&shown, ", of ", absl::FormatTime(*event.time));
  return shown;
}

std::vector<std::string> LinesOf(std::string_view text) {
  std::vector<std::string> lines;
  for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  return lines;
}

}  // namespace

ClientModel::ClientModel(const WorldRecord& record, const ClientOptions& options,
                         std::vector<const ConnectionRecord*> connections)
    : record_(record), options_(options), connections_(std::move(connections)) {}

std::string ClientModel::Take(const ClientEntry& entry) {
  if (std::string problem = Advance(entry.at); !problem.empty()) return problem;
  if (const auto* call = std::get_if<ClientCall>(&entry.what)) return OnCall(*call);
  if (const auto* reported = std::get_if<ReportedClientEvent>(&entry.what))
    return OnReported(*reported);
  return OnPort(std::get<PortEvent>(entry.what));
}

std::string ClientModel::Advance(absl::Duration now) {
  std::string problem;
  if (now > now_ + Slack(absl::ZeroDuration())) problem = Omission();
  now_ = now;
  if (!problem.empty() || !deadline_ || blind_) return problem;
  // Input that has arrived is read first.
  if (now <= *deadline_ + Slack(record_.max_wake_delay) || (has_port_ && unread_)) return "";
  return absl::StrCat("did not end at ", absl::FormatDuration(*deadline_), ": ", deadline_reason_);
}

std::string ClientModel::Finish() {
  std::string problem = Omission();
  if (problem.empty() && phase_ != Phase::kIdle) problem = "neither told of its end nor dropped";
  return problem;
}

absl::Duration ClientModel::Slack(absl::Duration slack) const {
  return !record_.simulated ? kRealSlack : slack;
}

std::string ClientModel::Omission() {
  if (blind_) return "";
  if (phase_ == Phase::kIdle) return has_port_ ? "kept its connection after its end" : "";
  if (std::string problem = NothingDue(); !problem.empty()) return problem;
  if (!has_port_) return "has no connection, and did not report it";
  if (reading_ && unread_) return "did not read its input";
  if (!output_.empty() && room_) return "did not go on with sending";
  if (connected() && !waiting_.empty() && in_flight_.size() < MostInFlight()) {
    return absl::StrCat("did not send ", AbslView(waiting_.front().method), " ",
                        Quoted(waiting_.front().text), " although ", in_flight_.size(),
                        " requests are in flight");
  }
  return "";
}

std::string ClientModel::NothingDue() {
  const std::optional<ReportedClientEvent> due = TakeDue();
  return due ? absl::StrCat("did not report: ", Describe(*due)) : "";
}

// ---- Calls ------------------------------------------------------------------------------------

std::string ClientModel::OnCall(const ClientCall& call) {
  static constexpr std::string_view kNames[] = {"Connect", "Login", "Say",  "List",
                                                "Ping",    "Leave", "Drop", "SetReading"};
  const absl::StatusCode expected = blind_ ? call.status.code() : StatusOf(call);
  const std::string name(kNames[static_cast<std::size_t>(call.kind)]);
  if (call.status.code() != expected) {
    return absl::StrCat(name, " ", Quoted(call.text), " gave ",
                        absl::StatusCodeToString(call.status.code()), ", expected ",
                        absl::StatusCodeToString(expected));
  }
  if (!call.status.ok() && call.status.message().empty()) return name + " failed without a reason";
  if (call.status.ok()) Perform(call);
  return "";
}

// If several errors apply, the one that the client gave is not specified; then this is the one that
// it gives.
absl::StatusCode ClientModel::StatusOf(const ClientCall& call) const {
  using enum absl::StatusCode;
  switch (call.kind) {
    case ClientCall::Kind::kConnect:
      return phase_ == Phase::kIdle ? kOk : kFailedPrecondition;
    case ClientCall::Kind::kLogin:
      if (phase_ != Phase::kGreeted) return kFailedPrecondition;
      return IsName(call.text, options_.limits.name_bytes) && !IsReserved(call.text)
                 ? kOk
                 : kInvalidArgument;
    case ClientCall::Kind::kSay:
      // The limit is one of the entity, which ends with a line feed.
      if (!IsText(call.text) || call.text.size() >= options_.limits.text_bytes) {
        return kInvalidArgument;
      }
      return StatusOfRequest();
    case ClientCall::Kind::kList:
    case ClientCall::Kind::kPing:
      return StatusOfRequest();
    default:
      return kOk;
  }
}

absl::StatusCode ClientModel::StatusOfRequest() const {
  if (phase_ != Phase::kLoggedIn) return absl::StatusCode::kFailedPrecondition;
  return waiting_.size() < options_.max_waiting ? absl::StatusCode::kOk
                                                : absl::StatusCode::kResourceExhausted;
}

void ClientModel::Perform(const ClientCall& call) {
  switch (call.kind) {
    case ClientCall::Kind::kConnect:
      Reset();
      phase_ = Phase::kConnecting;
      return SetDeadline(options_.connect_limit, "no connection");
    case ClientCall::Kind::kLogin:
      name_ = call.text;
      login_ = call;
      if (original_) login_.session.clear();
      phase_ = Phase::kLoggingIn;
      return waiting_.push_back({"ADD", ""});
    case ClientCall::Kind::kSay:
      return waiting_.push_back({"POST", call.text});
    case ClientCall::Kind::kList:
      return waiting_.push_back({"GET", ""});
    case ClientCall::Kind::kPing:
      return waiting_.push_back({"GET", "", true});
    case ClientCall::Kind::kLeave:
      return Leave();
    case ClientCall::Kind::kDrop:
      return Reset();
    case ClientCall::Kind::kSetReading:
      if (std::exchange(reading_, call.reading) == call.reading) return;
      if (!in_flight_.empty()) AwaitReply();
      return;
  }
}

void ClientModel::Leave() {
  if (phase_ == Phase::kIdle || phase_ == Phase::kLeaving) return;
  if (phase_ == Phase::kLoggedIn) {
    waiting_.push_back({"DELETE", ""});
    phase_ = Phase::kLeaving;
  } else {
    closing_ = Closing(Ending::kLeft, "");
  }
}

void ClientModel::Reset() {
  phase_ = Phase::kIdle;
  blind_ = unread_ = room_ = original_ = heartbeat_held_ = false;
  waiting_.clear();
  in_flight_.clear();
  output_.clear();
  responses_.clear();
  closing_.reset();
  last_words_.clear();
  ClearDeadline();
}

void ClientModel::ClearDeadline() {
  deadline_.reset();
  overdue_ = false;
}

void ClientModel::SetDeadline(absl::Duration limit, std::string_view what) {
  deadline_ = now_ + limit;
  overdue_ = false;
  deadline_reason_ = absl::StrCat(AbslView(what), " within ", absl::FormatDuration(limit));
}

// The time for a reply starts anew with each reply, and when reading is resumed.
void ClientModel::AwaitReply() {
  if (in_flight_.empty() || !reading_) return ClearDeadline();
  SetDeadline(options_.reply_limit, "no answer");
}

// ---- The port ---------------------------------------------------------------------------------

std::string ClientModel::OnPort(const PortEvent& event) {
  switch (event.kind) {
    case PortEvent::Kind::kAttempt:
      return OnAttempt();
    case PortEvent::Kind::kConnected:
      return OnConnected();
    case PortEvent::Kind::kRefused:
      has_port_ = false;
      if (!blind_) closing_ = Closing(Ending::kCannotConnect, event.reason);
      return "";
    case PortEvent::Kind::kReadable:
      unread_ = true;
      return "";
    case PortEvent::Kind::kWritable:
      room_ = true;
      return "";
    case PortEvent::Kind::kRead:
      return blind_ ? "" : OnRead(event);
    case PortEvent::Kind::kWrite:
      return blind_ ? "" : OnWrite(event);
    case PortEvent::Kind::kReleased:
      has_port_ = false;
      return "";
    case PortEvent::Kind::kTimer:  // of a session
      return "";
  }
  return "";
}

std::string ClientModel::OnAttempt() {
  if (phase_ != Phase::kConnecting || has_port_) return "connected unasked";
  has_port_ = true;
  connection_ = connections_.at(next_connection_++);
  responses_ = CutResponses(connection_->received.bytes);
  sent_bytes_ = read_bytes_ = next_response_ = 0;
  return "";
}

std::string ClientModel::OnConnected() {
  phase_ = Phase::kGreeting;
  SetDeadline(options_.connect_limit, "no greeting");
  return "";
}

std::string ClientModel::OnRead(const PortEvent& read) {
  if (std::string problem = NothingDue(); !problem.empty()) return problem;
  if (!reading_) return "read although its user had stopped that";
  switch (read.status) {
    case IoStatus::kProgress:
      unread_ = true;  // until the port says otherwise
      read_bytes_ += read.bytes;
      break;
    case IoStatus::kWouldBlock:
      unread_ = false;
      if (overdue_) closing_ = Lost(deadline_reason_);
      break;
    case IoStatus::kEndOfStream:
      closing_ = Lost("server closed the connection");
      break;
    case IoStatus::kBroken:
      closing_ = Lost(read.reason);
      break;
  }
  return "";
}

std::string ClientModel::OnWrite(const PortEvent& write) {
  if (std::string problem = NothingDue(); !problem.empty()) return problem;
  if (connected()) FillOutput(write.wall);
  if (write.offered_bytes != output_.size()) {
    return absl::StrCat("offered ", write.offered_bytes, " bytes to its port, expected ",
                        output_.size(), " with ", in_flight_.size(), " requests in flight");
  }
  if (std::string problem = CompareSent(write.bytes); !problem.empty()) return problem;
  room_ = false;
  sent_bytes_ += write.bytes;
  const bool broken = write.status == IoStatus::kBroken;
  output_.erase(0, broken ? std::string::npos : write.bytes);
  // The original server does not reply to DELETE.
  if (original_ && !broken && output_.empty() && Awaits("DELETE"))
    closing_ = Closing(Ending::kLeft, "");
  return "";
}

// The host that it was told.
const std::string& ClientModel::Host() const {
  if (connection_ == nullptr) return record_.server.host;
  const auto host = record_.hosts.find(connection_->who);
  return host == record_.hosts.end() ? record_.server.host : host->second;
}

// Sends the requests that may be in flight.
void ClientModel::FillOutput(absl::Time wall) {
  while (!waiting_.empty() && in_flight_.size() < MostInFlight()) {
    Request& request = in_flight_.emplace_back(std::move(waiting_.front()));
    waiting_.pop_front();
    const std::string entity = request.method == "POST" ? request.text + "\n" : "";
    std::string extension;
    if (request.method == "ADD" && options_.heartbeat_seconds > 0) {
      extension = absl::StrCat("\nHeartbeat: ", options_.heartbeat_seconds);
    }
    if (request.ping) extension = "\nPing: 1";
    if (request.method == "ADD" && !original_) extension += LoginLines();
    output_ += CanonicalRequest(request.method, Host(), name_, entity, wall, options_.time_zone,
                                extension);
    if (in_flight_.size() == 1) AwaitReply();
  }
}

std::string ClientModel::LoginLines() const {
  std::string lines;
  if (!login_.session.empty()) absl::StrAppend(&lines, "\nSession: ", login_.session);
  if (login_.since) {
    absl::StrAppend(&lines, "\nSince: ", ToText({login_.since->epoch, login_.since->count}));
  }
  if (login_.history > 0) absl::StrAppend(&lines, "\nHistory: ", login_.history);
  return lines;
}

// In real time, the clock that the request was given is not known exactly: then any digit passes.
std::string ClientModel::CompareSent(std::size_t bytes) const {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const std::string_view sent = std::string_view(connection_->sent.bytes).substr(sent_bytes_);
  if (sent.substr(0, bytes) == std::string_view(output_).substr(0, bytes)) return "";
  for (std::size_t i = 0; i < bytes; ++i) {
    if (sent[i] == output_[i]) continue;
    if (!record_.simulated && is_digit(sent[i]) && is_digit(output_[i])) continue;
    return absl::StrCat("sent ", Quoted(sent.substr(i, bytes - i)), ", expected ",
                        Quoted(std::string_view(output_).substr(i)));
  }
  return "";
}

// ---- Events -----------------------------------------------------------------------------------

std::string ClientModel::OnReported(const ReportedClientEvent& reported) {
  std::optional<ReportedClientEvent> due = TakeDue();
  if (blind_) {
    if (reported.kind == Kind::kClosed) Reset();
    return "";
  }
  if (!due && deadline_ && *deadline_ <= now_) {
    closing_ = Lost(deadline_reason_);
    due = TakeDue();
  }
  if (!due) return absl::StrCat("reported without cause: ", Describe(reported));
  if (reported == *due) return "";
  return absl::StrCat("reported: ", Describe(reported), "; expected: ", Describe(*due));
}

void ClientModel::OnTimer(absl::Duration due) {
  if (!deadline_ || closing_ || *deadline_ > due) return;
  overdue_ = true;
  if (phase_ == Phase::kConnecting || !reading_) closing_ = Lost(deadline_reason_);
}

std::optional<ReportedClientEvent> ClientModel::TakeDue() {
  std::optional<ReportedClientEvent> due = NextDue();
  if (due && due->kind == Kind::kClosed) Reset();
  return due;
}

std::optional<ReportedClientEvent> ClientModel::NextDue() {
  while (!blind_ && !closing_ && next_response_ < responses_.size()) {
    const RawResponse& response = responses_[next_response_];
    blind_ = response.code == 0 && response.begin < read_bytes_;
    if (blind_ || response.end > read_bytes_) break;
    ++next_response_;
    if (std::optional<ReportedClientEvent> event = React(response)) return event;
  }
  return closing_;
}

std::optional<ReportedClientEvent> ClientModel::React(const RawResponse& response) {
  last_words_.clear();
  std::optional<ReportedClientEvent> event = phase_ == Phase::kGreeting ? OnGreeting(response)
                                             : response.code == 200     ? OnOk(response)
                                                                        : OnError(response);
  if (event) event->time = InstantOf(response.datetime, options_.time_zone);
  if (event) event->position = past_.position();
  return event;
}

std::optional<ReportedClientEvent> ClientModel::OnGreeting(const RawResponse& response) {
  if (response.code != 202) return Closing(Ending::kRefused, response.entity);
  original_ = response.server == "Python Socket Server";
  phase_ = Phase::kGreeted;
  ClearDeadline();
  return ReportedClientEvent{.kind = Kind::kConnected};
}

std::optional<ReportedClientEvent> ClientModel::OnOk(const RawResponse& response) {
  const Meaning meaning = MeaningOf(response);
  switch (meaning.told) {
    case Told::kEntered:
    case Told::kLeft:
    case Told::kSaid:
      return OnBroadcast(meaning);
    case Told::kList:
      if (Awaits("GET")) PopAnswered();
      return ReportedClientEvent{.kind = Kind::kList, .names = LinesOf(meaning.text)};
    default:
      break;
  }
  if (Awaits("DELETE")) return Closing(Ending::kLeft, "");
  if (Awaits("GET") && in_flight_.front().ping) {
    PopAnswered();
    return ReportedClientEvent{.kind = Kind::kPong};
  }
  if (!Awaits("ADD")) {
    return ReportedClientEvent{.kind = Kind::kNotice, .text = std::string(response.entity)};
  }
  return OnLogin(response);
}

ReportedClientEvent ClientModel::OnBroadcast(const Meaning& meaning) {
  const bool member = phase_ == Phase::kLoggedIn || phase_ == Phase::kLeaving;
  const Kind kind = meaning.told == Told::kSaid      ? Kind::kMessage
                    : meaning.told == Told::kEntered ? Kind::kEntered
                                                     : Kind::kLeft;
  const bool past = member && past_.OnBroadcast();
  // What is from before the login answers nothing.
  const bool own = kind == Kind::kMessage && !past && Awaits("POST") && meaning.name == name_ &&
                   meaning.text == in_flight_.front().text;
  if (own) PopAnswered();
  return {.kind = kind,
          .own = own,
          .past = past,
          .name = std::string(meaning.name),
          .text = std::string(meaning.text)};
}

ReportedClientEvent ClientModel::OnLogin(const RawResponse& response) {
  PopAnswered();
  phase_ = Phase::kLoggedIn;
  heartbeat_held_ = options_.heartbeat_seconds > 0 && response.heartbeat > 0;
  past_.OnLogin(response, login_.session);
  ReportedClientEvent event{
      .kind = Kind::kLoggedIn, .name = name_, .session = past_.session(), .replay = past_.left()};
  if (!past_.has_session()) return event;
  event.session_seconds =
      static_cast<std::uint32_t>(ReadCount(response.session_seconds).value_or(0));
  event.gap = response.gap == "unknown" ? kUnknownGap : ReadCount(response.gap);
  if (event.gap == 0U) event.gap.reset();
  return event;
}

std::optional<ReportedClientEvent> ClientModel::OnError(const RawResponse& response) {
  const std::string reason(response.entity);
  // A refused text or list, or a taken name, is no reason for the server to end the connection.
  const bool refusal = response.code == 401 || Awaits("POST") || Awaits("GET") || Awaits("DELETE");
  if (response.code == 500 || !refusal) last_words_ = reason;
  if (in_flight_.empty()) return std::nullopt;
  if (Awaits("DELETE")) return Closing(Ending::kLeft, "");
  const bool login = Awaits("ADD");
  PopAnswered();
  if (login) phase_ = Phase::kGreeted;
  return ReportedClientEvent{.kind = login ? Kind::kLoginRefused : Kind::kRefused,
                             .code = response.code,
                             .reason = reason};
}

void ClientModel::PopAnswered() {
  in_flight_.pop_front();
  AwaitReply();
}

std::optional<ReportedClientEvent> ClientModel::Closing(Ending ending,
                                                        std::string_view reason) const {
  return ReportedClientEvent{.kind = Kind::kClosed,
                             .ending = ending,
                             .reason = std::string(reason),
                             .position = past_.position()};
}

std::optional<ReportedClientEvent> ClientModel::Lost(std::string_view reason) const {
  if (!last_words_.empty()) return Closing(Ending::kRefused, last_words_);
  return Closing(connected() ? Ending::kLost : Ending::kCannotConnect, reason);
}

}  // namespace chathttp::sim

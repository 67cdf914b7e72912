#include "tests/sim/oracle/client_journal.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "chathttp/sim/oracle/client_check.h"
#include "chathttp/sim/oracle/evidence.h"
#include "chathttp/sim/world/raw_codec.h"
#include "chathttp/transport/codec/message.h"

namespace chathttp::sim {
namespace {

// A response in the format of the server.
std::string ResponseBytes(int code, std::string_view entity, absl::Time wall) {
  const std::string reason = code == 200   ? "OK"
                             : code == 202 ? "Accept"
                             : code == 400 ? "Bad Request"
                             : code == 401 ? "User Name Exist"
                                           : "Internal Server Error";
  return absl::StrCat(
      "HTTP/1.1 ", code, " ", reason,
      "\nDatetime: ", absl::FormatTime("%Y-%m-%d %H:%M:%S", wall, absl::UTCTimeZone()),
      "\nDeveloper: chathttp\nServer: chathttp/1.0\nContent_Length: ", entity.size(),
      "\nContent_Language: en\nContent_Encoding: utf-8\nContent_Type: text\n\n",
      std::string(entity));
}

}  // namespace

ClientJournal::ClientJournal() {
  record_.server = {"server", 9994};
  record_.clients.emplace_back().who = "alice";
}

void ClientJournal::Make(Call kind, std::string text, absl::Status status) {
  if (kind == Call::kLogin) name_ = text;
  Add(ClientCall{.kind = kind, .text = std::move(text), .status = std::move(status)});
}

void ClientJournal::SetReading(bool reading) {
  Add(ClientCall{.kind = Call::kSetReading, .reading = reading});
}

void ClientJournal::Report(ReportedClientEvent event) { Add(std::move(event)); }

void ClientJournal::ReportOf(ReportedClientEvent event) {
  event.time = ResponseTime();
  Report(std::move(event));
}

std::string ClientJournal::RequestBytes(std::string_view method, std::string_view text) const {
  const std::string entity = method == "POST" ? std::string(text) + "\n" : "";
  return CanonicalRequest(method, "server", name_, entity, wall(), absl::UTCTimeZone());
}

void ClientJournal::Send(std::string_view method, std::string_view text) {
  SendBytes(RequestBytes(method, text));
}

void ClientJournal::SendBytes(const std::string& bytes) {
  connection().sent.bytes += bytes;
  Use({.kind = Port::kWrite, .bytes = bytes.size(), .offered_bytes = bytes.size(), .wall = wall()});
}

void ClientJournal::Hear(int code, std::string_view entity) {
  const std::string bytes = ResponseBytes(code, entity, wall());
  connection().received.bytes += bytes;
  Use({.kind = Port::kReadable});
  Use({.kind = Port::kRead, .bytes = bytes.size()});
}

void ClientJournal::Close(ClientEvent::Ending ending, std::string reason) {
  Use({.kind = Port::kReleased});
  Report({.kind = Event::kClosed, .ending = ending, .reason = std::move(reason)});
}

void ClientJournal::Connect() {
  Make(Call::kConnect);
  Open();
}

void ClientJournal::Open() {
  record_.connections.emplace_back().who = "alice";
  Use({.kind = Port::kAttempt});
  Use({.kind = Port::kConnected});
}

void ClientJournal::Greet() {
  Connect();
  Hear(202, "test");
  ReportOf({.kind = Event::kConnected});
  Use({.kind = Port::kRead, .status = IoStatus::kWouldBlock});
}

void ClientJournal::Join(std::string name) {
  Greet();
  Make(Call::kLogin, name);
  Send("ADD");
  Hear(200, "OK...^.^");
  ReportOf({.kind = Event::kLoggedIn, .name = std::move(name)});
  Use({.kind = Port::kRead, .status = IoStatus::kWouldBlock});
}

void ClientJournal::Say(const std::string& text) {
  Make(Call::kSay, text);
  Send("POST", text);
  Hear(200, "[ " + name_ + " ] : " + text + "\n");
  ReportOf({.kind = Event::kMessage, .own = true, .name = name_, .text = text});
  Use({.kind = Port::kRead, .status = IoStatus::kWouldBlock});
}

void ClientJournal::Drop() {
  Make(Call::kDrop);
  Use({.kind = Port::kReleased});
}

std::vector<Violation> ViolationsOf(ClientJournal& journal) {
  const Scenario scenario;
  Evidence evidence(scenario, journal.record());
  CheckClients(evidence, {});
  CheckSessions(evidence, {});
  return evidence.TakeViolations();
}

// ---- Sessions ---------------------------------------------------------------------------------

void SessionJournal::Make(Call kind, std::string text, absl::Status status) {
  if (kind == Call::kLogin && status.ok()) name_ = text;
  Add(SessionCall{.kind = kind, .text = std::move(text), .status = std::move(status)});
}

void SessionJournal::ReportOf(ReportedSessionEvent event) {
  event.time = ResponseTime();
  Report(std::move(event));
}

void SessionJournal::Greet() {
  Open();
  Hear(202, "test");
  ReportOf({.kind = Event::kConnected});
}

void SessionJournal::LogIn(bool again) {
  Send("ADD");
  Hear(200, "OK...^.^");
  ReportOf({.kind = Event::kLoggedIn,
            .again = again,
            .name = name_,
            .gap = again ? std::optional(kUnknownGap) : std::nullopt});
  Report({.kind = Event::kLag});
  Use({.kind = Port::kRead, .status = IoStatus::kWouldBlock});
}

void SessionJournal::Join() {
  Make(Call::kConnect);
  Make(Call::kLogin, "alice");
  Greet();
  LogIn();
}

void SessionJournal::Say(const std::string& text) {
  Make(Call::kSay, text);
  Send("POST", text);
  Answer(text);
}

void SessionJournal::Answer(const std::string& text) {
  Hear(200, "[ " + name_ + " ] : " + text + "\n");
  ReportOf({.kind = Event::kMessage, .own = true, .name = name_, .text = text});
  Report({.kind = Event::kLag});
  Use({.kind = Port::kRead, .status = IoStatus::kWouldBlock});
}

void SessionJournal::Lose() {
  HearEnd();
  Use({.kind = Port::kReleased});
  Report({.kind = Event::kDropped, .reason = "server closed the connection"});
}

void SessionJournal::Destroy() {
  Make(Call::kDestroy);
  Use({.kind = Port::kReleased});
}

}  // namespace chathttp::sim

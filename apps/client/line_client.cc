#include "apps/client/line_client.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "apps/client/json_event.h"
#include "apps/console/commands.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/domain/escape.h"
#include "chathttp/domain/user_name.h"
#include "chathttp/transport/codec/entity.h"

namespace chathttp {
namespace {

constexpr std::size_t kMaxUnanswered = 16;  // then it stops reading input

std::string Shown(std::string_view bytes) { return Visible(bytes); }

}  // namespace

LineClient::LineClient(Network& network, Scheduler& scheduler, Streams streams,
                       const LineClientOptions& options, std::function<void(ExitCode)> done)
    : options_(options),
      done_(std::move(done)),
      scheduler_(scheduler),
      turn_(scheduler, [this] { RunTurn(); }),
      // One byte more than the limit, so that ChatClient sees a text that is too long and reports
      // the rule.
      in_(streams.in, turn_, options.client.limits.text_bytes + 1),
      out_(streams.out, turn_),
      err_(streams.err, turn_),
      client_(network, scheduler, *this, options.client) {
  Ask();
  turn_.Request();
}

void LineClient::Leave() {
  if (state_ == State::kLeaving || state_ == State::kEnded) return;
  state_ = State::kLeaving;
  if (client_.connected()) {
    client_.Leave();
  } else {
    client_.Drop();
    End(ExitCode::kDone);
  }
  turn_.Request();
}

void LineClient::RunTurn() {
  std::string line;
  while (ReadsInput()) {
    const LineReader::Status status = in_.Next(line);
    if (status == LineReader::Status::kNothing) break;
    if (status == LineReader::Status::kEnd) {
      OnInputEnd();
      break;
    }
    ++line_number_;
    status == LineReader::Status::kTooLong ? OnTooLong() : OnLine(line);
  }
  out_.Flush();
  err_.Flush();
  client_.SetReading(out_.waiting_bytes() < options_.max_output_bytes);
  if (out_.broken() && !output_lost_) OnOutputLost();
  if (state_ == State::kEnded && out_.waiting_bytes() + err_.waiting_bytes() == 0 && done_) {
    std::exchange(done_, nullptr)(code_);
  }
}

// A client in a pipe still sends its remaining lines. An interactive or listening client has no use
// without output, so it leaves.
void LineClient::OnOutputLost() {
  output_lost_ = true;
  PrintError(absl::StrCat("Output lost: ", AbslView(out_.broken_reason()),
                          "; new messages are no longer shown"));
  err_.Flush();
  if (options_.interactive || options_.listens) Leave();
}

// ---- Input ------------------------------------------------------------------------------------

bool LineClient::ReadsInput() const {
  switch (state_) {
    case State::kAskHost:
    case State::kAskPort:
    case State::kAskUser:
      return true;
    case State::kChatting:
      return !options_.listens && client_.unanswered() < kMaxUnanswered;
    case State::kConnecting:
    case State::kLeaving:
    case State::kEnded:
      break;
  }
  return false;
}

void LineClient::OnLine(std::string_view line) {
  switch (state_) {
    case State::kAskHost:
      options_.host = line.empty() ? kDefaultHost : line;
      return Ask();
    case State::kAskPort: {
      std::uint32_t port = kDefaultPort;
      const bool number = line.empty() || absl::SimpleAtoi(AbslView(line), &port);
      if (number && port >= 1 && port <= 65535) {
        options_.port = static_cast<std::uint16_t>(port);
      } else {
        PrintError(
            absl::StrCat("Port must be a number from 1 to 65535, got \"", Visible(line, 40), "\""));
      }
      return Ask();
    }
    case State::kAskUser:
      return OnUser(line);
    case State::kChatting:
      if (line.starts_with("//")) return Say(line.substr(1));
      if (line.starts_with('/')) return Command(line);
      return Say(line);
    case State::kConnecting:
    case State::kLeaving:
    case State::kEnded:
      break;
  }
}

void LineClient::OnTooLong() {
  refused_ = true;
  PrintError(absl::StrCat("Line ", line_number_, " was not sent: a text cannot be longer than ",
                          options_.client.limits.text_bytes - 1, " bytes"));
}

void LineClient::OnInputEnd() {
  if (state_ == State::kChatting) return Leave();
  Fail(ExitCode::kUsage, "The input ended before the login: give --host, --port and --user");
}

// Prompts for the first missing setting, or connects.
void LineClient::Ask() {
  if (!options_.interactive) {
    if (!options_.host) options_.host = kDefaultHost;
    if (!options_.port) options_.port = kDefaultPort;
  }
  if (!options_.host) {
    state_ = State::kAskHost;
    out_.Append(absl::StrCat("Host [", AbslView(kDefaultHost), "]: "));
  } else if (!options_.port) {
    state_ = State::kAskPort;
    out_.Append(absl::StrCat("Port [", kDefaultPort, "]: "));
  } else if (options_.user) {
    OnUser(*std::exchange(options_.user, std::nullopt));
  } else if (options_.interactive) {
    state_ = State::kAskUser;
    out_.Append("User Name: ");
  } else {
    Fail(ExitCode::kUsage, "The user name is missing: give it with --user=NAME");
  }
}

// Checks the name before connecting.
void LineClient::OnUser(std::string_view name) {
  const std::string problem = DescribeNameProblem(name, options_.client.limits);
  if (problem.empty()) {
    options_.user = name;
    return Connect();
  }
  if (!options_.interactive) return Fail(ExitCode::kUsage, problem);
  PrintError(problem);
  options_.user.reset();
  Ask();
}

void LineClient::Connect() {
  state_ = State::kConnecting;
  const absl::Status status = client_.connected()
                                  ? client_.Login(*options_.user, {.history = options_.history})
                                  : client_.Connect({*options_.host, *options_.port});
  if (!status.ok()) Fail(ExitCode::kCannotConnect, StdView(status.message()));
}

void LineClient::Say(std::string_view text) {
  if (text.find_first_not_of(" \t") == std::string_view::npos) return;  // blank
  const absl::Status status = client_.Say(text);
  if (status.ok()) return;
  refused_ = true;
  PrintError(absl::StrCat("Line ", line_number_, " was not sent: ", status.message()));
}

void LineClient::Command(std::string_view line) {
  const ParsedCommand command = ParseCommand(line, false);
  if (!command.problem.empty()) {
    refused_ = refused_ || !options_.interactive;
    return PrintError(command.problem);
  }
  if (command.name == "/quit") return Leave();
  if (command.name == "/me") return Say(ActionText(client_.name(), command.argument));
  if (command.name == "/help") {
    const std::string help = absl::StrCat(absl::StrJoin(CommandHelp(false), "\n"), "\n");
    return options_.json ? Print(JsonNotice(help, scheduler_.WallNow())) : out_.Append(help);
  }
  if (command.name == "/users") {
    const absl::Status status = client_.List();
    if (!status.ok()) PrintError(StdView(status.message()));
  }
}

// ---- Events of the connection -----------------------------------------------------------------

void LineClient::OnClientEvent(const ClientEvent& event) {
  turn_.Request();
  if (event.kind == ClientEvent::Kind::kLoggedIn) {
    state_ = State::kChatting;
    if (client_.heartbeat_held()) {
      // Ping fails only while earlier requests wait, and these are signs of life.
      heartbeat_.emplace(scheduler_, absl::Seconds(options_.client.heartbeat_seconds),
                         [this] { client_.Ping().IgnoreError(); });
    }
  }
  if (event.kind == ClientEvent::Kind::kClosed) heartbeat_.reset();
  const std::string object = options_.json ? JsonOf(event, scheduler_.WallNow()) : "";
  if (!object.empty()) return Print(object);
  switch (event.kind) {
    case ClientEvent::Kind::kConnected:
      return Connect();
    case ClientEvent::Kind::kLoggedIn:
      if (options_.interactive) {
        Print(absl::StrCat("Logged in as ", Shown(event.name), ". /help lists the commands."));
      }
      return;
    case ClientEvent::Kind::kLoginRefused:
      return OnLoginRefused(event);
    case ClientEvent::Kind::kMessage:
      return PrintBroadcast(event,
                            absl::StrCat("[ ", Shown(event.name), " ] : ", Shown(event.text)));
    case ClientEvent::Kind::kEntered:
      return PrintBroadcast(event,
                            absl::StrCat(Shown(event.name), " has just entered the chat room..."));
    case ClientEvent::Kind::kLeft:
      return PrintBroadcast(event,
                            absl::StrCat(Shown(event.name), " has just left the chat room..."));
    case ClientEvent::Kind::kList:
      return PrintList(event);
    case ClientEvent::Kind::kRefused:
      refused_ = true;
      return PrintError(absl::StrCat("Refused: ", Shown(event.reason)));
    case ClientEvent::Kind::kPong:
      return;
    case ClientEvent::Kind::kNotice:
      return Print(Shown(event.text));
    case ClientEvent::Kind::kClosed:
      return OnClosed(event);
  }
}

void LineClient::OnLoginRefused(const ClientEvent& event) {
  const bool taken = event.code == static_cast<int>(StatusCode::kUserNameExist);
  const std::string reason = taken ? absl::StrCat("User Name Exist: ", Shown(client_.name()),
                                                  " is taken or reserved, choose another name")
                                   : absl::StrCat("Login refused: ", Shown(event.reason));
  if (!options_.interactive || !taken) {
    client_.Drop();
    return Fail(ExitCode::kRefused, reason);
  }
  PrintError(reason);
  options_.user.reset();
  Ask();
}

void LineClient::PrintList(const ClientEvent& event) {
  out_.Append(kListHeading);
  for (const std::string_view name : event.names) Print(Shown(name));
}

void LineClient::OnClosed(const ClientEvent& event) {
  const std::string reason = Shown(event.reason);
  switch (event.ending) {
    case ClientEvent::Ending::kLeft:
      return End(refused_       ? ExitCode::kRefused
                 : output_lost_ ? ExitCode::kConnectionLost
                                : ExitCode::kDone);
    case ClientEvent::Ending::kCannotConnect:
      return Fail(ExitCode::kCannotConnect,
                  absl::StrCat(
                      "Connect Failed: ", Shown(ToString(Endpoint{*options_.host, *options_.port})),
                      ": ", reason));
    case ClientEvent::Ending::kRefused:
      return Fail(ExitCode::kRefused, absl::StrCat("The server ended the connection: ", reason));
    case ClientEvent::Ending::kLost:
      return Fail(ExitCode::kConnectionLost, absl::StrCat("Connection lost: ", reason));
  }
}

void LineClient::End(ExitCode code) {
  code_ = code;
  state_ = State::kEnded;
  if (options_.json) Print(JsonEnd(static_cast<int>(code), scheduler_.WallNow()));
  turn_.Request();
}

void LineClient::Fail(ExitCode code, std::string_view message) {
  PrintError(message);
  End(code);
}

void LineClient::PrintError(std::string_view message) {
  if (options_.json) Print(JsonError(message, scheduler_.WallNow()));
  out_.Flush();  // on a terminal, the error comes before the next prompt
  err_.Append(message);
  err_.Append("\n");
  err_.Flush();
}

void LineClient::PrintBroadcast(const ClientEvent& event, std::string_view line) {
  if (!event.past) return Print(line);
  const std::string time =
      event.time ? absl::FormatTime("%Y-%m-%d %H:%M:%S", *event.time, options_.client.time_zone)
                 : "earlier";
  Print(absl::StrCat(time, " ", AbslView(line)));
}

void LineClient::Print(std::string_view line) {
  out_.Append(line);
  out_.Append("\n");
}

}  // namespace chathttp

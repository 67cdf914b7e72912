#include "chathttp/transport/admin/admin_commands.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/domain/escape.h"
#include "chathttp/domain/user_name.h"
#include "chathttp/transport/ports/ip_address.h"
#include "chathttp/transport/server/stat_values.h"

namespace chathttp {
namespace {

constexpr std::size_t kShownCommandBytes = 64;  // of what the operator wrote

constexpr std::string_view kBlanks = " \t";

std::string_view Trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) + 1 - first);
}

// Takes the first word of `text`, which is trimmed before and after; empty if there is none.
std::string_view TakeWord(std::string_view& text) {
  const std::string_view word = text.substr(0, text.find_first_of(kBlanks));
  text = Trimmed(text.substr(word.size()));
  return word;
}

std::size_t WordsOf(std::string_view text) {
  std::size_t words = 0;
  for (text = Trimmed(text); !text.empty(); TakeWord(text)) ++words;
  return words;
}

absl::Status Error(std::string_view what, std::string_view got) {
  return absl::InvalidArgumentError(
      absl::StrCat(AbslView(what), " \"", Visible(got, kShownCommandBytes), "\""));
}

// Whole seconds: 1m30s.
std::string SecondsText(absl::Duration duration) {
  return absl::FormatDuration(absl::Floor(duration, absl::Seconds(1)));
}

std::string ForText(absl::Duration duration) {
  return duration == absl::InfiniteDuration() ? "until it is lifted"
                                              : "for " + SecondsText(duration);
}

// InfiniteDuration without a text.
absl::StatusOr<absl::Duration> OptionalDuration(std::string_view text) {
  absl::Duration duration = absl::InfiniteDuration();
  if (text.empty()) return duration;
  if (absl::ParseDuration(AbslView(text), &duration) && duration >= absl::Seconds(1)) {
    return duration;
  }
  return Error("the duration must be 1s or longer, like 30s, 10m or 24h, got", text);
}

}  // namespace

struct AdminCommands::Command {
  std::string_view name;
  std::string_view arguments;  // an optional one is in brackets
  std::string_view purpose;
  Answer (AdminCommands::*run)(std::string_view arguments);

  // Whether this many words follow the name.
  bool Fits(std::string_view text) const {
    const std::size_t given = WordsOf(text);
    const std::size_t most = WordsOf(arguments);
    const std::size_t least = arguments.starts_with('[') ? 0 : std::min<std::size_t>(most, 1);
    return given >= least && (given <= most || arguments.ends_with("...]"));
  }

  std::string form() const {
    return absl::StrCat(AbslView(name), arguments.empty() ? "" : " ", AbslView(arguments));
  }
};

const AdminCommands::Command AdminCommands::kCommands[] = {
    {"list", "[PREFIX]", "the members, or those whose name starts with PREFIX",
     &AdminCommands::List},
    {"kick", "NAME [REASON...]", "disconnects a member", &AdminCommands::Kick},
    {"ban", "ADDRESS[/BITS] [DURATION]", "refuses and disconnects a network",
     &AdminCommands::SetBan},
    {"unban", "ADDRESS[/BITS]", "lifts the ban of a network", &AdminCommands::Unban},
    {"bans", "", "the bans that are in force", &AdminCommands::Bans},
    {"stats", "", "the counters of the server", &AdminCommands::Stats},
    {"log", "LEVEL", "logs from LEVEL on: debug, info, warning or error",
     &AdminCommands::SetLogLevel},
    {"reload", "", "reads the configuration again", &AdminCommands::Reload},
    {"drain", "[DURATION]",
     "accepts nobody any more, and stops when all are gone or after DURATION",
     &AdminCommands::Drain},
    {"help", "", "this list", &AdminCommands::Help},
};

AdminCommands::AdminCommands(ChatServer& server, Scheduler& scheduler, AdminActions actions)
    : server_(server),
      scheduler_(scheduler),
      actions_(std::move(actions)),
      drain_turn_(scheduler, [this] {
        if (draining_ && server_.connections() == 0) EndDrain();
      }) {
  server_.Subscribe(*this);
}

AdminCommands::~AdminCommands() {
  scheduler_.Cancel(drain_limit_);
  server_.Unsubscribe(*this);
}

std::string AdminCommands::Run(std::string_view line) {
  std::string_view arguments = Trimmed(line);
  const std::string_view name = TakeWord(arguments);
  const auto* const command = std::find_if(std::begin(kCommands), std::end(kCommands),
                                           [&](const Command& each) { return each.name == name; });
  if (command == std::end(kCommands)) {
    return absl::StrCat("error: ", name.empty() ? "(nothing)" : Visible(name, kShownCommandBytes),
                        ": no such command, help lists them\n");
  }
  const Answer answer = command->Fits(arguments)
                            ? (this->*command->run)(arguments)
                            : Error("must be " + command->form() + ", got", line);
  if (answer.ok()) return *answer;
  return absl::StrCat("error: ", AbslView(name), ": ", answer.status().message(), "\n");
}

// ---- The members ------------------------------------------------------------------------------

AdminCommands::Answer AdminCommands::List(std::string_view arguments) {
  std::string rows;
  std::size_t listed = 0;
  for (const ChatRoom::Member& member : server_.room().members()) {
    if (!SameName(std::string_view(member.name).substr(0, arguments.size()), arguments)) continue;
    ++listed;
    rows += RowOf(member);
  }
  return absl::StrCat(
      "members: ", listed, " of ", server_.room().members().size(), "\n",
      absl::StrFormat("%-20s %-24s %9s %11s %11s\n", "NAME", "ADDRESS", "SECONDS", "IN", "OUT"),
      rows);
}

std::string AdminCommands::RowOf(const ChatRoom::Member& member) const {
  // A member of another server of the room has no connection here.
  const ConnectionId connection = server_.OwnConnection(member.id).value_or(ConnectionId{0});
  const auto entry = connections_.find(connection);
  const bool known = entry != connections_.end();
  const std::string seconds =
      known && entry->second.login != absl::InfiniteFuture()
          ? absl::StrCat(absl::ToInt64Seconds(scheduler_.Now() - entry->second.login))
          : "-";
  const ConnectionTraffic traffic = server_.TrafficOf(connection).value_or(ConnectionTraffic());
  return absl::StrFormat("%-20s %-24s %9s %11d %11d\n", Visible(member.name),
                         known ? Visible(entry->second.peer) : "-", seconds, traffic.bytes_in,
                         traffic.bytes_out);
}

AdminCommands::Answer AdminCommands::Kick(std::string_view arguments) {
  const std::string_view name = TakeWord(arguments);
  const std::optional<MemberId> member = server_.room().IdOf(name);
  if (!member) return Error("no such member", name);
  const std::string shown = Visible(*server_.room().NameOf(*member));
  const std::optional<ConnectionId> connection = server_.OwnConnection(*member);
  if (!connection) {
    return absl::FailedPreconditionError(
        absl::StrCat(shown, " is a member of another server of this room, kick it there"));
  }
  if (!server_.Disconnect(*connection, arguments)) {
    return absl::FailedPreconditionError(absl::StrCat(shown, " is leaving already"));
  }
  return absl::StrCat("kicked ", shown, "\n");
}

void AdminCommands::OnServerEvent(const ServerEvent& event) {
  switch (event.kind) {
    case ServerEvent::Kind::kAccepted:
      connections_[event.connection].peer = event.peer;
      break;
    case ServerEvent::Kind::kEntered:
      if (const auto entry = connections_.find(event.connection); entry != connections_.end()) {
        entry->second.login = scheduler_.Now();
      }
      break;
    case ServerEvent::Kind::kClosed:
      connections_.erase(event.connection);
      if (draining_) drain_turn_.Request();
      break;
    default:
      break;
  }
}

// ---- Bans -------------------------------------------------------------------------------------

AdminCommands::Answer AdminCommands::SetBan(std::string_view arguments) {
  const auto network = ParseIpNetwork(TakeWord(arguments));
  if (!network.ok()) return network.status();
  const auto duration = OptionalDuration(arguments);
  if (!duration.ok()) return duration.status();
  absl::Status status = server_.AddBan({*network, scheduler_.Now() + *duration});
  if (!status.ok()) return status;
  return absl::StrCat("banned ", ToString(*network), " ", ForText(*duration), "\n");
}

AdminCommands::Answer AdminCommands::Unban(std::string_view arguments) {
  const auto network = ParseIpNetwork(arguments);
  if (!network.ok()) return network.status();
  if (server_.LiftBan(*network)) return absl::StrCat("unbanned ", ToString(*network), "\n");
  return absl::NotFoundError(
      absl::StrCat("no such ban ", ToString(*network), ", bans lists those in force"));
}

AdminCommands::Answer AdminCommands::Bans(std::string_view /*arguments*/) {
  std::string lines;
  const std::vector<Ban> bans = server_.bans();
  for (const Ban& ban : bans) {
    absl::StrAppend(&lines, ToString(ban.network), " ", ForText(ban.end - scheduler_.Now()), "\n");
  }
  return absl::StrCat("bans: ", bans.size(), "\n", lines);
}

// ---- The server -------------------------------------------------------------------------------

AdminCommands::Answer AdminCommands::Stats(std::string_view /*arguments*/) {
  std::string lines;
  for (const auto& [name, value] : StatValuesOf(server_)) {
    absl::StrAppend(&lines, name, " ", value, "\n");
  }
  return lines;
}

AdminCommands::Answer AdminCommands::SetLogLevel(std::string_view arguments) {
  if (!actions_.set_log_level) return absl::UnimplementedError("this server has no log");
  if (absl::Status status = actions_.set_log_level(arguments); !status.ok()) return status;
  return absl::StrCat("logging from level ", Visible(arguments, kShownCommandBytes), " on\n");
}

AdminCommands::Answer AdminCommands::Reload(std::string_view /*arguments*/) {
  if (!actions_.reload) return absl::UnimplementedError("this server has nothing to reload");
  Answer text = actions_.reload();
  if (text.ok()) text->push_back('\n');
  return text;
}

AdminCommands::Answer AdminCommands::Drain(std::string_view arguments) {
  if (!actions_.stop) return absl::UnimplementedError("this server cannot be stopped from here");
  const auto duration = OptionalDuration(arguments);
  if (!duration.ok()) return duration.status();
  server_.StopListening();
  draining_ = true;
  scheduler_.Cancel(drain_limit_);
  drain_limit_ = scheduler_.RunAt(scheduler_.Now() + *duration, [this] { EndDrain(); });
  drain_turn_.Request();
  const bool limited = *duration != absl::InfiniteDuration();
  return absl::StrCat("draining, connections left: ", server_.connections(),
                      limited ? ", stops after " + SecondsText(*duration) : "", "\n");
}

void AdminCommands::EndDrain() {
  scheduler_.Cancel(std::exchange(drain_limit_, kNoTimer));
  if (std::exchange(draining_, false)) actions_.stop();
}

AdminCommands::Answer AdminCommands::Help(std::string_view /*arguments*/) {
  std::string lines;
  for (const Command& command : kCommands) {
    absl::StrAppend(&lines,
                    absl::StrFormat("%-32s %s\n", command.form(), AbslView(command.purpose)));
  }
  return lines;
}

}  // namespace chathttp

#include "chathttp/transport/admin/admin_commands.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/domain/escape.h"
#include "chathttp/domain/user_name.h"
#include "chathttp/transport/ports/ip_address.h"
#include "chathttp/transport/server/server_figures.h"
#include "chathttp/transport/server/stat_values.h"

namespace chathttp {
namespace {

constexpr std::size_t kShownCommandBytes = 64;  // of what the operator wrote

// How often the connections of other servers are counted while they drain.
constexpr absl::Duration kDrainWatchPeriod = absl::Milliseconds(100);

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
    {"servers", "", "the servers that share the room through an engine, and when each was heard",
     &AdminCommands::Servers},
    {"help", "", "this list", &AdminCommands::Help},
};

AdminCommands::AdminCommands(ChatServer& server, Scheduler& scheduler, AdminActions actions,
                             std::vector<OtherServer> others)
    : server_(server),
      scheduler_(scheduler),
      actions_(std::move(actions)),
      others_(std::move(others)),
      connections_(server, scheduler),
      drain_turn_(scheduler, [this] { WatchDrain(); }) {
  server_.Subscribe(*this);
}

AdminCommands::~AdminCommands() {
  scheduler_.Cancel(drain_limit_);
  scheduler_.Cancel(drain_watch_);
  server_.Unsubscribe(*this);
}

void AdminCommands::ForEach(absl::FunctionRef<void(ChatServer&, const ConnectionTable&)> visit) {
  visit(server_, connections_);
  for (const OtherServer& other : others_) {
    other.run([&] { visit(other.server, other.connections); });
  }
}

std::size_t AdminCommands::CountConnections() {
  std::size_t connections = 0;
  ForEach([&](const ChatServer& server, const ConnectionTable&) {
    connections += server.connections();
  });
  return connections;
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
  const auto is_listed = [&](const ChatRoom::Member& member) {
    return SameName(std::string_view(member.name).substr(0, arguments.size()), arguments);
  };
  absl::flat_hash_map<MemberId, std::string> others;  // the rows that other servers know
  for (const OtherServer& other : others_) {
    other.run([&] {
      for (const ChatRoom::Member& member : other.server.room().members()) {
        if (!other.server.OwnConnection(member.id) || !is_listed(member)) continue;
        others[member.id] = other.connections.RowOf(member);
      }
    });
  }
  std::string rows;
  std::size_t listed = 0;
  for (const ChatRoom::Member& member : server_.room().members()) {
    if (!is_listed(member)) continue;
    ++listed;
    const auto other = others.find(member.id);
    rows += other != others.end() ? other->second : connections_.RowOf(member);
  }
  return absl::StrCat("members: ", listed, " of ", server_.room().members().size(), "\n",
                      ConnectionTable::Heading(), rows);
}

AdminCommands::Answer AdminCommands::Kick(std::string_view arguments) {
  const std::string_view name = TakeWord(arguments);
  const std::optional<MemberId> member = server_.room().IdOf(name);
  if (!member) return Error("no such member", name);
  const std::string shown = Visible(*server_.room().NameOf(*member));
  bool is_here = false;
  bool kicked = false;
  ForEach([&](ChatServer& server, const ConnectionTable&) {
    const std::optional<ConnectionId> connection = server.OwnConnection(*member);
    if (server.EndAway(*member, arguments)) is_here = kicked = true;
    if (!connection) return;
    is_here = true;
    kicked = server.Disconnect(*connection, arguments);
  });
  if (kicked) return absl::StrCat("kicked ", shown, "\n");
  return absl::FailedPreconditionError(
      is_here ? absl::StrCat(shown, " is leaving already")
              : absl::StrCat(shown, " is a member of another server of this room, kick it there"));
}

void AdminCommands::OnServerEvent(const ServerEvent& event) {
  if (draining_ && event.kind == ServerEvent::Kind::kClosed) drain_turn_.Request();
}

// ---- Bans -------------------------------------------------------------------------------------

AdminCommands::Answer AdminCommands::SetBan(std::string_view arguments) {
  const auto network = ParseIpNetwork(TakeWord(arguments));
  if (!network.ok()) return network.status();
  const auto duration = OptionalDuration(arguments);
  if (!duration.ok()) return duration.status();
  absl::Status status;
  const absl::Time end = scheduler_.Now() + *duration;
  ForEach([&](ChatServer& server, const ConnectionTable&) {
    status.Update(server.AddBan({*network, end}));
  });
  if (!status.ok()) return status;
  return absl::StrCat("banned ", ToString(*network), " ", ForText(*duration), "\n");
}

AdminCommands::Answer AdminCommands::Unban(std::string_view arguments) {
  const auto network = ParseIpNetwork(arguments);
  if (!network.ok()) return network.status();
  bool lifted = false;
  ForEach([&](ChatServer& server, const ConnectionTable&) { lifted |= server.LiftBan(*network); });
  if (lifted) return absl::StrCat("unbanned ", ToString(*network), "\n");
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
  ServerFigures figures = FiguresOf(server_);
  for (const OtherServer& other : others_) {
    other.run([&] { figures.AddServer(FiguresOf(other.server)); });
  }
  std::string lines;
  for (const auto& [name, value] : StatValuesOf(figures)) {
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
  ForEach([](ChatServer& server, const ConnectionTable&) { server.StopListening(); });
  draining_ = true;
  scheduler_.Cancel(drain_limit_);
  drain_limit_ = scheduler_.RunAt(scheduler_.Now() + *duration, [this] { EndDrain(); });
  drain_turn_.Request();
  const bool limited = *duration != absl::InfiniteDuration();
  return absl::StrCat("draining, connections left: ", CountConnections(),
                      limited ? ", stops after " + SecondsText(*duration) : "", "\n");
}

void AdminCommands::WatchDrain() {
  if (!draining_) return;
  if (CountConnections() == 0) return EndDrain();
  if (others_.empty()) return;  // OnServerEvent calls again
  scheduler_.Cancel(drain_watch_);
  drain_watch_ = scheduler_.RunAt(scheduler_.Now() + kDrainWatchPeriod, [this] { WatchDrain(); });
}

void AdminCommands::EndDrain() {
  scheduler_.Cancel(std::exchange(drain_limit_, kNoTimer));
  scheduler_.Cancel(std::exchange(drain_watch_, kNoTimer));
  if (std::exchange(draining_, false)) actions_.stop();
}

AdminCommands::Answer AdminCommands::Servers(std::string_view /*arguments*/) {
  if (!actions_.servers) return absl::UnimplementedError("this server has its room for itself");
  return actions_.servers();
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

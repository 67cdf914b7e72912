#include "chathttp/sim/oracle/operator_log.h"

#include <algorithm>

#include "chathttp/sim/scenario/quantity.h"
#include "chathttp/sim/world/options.h"
#include "chathttp/sim/world/raw_text.h"

namespace chathttp::sim {

// ---- The options ------------------------------------------------------------------------------

OptionsLog::OptionsLog(const ServerRecord& server) : options_{server.options} {
  for (const ReportedReload& reload : server.reloads) {
    if (IsRefused(reload.changes)) continue;
    options_.push_back(Reloaded(options_.back(), reload.changes));
    since_.push_back(reload.when);
  }
}

const ServerOptions& OptionsLog::At(std::uint64_t order) const {
  const auto later = std::find_if(since_.begin(), since_.end(),
                                  [&](const Moment& since) { return since.order > order; });
  return options_[static_cast<std::size_t>(later - since_.begin())];
}

const ServerOptions& OptionsLog::AtTurn(std::size_t turn) const {
  const auto later = std::find_if(since_.begin(), since_.end(),
                                  [&](const Moment& since) { return since.turn > turn; });
  return options_[static_cast<std::size_t>(later - since_.begin())];
}

std::vector<const ServerOptions*> OptionsLog::InTurns(std::size_t first, std::size_t last) const {
  std::vector<const ServerOptions*> all = {&AtTurn(first)};
  for (std::size_t i = 0; i < since_.size(); ++i) {
    if (since_[i].turn > first && since_[i].turn <= last) all.push_back(&options_[i + 1]);
  }
  return all;
}

// Each limit is 1 at least.
bool OptionsLog::IsRefused(const std::vector<LimitSetting>& changes) {
  return std::any_of(changes.begin(), changes.end(),
                     [](const LimitSetting& change) { return change.value == 0; });
}

// ---- Strangers --------------------------------------------------------------------------------

bool HasStrangers(const ServerOptions& options) {
  return std::none_of(options.exempt.begin(), options.exempt.end(),
                      [](const IpNetwork& network) { return network.bits() == 0; });
}

bool IsStranger(const ServerOptions& options, const ServerConnection& connection) {
  if (!HasStrangers(options)) return false;
  const auto address = ReadPeer(connection.peer);
  return address &&
         std::none_of(options.exempt.begin(), options.exempt.end(), [&](const IpNetwork& network) {
           return Contains({network.base().bytes(), network.bits()}, *address);
         });
}

// ---- The commands -----------------------------------------------------------------------------

std::string_view TakeWord(std::string_view& line) {
  constexpr std::string_view kBlanks = " \t";
  line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
  const std::string_view word = line.substr(0, line.find_first_of(kBlanks));
  line.remove_prefix(word.size());
  line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
  line = line.substr(0, line.find_last_not_of(kBlanks) + 1);
  return word;
}

OperatorLog::OperatorLog(const ServerRecord& server, const RoomLog& room)
    : server_(server), room_(room), dismissals_(server.connections.size()) {
  for (const ReportedCommand& command : server.commands) {
    std::string_view arguments = command.line;
    const std::string_view name = TakeWord(arguments);
    if (name == "kick") Kick(command, arguments);
    if (name == "ban") AddBan(command, arguments);
    if (name == "unban") LiftBan(command, arguments);
  }
  FollowReturns();
}

// A member that comes back in the turn in which it is told to go is told so on its new connection.
void OperatorLog::FollowReturns() {
  for (const Session& session : room_.sessions()) {
    if (!session.visits.empty()) ForgetOfOtherServer(room_.visits()[session.visits.back()]);
    for (std::size_t i = 1; i < session.visits.size(); ++i) {
      const Visit& before = room_.visits()[session.visits[i - 1]];
      const Visit& visit = room_.visits()[session.visits[i]];
      const auto is_pending = [&](const Dismissal& dismissal) {
        return dismissal.when.order < visit.came.order &&
               dismissal.when.order > before.came.order && dismissal.when.turn == visit.came.turn;
      };
      for (AwayDismissal& away : away_) {
        if (&room_.sessions()[away.session] == &session && is_pending(away.dismissal)) {
          MoveTo(visit.connection, visit.came, away.dismissal.reason);
        }
      }
      if (before.how != Visit::End::kTakenOver) continue;  // else it was on no connection
      for (Dismissal& dismissal : dismissals_[before.connection]) {
        if (!is_pending(dismissal)) continue;
        dismissal.taken_over = true;
        MoveTo(visit.connection, visit.came, dismissal.reason);
      }
    }
  }
}

// One that comes back at another server before it is told to go is not told any more.
void OperatorLog::ForgetOfOtherServer(const Visit& last) {
  if (last.how != Visit::End::kTakenOver) return;
  for (Dismissal& dismissal : dismissals_[last.connection]) {
    if (dismissal.when.turn == last.gone->when.turn) dismissal.taken_over = true;
  }
}

// It takes effect in the next turn.
void OperatorLog::MoveTo(std::size_t connection, const Moment& came, const std::string& reason) {
  Dismissal moved{came, reason};
  moved.when.turn = std::min(came.turn + 1, server_.turns.size());
  std::vector<Dismissal>& all = dismissals_[connection];
  all.push_back(std::move(moved));
  std::sort(all.begin(), all.end(),
            [](const Dismissal& a, const Dismissal& b) { return a.when.order < b.when.order; });
}

void OperatorLog::Kick(const ReportedCommand& command, std::string_view arguments) {
  const std::string_view name = TakeWord(arguments);
  for (const Session& session : room_.sessions()) {
    if (!room_.IsOpen(session, command.when.order) || Folded(session.name) != Folded(name)) {
      continue;
    }
    const std::string reason =
        arguments.empty() ? "Disconnected by this server" : Escaped(arguments);
    if (IsAway(session, command)) {
      const auto index = static_cast<std::size_t>(&session - room_.sessions().data());
      away_.push_back({index, {command.when, reason}});
      continue;
    }
    const std::size_t connection = VisitAt(session, command.when.order).connection;
    if (connection != kNowhere) dismissals_[connection].push_back({command.when, reason});
  }
}

// In a stop, all leave.
bool OperatorLog::IsAway(const Session& session, const ReportedCommand& command) const {
  const bool stopped = server_.stop && server_.stop->order < command.when.order;
  return !stopped && room_.IsAway(session, command.when.order);
}

// The last one that has begun.
const Visit& OperatorLog::VisitAt(const Session& session, std::uint64_t order) const {
  const auto later = std::find_if(session.visits.begin(), session.visits.end(), [&](std::size_t v) {
    return room_.visits()[v].came.order > order;
  });
  return room_.visits()[*std::prev(later)];
}

void OperatorLog::AddBan(const ReportedCommand& command, std::string_view arguments) {
  const auto network = ReadNetwork(TakeWord(arguments));
  if (!network) return;
  absl::Duration end = absl::InfiniteDuration();
  if (!arguments.empty()) {
    const auto nanoseconds = ParseQuantity(Unit::kDuration, arguments);
    if (!nanoseconds || absl::Nanoseconds(*nanoseconds) < absl::Seconds(1)) return;
    end = command.when.at + absl::Nanoseconds(*nanoseconds);
  }
  for (Ban& ban : bans_) {
    if (ban.network == *network && !ban.lifted) ban.lifted = command.when;
  }
  bans_.push_back({*network, command.when, end});
  for (std::size_t c = 0; c < server_.connections.size(); ++c) {
    const ServerConnection& connection = server_.connections[c];
    if (connection.accepted.order > command.when.order) break;
    if (!IsStranger(server_.options, connection)) continue;
    // Those that other bans hold, too, went when these began.
    if (!IsBanned(*ReadPeer(connection.peer), command.when.order + 1, command.when.at)) continue;
    dismissals_[c].push_back({command.when, "Your address is banned from this server"});
  }
  for (const Session& session : room_.sessions()) {
    if (!IsAway(session, command)) continue;
    const std::size_t connection = VisitAt(session, command.when.order).connection;
    if (connection == kNowhere) continue;  // its address is not known
    const ServerConnection& lost = server_.connections[connection];
    if (!IsStranger(server_.options, lost) ||
        !IsBanned(*ReadPeer(lost.peer), command.when.order + 1, command.when.at)) {
      continue;
    }
    away_.push_back({static_cast<std::size_t>(&session - room_.sessions().data()),
                     {command.when, "Your address is banned from this server"}});
  }
}

void OperatorLog::LiftBan(const ReportedCommand& command, std::string_view arguments) {
  const auto network = ReadNetwork(TakeWord(arguments));
  for (Ban& ban : bans_) {
    if (network && arguments.empty() && ban.network == *network && !ban.lifted) {
      ban.lifted = command.when;
    }
  }
}

bool OperatorLog::IsBanned(const RawAddress& address, std::uint64_t order,
                           absl::Duration at) const {
  return std::any_of(bans_.begin(), bans_.end(), [&](const Ban& ban) {
    return ban.IsInForce(order, at) && Contains(ban.network, address);
  });
}

}  // namespace chathttp::sim

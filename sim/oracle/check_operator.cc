// What the operator does, and where the connections come from: bans, kicks, drains, changes of the
// options, and the headers of proxies.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/sim/oracle/checks.h"
#include "chathttp/sim/scenario/quantity.h"
#include "chathttp/sim/world/raw_proxy.h"

namespace chathttp::sim {
namespace {

// ---- Commands ---------------------------------------------------------------------------------

// Whether the server serves the connection at this moment, so that it can be told to go.
bool IsServed(const Life& life, std::size_t connection, const Moment& when) {
  const ServerConnection& c = life.server.connections[connection];
  const Conversation& conversation = life.conversations[connection];
  if (c.id == 0 || c.accepted.order > when.order) return false;
  if (conversation.ending == Ending::kTurnedAway) return false;
  if (conversation.ending != Ending::kNone && conversation.concluded.order < when.order) {
    return false;
  }
  const auto is_over = [&](const std::optional<Moment>& moment) {
    return moment && moment->order < when.order;
  };
  if (is_over(c.read_end) || is_over(c.broken) || is_over(c.reset) || is_over(c.closed)) {
    return false;
  }
  for (const Dismissal& dismissal : life.commands.DismissalsOf(connection)) {
    if (dismissal.when.order < when.order && IsServed(life, connection, dismissal.when)) {
      return false;
    }
  }
  return true;
}

class CommandCheck {
 public:
  CommandCheck(Evidence& evidence, const Life& life) : evidence_(evidence), life_(life) {}

  void Check() {
    for (const ReportedCommand& command : life_.server.commands) {
      std::string_view arguments = command.line;
      const std::string_view name = TakeWord(arguments);
      if (name == "kick") CheckKick(command);
      if (name == "ban") CheckBan(command, arguments);
      if (name == "unban") CheckUnban(command, arguments);
      if (name == "bans") CheckBans(command);
      if (name == "drain") CheckDrain(command, arguments);
    }
    for (std::size_t c = 0; c < life_.conversations.size(); ++c) {
      if (life_.conversations[c].good) CheckDismissals(c);
    }
    for (const AwayDismissal& away : life_.commands.away_dismissals()) CheckAway(away);
  }

 private:
  void Report(const ReportedCommand& command, std::string_view expected) {
    evidence_.Report({"operator",
                      absl::StrCat("to ", command.line, ": expected ", AbslView(expected), ", got ",
                                   command.answer),
                      0, "", command.when.at});
  }
  void Expect(const ReportedCommand& command, bool holds, std::string_view expected) {
    if (!holds) Report(command, expected);
  }
  void ExpectError(const ReportedCommand& command) {
    Expect(command, command.answer.starts_with("error: "), "an error");
  }

  void CheckKick(const ReportedCommand& command) {
    for (std::size_t c = 0; c < life_.conversations.size(); ++c) {
      for (const Dismissal& dismissal : life_.commands.DismissalsOf(c)) {
        if (dismissal.when.order != command.when.order) continue;
        if (!life_.conversations[c].good) return;
        if (!IsServed(life_, c, command.when)) break;
        return Expect(command, command.answer.starts_with("kicked "), "the kick");
      }
    }
    for (const AwayDismissal& away : life_.commands.away_dismissals()) {
      if (away.dismissal.when.order != command.when.order) continue;
      return Expect(command, command.answer.starts_with("kicked "), "the kick");
    }
    // One that nobody had heard of may have been told to go.
    if (!WasHeldBack(life_.server)) ExpectError(command);
  }

  void CheckBan(const ReportedCommand& command, std::string_view arguments) {
    const auto network = ReadNetwork(TakeWord(arguments));
    const auto& bans = life_.commands.bans();
    const bool banned = std::any_of(bans.begin(), bans.end(), [&](const OperatorLog::Ban& ban) {
      return ban.from.order == command.when.order;
    });
    if (!network || !banned) return ExpectError(command);
    Expect(command, command.answer.starts_with("banned "), "the ban");
  }

  void CheckUnban(const ReportedCommand& command, std::string_view arguments) {
    const auto network = ReadNetwork(TakeWord(arguments));
    bool may_be = false;
    for (const OperatorLog::Ban& ban : life_.commands.bans()) {
      if (!network || ban.network != *network || ban.from.order > command.when.order) continue;
      if (ban.IsInForce(command.when.order, command.when.at)) {
        return Expect(command, command.answer.starts_with("unbanned "), "the end of the ban");
      }
      may_be = true;  // an expired ban may be there still
    }
    if (!may_be) ExpectError(command);
  }

  void CheckBans(const ReportedCommand& command) {
    const auto& bans = life_.commands.bans();
    const auto count = std::count_if(bans.begin(), bans.end(), [&](const OperatorLog::Ban& ban) {
      return ban.IsInForce(command.when.order, command.when.at);
    });
    const std::string expected = absl::StrCat("bans: ", count, "\n");
    Expect(command, command.answer.starts_with(expected), expected);
  }

  // Nobody is accepted any more, and the server stops in time.
  void CheckDrain(const ReportedCommand& command, std::string_view arguments) {
    const auto limit = ParseQuantity(Unit::kDuration, arguments);
    const bool bad = !arguments.empty() && (!limit || *limit < 1'000'000'000);
    if (bad) return ExpectError(command);
    const std::uint64_t order = command.when.order;
    const auto open = std::count_if(life_.server.connections.begin(),
                                    life_.server.connections.end(), [&](const ServerConnection& c) {
                                      return c.id != 0 && c.accepted.order < order &&
                                             (!c.closed || c.closed->order > order);
                                    });
    const std::string expected = absl::StrCat("draining, connections left: ", open);
    Expect(command, command.answer.starts_with(expected), expected);
    for (const ServerConnection& c : life_.server.connections) {
      if (c.accepted.order < order) continue;
      return evidence_.Report("operator", c, c.accepted.at, "was accepted by a server that drains");
    }
    if (arguments.empty() || IsReplaced(command)) return;
    const absl::Duration end =
        command.when.at + absl::Nanoseconds(*limit) + 2 * evidence_.record.max_wake_delay;
    if (life_.server.crash && life_.server.crash->at <= end) return;
    if (life_.server.stop && life_.server.stop->at <= end) return;
    Report(command, absl::StrCat("a stop", At(end)));
  }

  // Whether a later drain has another limit.
  bool IsReplaced(const ReportedCommand& command) const {
    return std::any_of(life_.server.commands.begin(), life_.server.commands.end(),
                       [&](const ReportedCommand& other) {
                         return other.when.order > command.when.order &&
                                other.answer.starts_with("draining");
                       });
  }

  // A member that is away leaves in the turn, unless it comes back in it.
  void CheckAway(const AwayDismissal& away) {
    const Session& session = life_.log.sessions()[away.session];
    const Moment& when = away.dismissal.when;
    const std::size_t due = when.turn;
    const auto came_back = [&](std::size_t v) {
      const Visit& visit = life_.log.visits()[v];
      // Of several servers, the log may have its return before the logout.
      if (visit.told != nullptr && visit.told->turn == due) return true;
      return visit.came.order > when.order && visit.came.turn == due;
    };
    if (std::any_of(session.visits.begin(), session.visits.end(), came_back)) return;
    const bool left = session.left != nullptr && session.left->when.turn == due;
    // Of several commands, the first counts.
    const auto& all = life_.commands.away_dismissals();
    const bool told =
        left && std::any_of(all.begin(), all.end(), [&](const AwayDismissal& other) {
          return other.session == away.session && other.dismissal.reason == session.left->reason;
        });
    if (left && (life_.order != nullptr || told)) return;
    const bool over = due >= life_.server.turns.size() || life_.server.crash ||
                      (life_.server.stop && life_.server.stop->turn <= due) ||
                      (life_.order != nullptr ? life_.MayBeLate(due) : life_.pace.HeldUp(due));
    if (over) return;
    evidence_.Report(
        {"operator",
         absl::StrCat("is away and was told to go: ", away.dismissal.reason,
                      ", expected to leave, got ", left ? session.left->reason : "no \"left\""),
         0, std::string(session.name), when.at});
  }

  // Who is told to go is served no more, and gone with the turn.
  void CheckDismissals(std::size_t index) {
    const ServerConnection& c = life_.server.connections[index];
    const Conversation& conversation = life_.conversations[index];
    for (const Dismissal& dismissal : life_.commands.DismissalsOf(index)) {
      if (dismissal.taken_over || !IsServed(life_, index, dismissal.when)) continue;
      const std::size_t due = dismissal.when.turn;
      for (const Asked& asked : conversation.asked) {
        if (asked.fate != Asked::Fate::kServed || !asked.exact || asked.served.turn < due) continue;
        if (asked.served.order < dismissal.when.order && asked.served.turn == due) continue;
        return evidence_.Report("operator", c, asked.served.at,
                                "was served after it was told to go");
      }
      const bool over = due >= life_.server.turns.size() || life_.server.crash ||
                        life_.pace.HeldUp(due) || life_.MayBeLate(conversation.concluded.turn);
      const bool told =
          conversation.ending == Ending::kDisconnected && conversation.concluded.turn == due;
      if (told || over) return;
      return evidence_.Report("operator", c, dismissal.when.at,
                              absl::StrCat("was told to go and was not: ", dismissal.reason));
    }
    if (conversation.ending == Ending::kDisconnected) {
      evidence_.Report("operator", c, conversation.concluded.at, "was told to go by nobody");
    }
  }

  Evidence& evidence_;
  const Life& life_;
};

// ---- Headers of proxies -----------------------------------------------------------------------

class ArrivalCheck {
 public:
  ArrivalCheck(Evidence& evidence, const Life& life, std::size_t index)
      : evidence_(evidence), arrival_(life.server.arrivals[index]) {
    for (const ServerConnection& c : life.server.connections) {
      if (c.arrival == index) connection_ = &c;
    }
  }

  void Check() {
    const auto peer = ReadPeer(arrival_.peer);
    if (!peer || !Contains(*ReadNetwork(kProxyNetwork), *peer)) {
      return Expect(arrival_.refused && arrival_.in.empty() && connection_ == nullptr,
                    "to be refused: it is no proxy");
    }
    if (arrival_.overflow) return;
    Decide();
    const absl::Duration limit = arrival_.accepted.at + kProxyHeaderLimit;
    if (!decided_) return CheckUndecided(limit);
    if (decided_->at >= limit && arrival_.refused) return;  // at one instant
    if (header_.status != RawHeader::Status::kComplete) {
      return Expect(
          arrival_.refused && arrival_.refused->at == decided_->at && connection_ == nullptr,
          "to be refused for its header");
    }
    Expect(connection_ != nullptr && !arrival_.refused, "to be accepted behind its header");
    if (connection_ != nullptr) CheckAccepted();
  }

 private:
  void Expect(bool holds, std::string_view expected) {
    if (holds) return;
    std::string got = "nothing";
    if (connection_ != nullptr) {
      got = absl::StrCat("accepted", At(connection_->accepted.at), " from ", connection_->peer);
    }
    if (arrival_.refused)
      got = absl::StrCat("refused", At(arrival_.refused->at), ": ", arrival_.reason);
    evidence_.Report({"address",
                      absl::StrCat("of the connection from ", arrival_.peer, ": expected ",
                                   AbslView(expected), ", got ", got),
                      0, "", arrival_.accepted.at});
  }

  // Finds the read that completes or breaks the header.
  void Decide() {
    for (const Transfer& read : arrival_.reads) {
      header_ = CutProxyHeader(std::string_view(arrival_.in).substr(0, read.end));
      if (header_.status == RawHeader::Status::kPart) continue;
      decided_ = read.when;
      return;
    }
    if (arrival_.ended) decided_ = arrival_.ended;
  }

  void CheckUndecided(absl::Duration limit) {
    Expect(connection_ == nullptr, "to wait for its header");
    const absl::Duration latest = limit + 2 * evidence_.record.max_wake_delay;
    if (arrival_.refused) {
      return Expect(arrival_.refused->at >= limit && arrival_.refused->at <= latest,
                    absl::StrCat("to be refused", At(limit)));
    }
    // The listener was closed, or the run has ended.
    Expect(arrival_.closed && arrival_.closed->at <= latest,
           absl::StrCat("to be refused", At(limit)));
  }

  void CheckAccepted() {
    const ServerConnection& c = *connection_;
    Expect(c.accepted.order > decided_->order && c.accepted.at == decided_->at,
           absl::StrCat("to be accepted", At(decided_->at), " when its header was complete"));
    const auto peer = ReadPeer(c.peer);
    const bool source =
        header_.source ? peer == header_.source && c.peer.ends_with(absl::StrCat(":", header_.port))
                       : c.peer == arrival_.peer;
    Expect(source, "the address of its header");
    const std::string_view behind = std::string_view(arrival_.in).substr(header_.bytes);
    const std::size_t common = std::min(behind.size(), c.in.size());
    Expect(c.in.substr(0, common) == behind.substr(0, common),
           "the bytes behind its header to come first");
  }

  Evidence& evidence_;
  const Arrival& arrival_;
  const ServerConnection* connection_ = nullptr;
  RawHeader header_;
  std::optional<Moment> decided_;
};

// ---- Options ----------------------------------------------------------------------------------

// The options that a reload can change.
auto Reloadable(const ServerOptions& options) {
  return std::tuple(options.max_connections, options.flood.per_second, options.flood.burst,
                    options.flood_limit, options.per_address, options.connect_rate.connects,
                    options.max_refusals);
}

}  // namespace

void CheckCommands(Evidence& evidence, const Life& life) {
  if (!life.server.commands.empty()) CommandCheck(evidence, life).Check();
}

void CheckArrivals(Evidence& evidence, const Life& life) {
  for (std::size_t i = 0; i < life.server.arrivals.size(); ++i) {
    ArrivalCheck(evidence, life, i).Check();
  }
  for (const ServerConnection& c : life.server.connections) {
    if (c.proxied && !c.arrival) {
      evidence.Report("address", c, c.accepted.at, "was accepted before any header came");
    }
  }
}

void CheckReloads(Evidence& evidence, const Life& life) {
  for (const ReportedReload& reload : life.server.reloads) {
    const bool refused = OptionsLog::IsRefused(reload.changes);
    if (refused != !reload.error.empty()) {
      evidence.Report({"reload",
                       absl::StrCat("expected the change to be ", refused ? "refused" : "made",
                                    ", got ", reload.error.empty() ? "none" : reload.error),
                       0, "", reload.when.at});
    }
    if (Reloadable(reload.options) != Reloadable(life.options.At(reload.when.order))) {
      evidence.Report({"reload",
                       refused ? "a change that was refused is in force, or a part of it"
                               : "a change that was made is not in force as a whole",
                       0, "", reload.when.at});
    }
  }
}

}  // namespace chathttp::sim

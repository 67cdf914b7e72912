#include "chathttp/sim/oracle/check_order.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "chathttp/sim/oracle/life_order.h"
#include "chathttp/transport/ports/ordered_log.h"

namespace chathttp::sim {
namespace {

// Generous, for a command that is on its way to the log and back.
absl::Duration LogSlack(const Scenario& scenario) {
  absl::Duration slack = absl::Seconds(1);
  slack += 4 * absl::Nanoseconds(LimitOr(scenario, "log-delay", 0));
  for (const Step& step : scenario.steps) {
    if (step.verb == Verb::kLogDelay) slack += 4 * absl::Nanoseconds(step.amount);
    if (step.verb == Verb::kCrash || step.verb == Verb::kRestart) slack += kDepartureLimit;
  }
  return slack;
}

// Until when things have happened that are done when the settle phase ends; nullopt if there is no
// such time.
std::optional<absl::Duration> SettledSince(const Evidence& evidence) {
  const WorldRecord& record = evidence.record;
  if (evidence.scenario.mode == Mode::kHostile || !record.simulated) return std::nullopt;
  const absl::Duration by = record.drain - LogSlack(evidence.scenario);
  if (by < record.healed) return std::nullopt;
  return by;
}

std::size_t LoggedBy(const WorldRecord& record, absl::Duration by) {
  const auto behind =
      std::partition_point(record.log.begin(), record.log.end(),
                           [&](const LoggedCommand& command) { return command.at <= by; });
  return static_cast<std::size_t>(behind - record.log.begin());
}

// Whether the server serves when the drain begins.
bool ServesAtEnd(const Evidence& evidence, const ServerRecord& server) {
  return !server.crash && server.stop && server.stop->at >= evidence.record.drain;
}

bool IsOpen(const ServerConnection& connection, absl::Duration at) {
  for (const auto& moment : {connection.closed, connection.shut, connection.reset}) {
    if (moment && moment->at < at) return false;
  }
  return !connection.overflow;
}

bool WasBlocked(const ServerConnection& connection) {
  if (connection.writes.empty()) return false;
  const Transfer& last = connection.writes.back();
  const std::size_t begin =
      connection.writes.size() == 1 ? 0 : connection.writes[connection.writes.size() - 2].end;
  return last.end - begin < last.offered;
}

// Whether the operator had told an away member to go.
bool WasToldToGo(const Life& life, const OrderedStay& stay, const Moment& left) {
  const auto& all = life.commands.away_dismissals();
  return std::any_of(all.begin(), all.end(), [&](const AwayDismissal& away) {
    return life.log.sessions()[away.session].name == stay.name &&
           away.dismissal.when.order < left.order;
  });
}

void CheckRoom(Evidence& evidence, const Life& life) {
  const ServerRecord& server = life.server;
  const std::size_t taken = server.first_taken + server.taken_at_end;
  std::vector<std::string> names;
  for (const RoomOrder::Member& member : life.order->order().MembersAfter(taken)) {
    names.push_back(member.name);
  }
  if (names == server.room_at_end) return;
  evidence.Report(
      "list", absl::StrCat("expected ", absl::StrJoin(names, " "), " in the room of ", server.name,
                           " at the end, it has ", absl::StrJoin(server.room_at_end, " ")));
}

// While nobody departs, the room is that behind the last command.
void CheckSizes(Evidence& evidence, const Life& life) {
  const ServerRecord& server = life.server;
  for (std::size_t t = 0; t < server.turns.size(); ++t) {
    const ServerTurn& turn = server.turns[t];
    if (life.order->Alone() != nullptr && t >= life.order->Alone()->turn) return;
    if (turn.taken == 0 || (t + 1 == server.turns.size() && turn.members == 0)) continue;
    const std::size_t taken = server.first_taken + turn.taken;
    if (evidence.record.log[taken - 1].kind == Command::Kind::kServerGone) continue;
    const std::size_t members = life.order->order().MembersAfter(taken).size();
    if (members == turn.members) continue;
    return evidence.Report(
        "list", absl::StrCat("expected ", members, " members in the room of ", server.name,
                             At(turn.at), ", it has ", turn.members));
  }
}

void CheckAnswered(Evidence& evidence, const Life& life, absl::Duration by) {
  const ServerOptions& options = life.server.options;
  const std::size_t taken = life.server.first_taken + life.server.taken_at_end;
  const std::size_t position = life.order->order().PositionAfter(taken);
  for (std::size_t c = 0; c < life.conversations.size(); ++c) {
    const ServerConnection& connection = life.server.connections[c];
    const Conversation& conversation = life.conversations[c];
    if (!conversation.good || conversation.ending == Ending::kTurnedAway) continue;
    if (!IsOpen(connection, evidence.record.drain) || WasBlocked(connection)) continue;
    const bool ended =
        conversation.ending != Ending::kNone && conversation.concluded.at <= evidence.record.drain;
    if (ended) continue;
    const bool held = options.flood.per_second > 0 && IsStranger(options, connection);
    for (const Asked& asked : conversation.asked) {
      if (asked.read.at > by || held) break;
      const bool answered = asked.reply_end != kNowhere && asked.reply_end <= connection.out.size();
      if (answered) continue;
      evidence.Report("one-reply", connection, asked.read.at,
                      absl::StrCat("expected a reply to ", std::string(asked.request.method),
                                   ", got none until", At(evidence.record.drain)));
      break;
    }
    if (conversation.visits.empty()) continue;
    const Visit& visit = life.log.visits()[conversation.visits.back()];
    const bool in = visit.gone == nullptr || visit.gone->when.at >= evidence.record.drain;
    if (!in || visit.came.at > by || conversation.cursor >= position) continue;
    evidence.Report("complete", connection, evidence.record.drain,
                    absl::StrCat("heard ", conversation.cursor, " of ", position, " broadcasts"));
  }
}

}  // namespace

void CheckSettled(Evidence& evidence, const Life& life) {
  CheckSizes(evidence, life);
  const std::optional<absl::Duration> by = SettledSince(evidence);
  if (!by || !ServesAtEnd(evidence, life.server)) return;
  const std::size_t logged = LoggedBy(evidence.record, *by);
  const std::size_t taken = life.server.first_taken + life.server.taken_at_end;
  if (taken < logged) {
    return evidence.Report("complete", absl::StrCat(life.server.name, " has taken ", taken, " of ",
                                                    logged, " commands of the log"));
  }
  CheckRoom(evidence, life);
  CheckAnswered(evidence, life, *by);
}

void CheckAway(Evidence& evidence, const Life& life, const std::vector<AwaySpan>& spans) {
  const ServerRecord& server = life.server;
  for (const AwaySpan& span : spans) {
    const OrderedStay& stay = life.order->order().StayOf(span.visit);
    const absl::Duration due = span.from.at + server.options.away_limit;
    // A pause may begin before its timer wakes it. Then it wakes once more.
    const absl::Duration wake = evidence.record.max_wake_delay;
    absl::Duration latest = life.Awake(life.Awake(due) + wake);
    if (latest > due + wake) latest += wake;
    const auto report = [&](std::string what) {
      evidence.Report(
          {"quiet",
           absl::StrCat("is away at ", server.name, ", expected it to leave", At(due), ", ", what),
           0, stay.name, span.from.at});
    };
    if (span.end != nullptr) {
      const Moment& left = span.end->appended->when;
      if (WasToldToGo(life, stay, left)) continue;
      const bool late = left.at > latest && !life.MayBeLate(left.turn);
      if (left.at < due || late) report(absl::StrCat("it left", At(left.at)));
      continue;
    }
    absl::Duration end = span.ended == nullptr ? absl::InfiniteDuration() : span.ended->at;
    std::size_t turn = span.ended == nullptr ? server.turns.size() : span.ended->turn;
    for (const auto& moment : {server.stop, server.crash}) {
      if (!moment || moment->at >= end) continue;
      end = moment->at;
      turn = moment->turn;
    }
    if (end <= latest) continue;
    if (turn < server.turns.size() && life.MayBeLate(turn)) continue;
    report("it did not");
  }
}

void CheckGhosts(Evidence& evidence, const RoomOrder& order) {
  const std::optional<absl::Duration> by = SettledSince(evidence);
  if (!by) return;
  const absl::Duration ended = *by - LogSlack(evidence.scenario);
  const auto report = [&](const RoomOrder::Member& member, std::string what) {
    evidence.Report("one-left", absl::StrCat(member.name, " is a member", At(evidence.record.drain),
                                             " though its ", what));
  };
  for (const RoomOrder::Member& member : order.MembersAfter(LoggedBy(evidence.record, *by))) {
    if (order.stays()[member.stay].token) continue;  // see CheckAway
    const auto number = static_cast<std::uint32_t>(ServerOf(MemberId{member.id}));
    for (const ServerRecord& server : evidence.record.servers) {
      const auto is_it = [&](const ServerNumbered& n) { return n.number == number; };
      if (std::none_of(server.numbers.begin(), server.numbers.end(), is_it)) continue;
      if ((server.crash && server.crash->at < ended) || (server.stop && server.stop->at < ended)) {
        report(member, "server has ended");
      }
      for (const ServerConnection& connection : server.connections) {
        const bool its = connection.id == NumberOf(MemberId{member.id});
        if (its && connection.closed && connection.closed->at < ended) {
          report(member, absl::StrCat("connection was closed", At(connection.closed->at)));
        }
      }
    }
  }
}

void CheckHeapLeft(Evidence& evidence) {
  if (const std::int64_t left = evidence.record.heap_bytes_left; left != 0) {
    evidence.Report("memory", absl::StrCat("the servers left ", left,
                                           " bytes on the heap when they were gone"));
  }
}

}  // namespace chathttp::sim

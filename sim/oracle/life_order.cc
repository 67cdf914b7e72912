#include "chathttp/sim/oracle/life_order.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/sim/oracle/reply.h"
#include "chathttp/transport/ports/ordered_log.h"

namespace chathttp::sim {
namespace {

std::string_view NameOf(Command::Kind kind) {
  switch (kind) {
    case Command::Kind::kLogin:
      return "a login";
    case Command::Kind::kSay:
      return "a text";
    case Command::Kind::kLogout:
      return "a logout";
    case Command::Kind::kServerGone:
      return "the end of the server";
    case Command::Kind::kRestart:
    case Command::Kind::kEpoch:  // a SimLog gives neither this nor the next one
    case Command::Kind::kPast:
      break;
  }
  return "a restart";
}

bool Equals(const AppendedCommand& appended, const LoggedCommand& logged) {
  return appended.kind == logged.kind && appended.member == logged.member &&
         appended.wall == logged.wall && appended.text == logged.text &&
         appended.returns == logged.returns && appended.session == logged.session;
}

bool IsUnderWay(const LifeOrder::Own& own, std::size_t first, std::size_t last) {
  return own.appended->when.turn <= last && (own.taken == nullptr || own.taken->turn >= first);
}

}  // namespace

LifeOrder::LifeOrder(Evidence& evidence, const RoomOrder& order, const ServerRecord& server)
    : evidence_(evidence),
      order_(order),
      server_(server),
      by_connection_(server.connections.size()),
      losses_(server.connections.size()) {
  for (std::size_t c = 0; c < server.connections.size(); ++c) {
    if (server.connections[c].id != 0) by_id_.emplace(server.connections[c].id, c);
  }
  FindLosses();
  if (server.epoch != order.PlaceAfter(server.first_taken).epoch) {
    evidence.Report("epoch",
                    absl::StrCat(server.name, " begins in epoch ", server.epoch, ", expected ",
                                 order.PlaceAfter(server.first_taken).epoch));
  }
  for (const AppendedCommand& command : server.appended) {
    CheckAppended(command);
    if (command.kind == Command::Kind::kServerGone) {
      of_server_.push_back({&command});
      continue;
    }
    if (const auto connection = ConnectionOf(command)) {
      by_connection_[*connection].push_back({&command});
    } else if (command.kind == Command::Kind::kLogout) {
      ends_of_away_.push_back({&command});
    } else {
      evidence.Report("invention",
                      absl::StrCat(server.name, " appended ", AbslView(NameOf(command.kind)),
                                   At(command.when.at), " of a connection that is not there"));
    }
  }
  Match();
  FindAlone();
}

void LifeOrder::FindLosses() {
  for (const ReportedEvent& event : server_.events) {
    const auto connection = by_id_.find(event.connection);
    if (event.kind == ServerEvent::Kind::kAway && connection != by_id_.end()) {
      losses_[connection->second] = &event;
    }
  }
}

// That a member of this server has the number of.
std::optional<std::size_t> LifeOrder::ConnectionWithNumberOf(std::uint64_t member) const {
  const auto connection = by_id_.find(NumberOf(MemberId{member}));
  if (connection == by_id_.end()) return std::nullopt;
  return connection->second;
}

// Whose request it was, or whose end.
std::optional<std::size_t> LifeOrder::ConnectionOf(const AppendedCommand& command) const {
  std::uint64_t member = command.member;
  if (command.returns > 0) {
    const auto visit = order_.VisitOf(member, command.returns);
    if (!visit) return std::nullopt;
    member = evidence_.record.log[order_.visits()[*visit].login].member;
  }
  if (static_cast<std::uint32_t>(ServerOf(MemberId{member})) != command.number) return std::nullopt;
  const std::optional<std::size_t> connection = ConnectionWithNumberOf(member);
  if (!connection) return std::nullopt;
  const ServerConnection& c = server_.connections[*connection];
  const bool lost =
      losses_[*connection] != nullptr && losses_[*connection]->when.order < command.when.order;
  const bool closed = c.closed && c.closed->order < command.when.order;
  // It appends its logout while it is closed.
  if (command.kind == Command::Kind::kLogout && (lost || closed)) return std::nullopt;
  return connection;
}

std::optional<std::size_t> LifeOrder::ConnectionOf(std::size_t visit) const {
  const std::size_t login = order_.visits()[visit].login;
  const LoggedCommand& command = evidence_.record.log[login];
  const Moment* const taken = TakenAt(login);
  if (taken == nullptr || !IsOwn(command.server)) return std::nullopt;
  const std::optional<std::size_t> connection = ConnectionWithNumberOf(command.member);
  const bool first = order_.StayOf(visit).visits.front() == visit;  // its logout is on its way, too
  if (!connection || first) return connection;
  const ServerConnection& c = server_.connections[*connection];
  const auto is_before = [&](const std::optional<Moment>& moment) {
    return moment && moment->order < taken->order;
  };
  return is_before(c.reset) || is_before(c.closed) ? std::nullopt : connection;
}

void LifeOrder::FindAlone() {
  if (stopped_ == kNowhere) return;
  const auto told =
      std::find_if(server_.events.begin(), server_.events.end(), [&](const ReportedEvent& event) {
        return event.kind == ServerEvent::Kind::kRefused &&
               event.reason == "Server is shutting down";
      });
  if (told == server_.events.end() || KnowsItsEnd(told->when.order)) return;
  alone_ = &told->when;
  const absl::Duration half = server_.options.stop_limit / 2;
  const bool restarted = std::any_of(
      evidence_.record.log.begin(), evidence_.record.log.end(),
      [](const LoggedCommand& command) { return command.kind == Command::Kind::kRestart; });
  if (!restarted && alone_->at < server_.appended[stopped_].when.at + half) {
    evidence_.Report("last-words",
                     absl::StrCat(server_.name, " ended its connections", At(alone_->at),
                                  ", too early to do so without the log"));
  }
  const auto cut = [&](std::vector<Own>& all) {
    for (Own& own : all) own.taken = own.taken == nullptr ? nullptr : TakenAt(own.log);
  };
  for (std::vector<Own>& connection : by_connection_) cut(connection);
  cut(ends_of_away_);
}

// Whether the log had told the server that it is gone: as it wished, or because others missed it.
bool LifeOrder::KnowsItsEnd(std::uint64_t order) const {
  for (std::size_t i = 0; i < server_.taken.size() && server_.taken[i].order < order; ++i) {
    const LoggedCommand& command = evidence_.record.log[server_.first_taken + i];
    if (command.kind != Command::Kind::kServerGone) continue;
    if (command.server == server_.appended[stopped_].number) return true;
  }
  return false;
}

std::size_t LifeOrder::position() const {
  return order_.PositionAfter(alone_ == nullptr ? taken() : TakenBy(alone_->order));
}

std::size_t LifeOrder::TakenBy(std::uint64_t order) const {
  const auto before =
      std::partition_point(server_.taken.begin(), server_.taken.end(),
                           [&](const Moment& moment) { return moment.order < order; });
  return server_.first_taken + static_cast<std::size_t>(before - server_.taken.begin());
}

bool LifeOrder::IsOwn(std::uint32_t number) const {
  return std::any_of(server_.numbers.begin(), server_.numbers.end(),
                     [&](const ServerNumbered& n) { return n.number == number; });
}

void LifeOrder::CheckAppended(const AppendedCommand& command) {
  const auto index = static_cast<std::size_t>(&command - server_.appended.data());
  const auto report = [&](std::string_view invariant, std::string_view what) {
    evidence_.Report(invariant,
                     absl::StrCat(server_.name, " appended ", AbslView(NameOf(command.kind)),
                                  At(command.when.at), AbslView(what)));
  };
  if (command.kind == Command::Kind::kServerGone) {
    if (!server_.stop) report("drain", ", though it was not told to stop");
    if (stopped_ != kNowhere) report("drain", " twice");
    stopped_ = index;
  } else if (stopped_ != kNowhere && command.kind != Command::Kind::kLogout) {
    report("drain", ", behind the end of the server");
  }
  // A connection that ends appends its logout all the same.
  const bool request = command.kind == Command::Kind::kLogin || command.kind == Command::Kind::kSay;
  if (request && command.log_full) report("memory", ", though the log had no room");
  const std::size_t turn = command.when.turn;
  if (turn < server_.turns.size() && command.wall != server_.turns[turn].wall) {
    report("datetime", absl::StrCat(": expected the time ", DatetimeOf(server_.turns[turn].wall),
                                    ", got ", DatetimeOf(command.wall)));
  }
}

void LifeOrder::Match() {
  std::map<std::uint32_t, std::vector<Own*>> by_number;
  std::vector<Own*> all;
  for (std::vector<Own>& own : by_connection_) {
    for (Own& one : own) all.push_back(&one);
  }
  for (Own& one : of_server_) all.push_back(&one);
  for (Own& one : ends_of_away_) all.push_back(&one);
  std::sort(all.begin(), all.end(), [](const Own* a, const Own* b) {
    return a->appended->when.order < b->appended->when.order;
  });
  for (Own* const own : all) by_number[own->appended->number].push_back(own);
  for (const ServerNumbered& numbered : server_.numbers) {
    MatchNumber(numbered.number, by_number[numbered.number]);
  }
}

// The commands of one server keep their order. Those that are lost are not in the log.
void LifeOrder::MatchNumber(std::uint32_t number, const std::vector<Own*>& own) {
  const std::vector<LoggedCommand>& log = evidence_.record.log;
  auto next = own.begin();
  for (std::size_t i = 0; i < log.size(); ++i) {
    if (log[i].server != number || log[i].kind == Command::Kind::kRestart) continue;
    const auto found = std::find_if(next, own.end(),
                                    [&](const Own* one) { return Equals(*one->appended, log[i]); });
    if (found == own.end()) {
      if (log[i].kind == Command::Kind::kServerGone) continue;  // others missed the server
      evidence_.Report("invention", absl::StrCat("the log has ", AbslView(NameOf(log[i].kind)),
                                                 " of ", server_.name, At(log[i].at),
                                                 ", which it did not append there"));
      return;
    }
    (*found)->log = i;
    (*found)->taken = TakenAt(i);
    next = found + 1;
  }
}

const Moment* LifeOrder::TakenAt(std::size_t command) const {
  if (command < server_.first_taken || command >= taken()) return nullptr;
  const Moment& taken_at = server_.taken[command - server_.first_taken];
  return alone_ != nullptr && taken_at.order > alone_->order ? nullptr : &taken_at;
}

std::size_t LifeOrder::TurnOf(std::size_t item) const {
  const std::size_t command = order_.items()[item].command;
  const Moment* const taken = TakenAt(command);
  if (taken == nullptr) return server_.turns.size();
  std::size_t turn = taken->turn;
  if (evidence_.record.log[command].kind != Command::Kind::kServerGone) return turn;
  const std::size_t before = order_.MembersAfter(command).size();
  const std::size_t last = item - order_.effects()[command].begin;  // to leave before it
  while (turn + 1 < server_.turns.size() && before <= server_.turns[turn].members + last) ++turn;
  return turn;
}

const Moment* LifeOrder::EndAppended() const {
  return stopped_ == kNowhere ? nullptr : &server_.appended[stopped_].when;
}

bool LifeOrder::Waits(std::size_t connection, std::size_t turn) const {
  std::size_t waiting = 0;
  for (const Own& own : by_connection_[connection]) {
    if (!IsUnderWay(own, turn, turn)) continue;
    if (own.appended->kind != Command::Kind::kSay || ++waiting >= kMostOwed) return true;
  }
  return false;
}

absl::Duration LifeOrder::OwedUntil(std::size_t connection, absl::Duration at) const {
  for (const Own& own : by_connection_[connection]) {
    if (own.appended->when.at > at) break;
    at = own.taken == nullptr ? absl::InfiniteDuration() : std::max(at, own.taken->at);
  }
  return at;
}

bool LifeOrder::AnswersWait(std::size_t connection, std::size_t first, std::size_t last) const {
  const std::vector<Own>& own = by_connection_[connection];
  return std::any_of(own.begin(), own.end(),
                     [&](const Own& one) { return IsUnderWay(one, first, last); });
}

}  // namespace chathttp::sim

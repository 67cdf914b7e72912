#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <numeric>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/sim/oracle/checks.h"
#include "chathttp/sim/oracle/clock.h"
#include "chathttp/sim/oracle/reply.h"
#include "chathttp/sim/scenario/names.h"
#include "chathttp/sim/world/raw_address.h"
#include "chathttp/transport/codec/message.h"

namespace chathttp::sim {
namespace {

bool AllGood(const Life& life) {
  return std::all_of(life.conversations.begin(), life.conversations.end(),
                     [](const Conversation& conversation) { return conversation.good; });
}

// Of the first event of this kind; empty if there is none.
std::string ReasonOf(const Life& life, std::size_t connection, ServerEvent::Kind kind) {
  for (const ReportedEvent* event : life.log.EventsOf(connection)) {
    if (event->kind == kind) return event->reason;
  }
  return "";
}

std::string ClosedReason(const Life& life, std::size_t connection) {
  return ReasonOf(life, connection, ServerEvent::Kind::kClosed);
}

// ---- Counters ---------------------------------------------------------------------------------

RequestKind KindOf(const Asked& asked) {
  const auto code = static_cast<StatusCode>(asked.code);
  for (const Method method : {Method::kAdd, Method::kPost, Method::kGet, Method::kDelete}) {
    if (asked.request.method == MethodName(method)) return {method, code};
  }
  return {Method::kUnknown, code};
}

EndReason EndReasonOf(const ServerConnection& c, std::string_view reason) {
  if (reason == "end of stream") return EndReason::kEndOfStream;
  if (reason == "bad request" || reason == "request before login" ||
      reason == "too many refused requests") {
    return EndReason::kRequest;
  }
  if (reason == "flood") return EndReason::kFlood;
  if (reason == "too many unfinished requests") return EndReason::kFull;
  if (reason == "slow consumer") return EndReason::kSlow;
  if (reason == "shutting down" || reason == "disconnected" || reason == "taken over") {
    return EndReason::kServer;
  }
  if (reason == "no byte accepted within the limit") return EndReason::kStalled;
  if (reason == "unfinished request" || reason == "no request" || reason == "no login" ||
      reason == "silent") {
    return EndReason::kTimeLimit;
  }
  return reason == c.broken_reason ? EndReason::kBroken : EndReason::kOther;
}

EndReason TurnedAwayReasonOf(const ServerConnection& c, std::string_view reason) {
  if (c.overflow) return EndReason::kDescriptors;
  return reason.starts_with("Server is full") ? EndReason::kFull : EndReason::kAddress;
}

class CounterCheck {
 public:
  CounterCheck(Evidence& evidence, const Life& life) : evidence_(evidence), life_(life) {}

  void Check() {
    for (std::size_t c = 0; c < life_.conversations.size(); ++c) Count(c);
    const ServerStats& seen = life_.server.stats;
    Compare("accepted", seen.accepted, expected_.accepted);
    Compare("closed", seen.closed, expected_.closed);
    Compare("turned away", seen.turned_away, expected_.turned_away);
    Compare("requests", seen.requests, expected_.requests, perhaps_);
    Compare("replies", seen.replies, expected_.replies, perhaps_);
    Compare("broadcasts", seen.broadcasts,
            life_.log.left_at_start() + 1 + life_.log.items().size());
    Compare("logins", seen.logins, CountLogins());
    Compare("losses", seen.away, CountOf(ServerEvent::Kind::kAway));
    Compare("returns", seen.returns, CountOf(ServerEvent::Kind::kReturned));
    Compare("evicted", seen.evicted, expected_.evicted);
    Compare("expired", seen.expired, expected_.expired);
    Compare("bytes in", seen.bytes_in, expected_.bytes_in);
    Compare("bytes out", seen.bytes_out, expected_.bytes_out);
    CompareLabels(seen);
  }

 private:
  void CompareLabels(const ServerStats& seen) {
    expected_.broadcasts_by_kind[Broadcast::Kind::kEntered] = 1;  // of the witness
    expected_.broadcasts_by_kind[Broadcast::Kind::kLeft] = life_.log.left_at_start();
    for (const Item& item : life_.log.items()) {
      ++expected_.broadcasts_by_kind[item.told == Told::kEntered ? Broadcast::Kind::kEntered
                                     : item.told == Told::kSaid  ? Broadcast::Kind::kSaid
                                                                 : Broadcast::Kind::kLeft];
    }
    for (std::size_t k = 0; k < kRequestKinds.size(); ++k) {
      const auto [method, code] = kRequestKinds[k];
      const bool list = method == Method::kGet && code == StatusCode::kOk;
      Compare(absl::StrCat(AbslView(MethodName(method)), " with ", static_cast<int>(code)),
              seen.requests_by_kind.counts()[k], expected_.requests_by_kind.counts()[k],
              list ? perhaps_ : 0);
    }
    CompareEach("broadcasts", seen.broadcasts_by_kind, expected_.broadcasts_by_kind);
    CompareEach("closed", seen.closed_by_reason, expected_.closed_by_reason);
    Compare("malformed", seen.refusals[Rule::kMalformed], expected_.refusals[Rule::kMalformed]);
    Compare("refusals", seen.refusals.total(), refusals_);
    Compare("fan-outs", seen.fanout.count(), expected_.broadcasts_by_kind.total());
  }

  std::uint64_t CountLogins() const {
    const auto& sessions = life_.log.sessions();
    return static_cast<std::uint64_t>(
        std::count_if(sessions.begin(), sessions.end(),
                      [](const Session& session) { return session.connection != kNowhere; }));
  }

  std::uint64_t CountOf(ServerEvent::Kind kind) const {
    const auto& events = life_.server.events;
    return static_cast<std::uint64_t>(
        std::count_if(events.begin(), events.end(),
                      [&](const ReportedEvent& event) { return event.kind == kind; }));
  }

  template <typename Label>
  void CompareEach(std::string_view what, const Tally<Label>& seen, const Tally<Label>& expected) {
    for (std::size_t label = 0; label < seen.counts().size(); ++label) {
      Compare(absl::StrCat(AbslView(what), " ", AbslView(Labels<Label>::kAll[label])),
              seen.counts()[label], expected.counts()[label]);
    }
  }

  void Compare(std::string_view what, std::uint64_t seen, std::uint64_t expected,
               std::uint64_t perhaps = 0) {
    if (expected <= seen && seen <= expected + perhaps) return;
    evidence_.Report("conservation",
                     absl::StrCat(AbslView(what), ": expected ", expected,
                                  perhaps > 0 ? absl::StrCat(" to ", expected + perhaps) : "",
                                  ", the server counts ", seen));
  }

  void Count(std::size_t index) {
    const ServerConnection& c = life_.server.connections[index];
    const Conversation& conversation = life_.conversations[index];
    ++expected_.accepted;
    const bool crashed =
        life_.server.crash && c.closed && c.closed->order > life_.server.crash->order;
    const std::string reason = ClosedReason(life_, index);
    expected_.closed += c.closed && !crashed ? 1 : 0;
    if (conversation.ending == Ending::kTurnedAway) {
      ++expected_.turned_away;
      ++expected_.closed_by_reason[TurnedAwayReasonOf(
          c, ReasonOf(life_, index, ServerEvent::Kind::kTurnedAway))];
    } else if (c.closed && !crashed) {
      ++expected_.closed_by_reason[EndReasonOf(c, reason)];
    }
    for (const Asked& asked : conversation.asked) {
      if (asked.fate == Asked::Fate::kServed) CountServed(asked);
    }
    perhaps_ += conversation.perhaps_replies;
    const bool at_once = c.id == 0;  // it had no connection
    expected_.replies += at_once ? 0 : conversation.private_replies;
    expected_.bytes_in += c.in.size();
    expected_.bytes_out += at_once ? 0 : c.out.size();
    expected_.evicted += reason == "slow consumer" ? 1 : 0;
    expected_.expired += reason == "no byte accepted within the limit" ? 1 : 0;
    const Ending ending = conversation.ending;
    expected_.expired += ending == Ending::kUnfinishedRequest ||
                                 ending == Ending::kNoFirstRequest || ending == Ending::kNoLogin ||
                                 ending == Ending::kFlooded || ending == Ending::kSilent
                             ? 1
                             : 0;
  }

  void CountServed(const Asked& asked) {
    if (asked.code != 200) ++refusals_;
    if (asked.request.fatal) {
      ++expected_.refusals[Rule::kMalformed];
    } else {
      ++expected_.requests;
      ++expected_.requests_by_kind[KindOf(asked)];
    }
  }

  Evidence& evidence_;
  const Life& life_;
  ServerStats expected_;
  std::uint64_t refusals_ = 0;
  std::uint64_t perhaps_ = 0;
};

void CheckPopulation(Evidence& evidence, const Life& life) {
  const auto compare = [&](std::string_view what, std::size_t seen, std::size_t expected) {
    if (seen == expected) return;
    evidence.Report("conservation", absl::StrCat(AbslView(what), " at the end: expected ", expected,
                                                 ", the server has ", seen));
  };
  if (!life.server.stop || life.server.stop->at != evidence.record.drain) return;
  const std::uint64_t order = life.server.stop->order;
  compare("members", life.server.members_at_end, life.log.Members(order));
  const auto is_away = [&](const Session& session) { return life.log.IsAway(session, order); };
  compare("away", life.server.away_at_end,
          static_cast<std::size_t>(
              std::count_if(life.log.sessions().begin(), life.log.sessions().end(), is_away)));
  const auto is_open = [&](const ServerConnection& c) {
    return c.id != 0 && c.accepted.order < order && (!c.closed || c.closed->order > order);
  };
  compare("connections", life.server.connections_at_end,
          static_cast<std::size_t>(std::count_if(life.server.connections.begin(),
                                                 life.server.connections.end(), is_open)));
}

// Replays who came and went, and says of each connection whether it must be taken.
class AdmissionCheck {
 public:
  AdmissionCheck(Evidence& evidence, const Life& life) : evidence_(evidence), life_(life) {}

  void Check() {
    for (std::size_t i = 0; i < life_.conversations.size(); ++i) {
      Add(life_.server.connections[i].accepted.order, Change::kCame, i);
      AddChanges(i);
    }
    for (const auto& [order, change] : changes_) Apply(change.first, change.second);
  }

 private:
  enum class Change { kCame, kLoggedIn, kLoggedOut, kGone };

  void Add(std::uint64_t order, Change change, std::size_t connection) {
    changes_.emplace(order, std::pair(change, connection));
  }

  void AddChanges(std::size_t i) {
    const ServerConnection& c = life_.server.connections[i];
    if (life_.conversations[i].ending == Ending::kTurnedAway) return;
    for (const ReportedEvent* event : life_.log.EventsOf(i)) {
      const bool logout = event->kind == ServerEvent::Kind::kLeft && event->reason == "logout";
      const bool login =
          event->kind == ServerEvent::Kind::kEntered || event->kind == ServerEvent::Kind::kReturned;
      if (login) Add(event->when.order, Change::kLoggedIn, i);
      if (logout) Add(event->when.order, Change::kLoggedOut, i);
    }
    if (c.closed) Add(c.closed->order, Change::kGone, i);
  }

  void Apply(Change change, std::size_t i) {
    const ServerConnection& c = life_.server.connections[i];
    const bool stranger = IsStranger(life_.server.options, c);
    switch (change) {
      case Change::kCame:
        return Come(i);
      case Change::kLoggedIn:
        if (stranger) anonymous_.erase(i);
        return;
      case Change::kLoggedOut:
        if (stranger) anonymous_.insert(i);
        return;
      case Change::kGone:
        --open_;
        anonymous_.erase(i);
        if (stranger) --customers_[CustomerOf(c)].connections;
        return;
    }
  }

  void Come(std::size_t i) {
    const ServerConnection& c = life_.server.connections[i];
    const bool taken = life_.conversations[i].ending != Ending::kTurnedAway;
    const ServerOptions& options = life_.options.At(c.accepted.order);
    const std::string reason = c.overflow ? "" : Refusal(options, c);
    const std::string seen = taken ? "" : TurnedAwayReason(i);
    if (!c.overflow && reason != seen) {
      const bool of_address =
          reason.find("address") != std::string::npos || seen.find("address") != std::string::npos;
      evidence_.Report(of_address ? "address" : "conservation", c, c.accepted.at,
                       absl::StrCat("expected ", reason.empty() ? "to be taken" : reason, ", got ",
                                    seen.empty() ? "taken" : seen));
    }
    if (!taken) return;
    ++open_;
    if (!IsStranger(options, c)) return;
    anonymous_.insert(i);
    Customer& customer = customers_[CustomerOf(c)];
    ++customer.connections;
    customer.paid_until = std::max(customer.paid_until, c.accepted.at) + Interval(options);
  }

  std::string Refusal(const ServerOptions& options, const ServerConnection& c) {
    if (open_ >= options.max_connections) {
      return absl::StrCat("Server is full: at most ", options.max_connections,
                          " connections, try again later");
    }
    if (!IsStranger(options, c)) return "";
    if (life_.commands.IsBanned(*ReadPeer(c.peer), c.accepted.order, c.accepted.at)) {
      return "Your address is banned from this server";
    }
    const std::size_t quarter = (options.max_connections + 3) / 4;
    if (anonymous_.size() >= quarter) {
      return absl::StrCat("Server is full: at most ", quarter,
                          " connections that are not logged in, try again later");
    }
    const Customer& customer = customers_[CustomerOf(c)];
    if (customer.connections >= options.per_address) {
      return absl::StrCat("Too many connections from your address: at most ", options.per_address,
                          ", got ", customer.connections + 1);
    }
    const auto at_once = static_cast<std::int64_t>(options.connect_rate.connects) - 1;
    if (customer.paid_until - Interval(options) * at_once > c.accepted.at) {
      return absl::StrCat("Too many connects from your address: at most ",
                          options.connect_rate.connects, " in ",
                          absl::FormatDuration(options.connect_rate.span), ", try again later");
    }
    return "";
  }

  static absl::Duration Interval(const ServerOptions& options) {
    return options.connect_rate.span / options.connect_rate.connects;
  }
  static RawNetwork CustomerOf(const ServerConnection& c) {
    return CustomerNetwork(*ReadPeer(c.peer));
  }
  std::string TurnedAwayReason(std::size_t i) const {
    for (const ReportedEvent* event : life_.log.EventsOf(i)) {
      if (event->kind == ServerEvent::Kind::kTurnedAway) return event->reason;
    }
    return "turned away without an event";
  }

  struct Customer {
    std::size_t connections = 0;
    absl::Duration paid_until = -absl::InfiniteDuration();
  };

  Evidence& evidence_;
  const Life& life_;
  std::multimap<std::uint64_t, std::pair<Change, std::size_t>> changes_;  // by order
  std::map<RawNetwork, Customer> customers_;
  std::set<std::size_t> anonymous_;
  std::size_t open_ = 0;
};

// ---- Memory -----------------------------------------------------------------------------------

// The turn in which the witness logged in.
std::size_t FirstTurn(const Life& life) {
  const auto& sessions = life.log.sessions();
  const auto witness = std::find_if(sessions.begin(), sessions.end(), [](const Session& session) {
    return session.connection != kNowhere;
  });
  return witness->entered.turn;
}

void CheckHeld(Evidence& evidence, const Life& life, const std::vector<std::uint64_t>& logged) {
  constexpr std::size_t kReplyBytes = 1 << 10;     // the longest private reply, and its place
  constexpr std::size_t kUnservedBytes = 4 << 10;  // of one connection
  const ServerOptions& options = life.server.options;
  std::vector<std::int64_t> open(life.server.turns.size() + 2);
  for (const ServerConnection& c : life.server.connections) {
    ++open[std::min(c.accepted.turn, open.size() - 1)];
    if (c.closed) --open[std::min(c.closed->turn + 1, open.size() - 1)];
  }
  const std::size_t list = 2 * (options.room.members * (options.room.name_bytes + 1) + kReplyBytes);
  const std::uint64_t first = life.log.unheard_bytes();
  const std::size_t begin = FirstTurn(life);
  auto count = std::accumulate(open.begin(), open.begin() + static_cast<std::ptrdiff_t>(begin),
                               std::int64_t{0});
  for (std::size_t t = begin; t < life.server.turns.size(); ++t) {
    count += open[t];
    const std::size_t held = life.server.turns[t].held_bytes - life.server.turns[t].partial_bytes;
    const std::uint64_t log = std::min<std::uint64_t>(
        logged[t] + first + options.turn_broadcast_bytes, options.backlog_bytes);
    const std::uint64_t most =
        log + options.list_bytes + std::min<std::size_t>(list, 1 << 20) +
        static_cast<std::uint64_t>(count) * (options.private_bytes + kReplyBytes + kUnservedBytes);
    const std::uint64_t least = std::min<std::uint64_t>(logged[t] + first, options.backlog_bytes);
    const bool gone = held == 0 && t + 1 == life.server.turns.size();
    // While the witness is behind, the log has more than it was told.
    if ((held > most && !life.pace.Behind(t)) || (held < least && !gone)) {
      return evidence.Report(
          "memory", absl::StrCat("expected ", least, " to ", most, " bytes held, the server has ",
                                 held, At(life.server.turns[t].at)));
    }
  }
}

// Whether a list waits to be sent that was made before the last change of the members.
bool HoldsOldList(const Life& life, std::size_t connection) {
  const ServerConnection& c = life.server.connections[connection];
  for (const Asked& asked : life.conversations[connection].asked) {
    const bool sent = asked.reply_end != kNowhere && asked.reply_end <= c.out.size();
    if (asked.request.method != "GET" || sent) continue;
    for (const ReportedEvent& event : life.server.events) {
      const bool change =
          event.kind == ServerEvent::Kind::kEntered || event.kind == ServerEvent::Kind::kLeft;
      if (change && event.when.order > asked.read.order && event.when.turn <= c.reset->turn) {
        return true;
      }
    }
  }
  return false;
}

// A connection that was reset as a slow consumer was one, and one that was is gone.
void CheckSlow(Evidence& evidence, const Life& life, const std::vector<std::uint64_t>& logged) {
  for (std::size_t i = 0; i < life.conversations.size(); ++i) {
    const ServerConnection& c = life.server.connections[i];
    const Conversation& conversation = life.conversations[i];
    if (!conversation.good || conversation.sessions.empty()) continue;
    const auto report = [&](const std::string& what) {
      evidence.Report("memory", c, c.reset ? c.reset->at : c.closed->at, what);
    };
    const std::uint64_t sent = conversation.sent_log_bytes;
    const bool slow = ClosedReason(life, i) == "slow consumer";
    const std::size_t turn = c.reset ? c.reset->turn : c.closed ? c.closed->turn : kNowhere;
    if (turn == kNowhere || turn >= logged.size()) continue;
    const std::uint64_t behind = logged[turn] - std::min(logged[turn], sent);
    const bool lists =
        life.server.options.list_bytes < kManyListBytes && c.reset && HoldsOldList(life, i);
    const std::uint64_t most = behind + conversation.perhaps_sent_bytes;
    // The log has more than was heard while that waits for the journal.
    const bool unheard =
        life.pace.WaitsForJournal(turn) || (turn > 0 && life.pace.WaitsForJournal(turn - 1));
    if (slow && most <= life.server.options.backlog_bytes && !lists && !unheard &&
        !life.pace.Behind(turn)) {
      report(absl::StrCat("ended as a slow consumer", At(c.reset->at), ", ", behind,
                          " bytes behind, limit ", life.server.options.backlog_bytes));
    }
    if (turn == 0 || conversation.unsent_log_bytes == 0) continue;
    const std::uint64_t before = logged[turn - 1] - std::min(logged[turn - 1], sent);
    if (before > life.server.options.backlog_bytes) {
      report(absl::StrCat("was still there ", before, " bytes behind, limit ",
                          life.server.options.backlog_bytes));
    }
  }
}

}  // namespace

void CheckCounters(Evidence& evidence, const Life& life) {
  if (AllGood(life) && !WasHeldBack(life.server)) CounterCheck(evidence, life).Check();
  CheckPopulation(evidence, life);
  AdmissionCheck(evidence, life).Check();
}

std::vector<std::uint64_t> LoggedBytes(const Life& life) {
  std::vector<std::uint64_t> bytes(life.server.turns.size() + 1);
  for (const Item& item : life.log.items()) {
    bytes[std::min(item.written_turn, bytes.size() - 1)] += item.raw.size();
  }
  for (std::size_t t = 1; t < bytes.size(); ++t) bytes[t] += bytes[t - 1];
  return bytes;
}

void CheckMemory(Evidence& evidence, const Life& life) {
  const std::vector<std::uint64_t> logged = LoggedBytes(life);
  CheckHeld(evidence, life, logged);
  if (evidence.record.simulated) CheckSlow(evidence, life, logged);
}

void CheckTurns(Evidence& evidence, const Life& life) {
  // Old lists that are over their limit are looked at again in each turn.
  if (!evidence.record.simulated || life.server.options.list_bytes < kManyListBytes) return;
  constexpr std::size_t kMostIdle = 2;
  const auto& turns = life.server.turns;
  // Of several servers, one that ends waits for the log and serves nobody.
  const bool ends = life.order != nullptr && life.order->EndAppended() != nullptr;
  const std::size_t last = ends ? life.order->EndAppended()->turn : turns.size();
  const auto idle = static_cast<std::size_t>(
      std::count_if(turns.begin(), turns.begin() + static_cast<std::ptrdiff_t>(last),
                    [](const ServerTurn& turn) { return turn.idle; }));
  // A deadline that moves with each request is looked at when it was first due.
  std::size_t moved = 0;
  for (const Conversation& conversation : life.conversations) {
    moved += static_cast<std::size_t>(
        std::count_if(conversation.asked.begin(), conversation.asked.end(),
                      [](const Asked& asked) { return asked.heartbeat > 0; }));
  }
  // Of several servers, one that ends a connection may be woken by it while its logout is on the way.
  const std::size_t ended = life.order != nullptr ? life.conversations.size() : 0;
  if (idle > kMostIdle + moved + ended) {
    evidence.Report("spin", absl::StrCat(idle, " turns of ", turns.size(), " had nothing to do"));
  }
}

void CheckStop(Evidence& evidence, const Life& life) {
  if (life.server.crash) return;
  // In a hostile scenario its process may not run any more.
  const auto& pauses = life.server.pauses;
  if (!pauses.empty() && pauses.back().second == absl::InfiniteDuration()) return;
  const auto report = [&](std::string what) { evidence.Report("drain", std::move(what)); };
  if (!life.server.stopped) return report("the server did not stop");
  const absl::Duration deadline = life.server.stop->at + life.server.options.stop_limit;
  absl::Duration slack = 2 * evidence.record.max_wake_delay;
  for (const Step& step : evidence.scenario.steps) {
    if (step.verb == Verb::kPause && step.who == life.server.name) slack += step.duration;
  }
  if (evidence.record.simulated && life.server.stopped->at > deadline + slack) {
    report(absl::StrCat("the server stopped", At(life.server.stopped->at), ", expected",
                        At(deadline)));
  }
  for (std::size_t i = 0; i < life.conversations.size(); ++i) {
    const ServerConnection& c = life.server.connections[i];
    const Conversation& conversation = life.conversations[i];
    if (!conversation.good || !c.closed) continue;
    // A process that does not run has no time for last words.
    const bool late = !life.server.pauses.empty() && c.reset && c.reset->at >= deadline;
    const bool open = conversation.ending == Ending::kNone && !c.overflow && !late;
    if (open) evidence.Report("drain", c, c.closed->at, "was not told that the server ends");
    const bool forced = c.reset && conversation.ending == Ending::kShutDown;
    if (forced && evidence.record.simulated && c.reset->at < deadline &&
        ClosedReason(life, i) == "shutting down") {
      evidence.Report("drain", c, c.reset->at,
                      absl::StrCat("was cut off before the limit of the stop", At(deadline)));
    }
  }
}

void CheckFairness(Evidence& evidence, const Life& life) {
  const ServerOptions& options = life.server.options;
  const auto check = [&](std::size_t connection, std::string_view what, std::size_t turn,
                         std::size_t seen, std::size_t limit) {
    if (seen <= limit) return;
    evidence.Report(
        "fairness", life.server.connections[connection], life.server.turns[turn].at,
        absl::StrCat("expected at most ", limit, " ", AbslView(what), " in one turn, got ", seen));
  };
  for (std::size_t i = 0; i < life.conversations.size(); ++i) {
    const ServerConnection& c = life.server.connections[i];
    const Conversation& conversation = life.conversations[i];
    std::size_t turn = kNowhere;
    std::size_t count = 0;
    for (const Asked& asked : conversation.asked) {
      if (asked.fate != Asked::Fate::kServed || !asked.exact || asked.request.fatal) continue;
      if (asked.served.turn != turn) count = 0;
      turn = asked.served.turn;
      check(i, "requests", turn, ++count, options.turn_requests);
    }
    const auto per_turn = [&](const std::vector<Transfer>& transfers, std::string_view what,
                              std::size_t limit) {
      std::size_t bytes = 0;
      for (std::size_t k = 0; k < transfers.size(); ++k) {
        const std::size_t begin = k == 0 ? 0 : transfers[k - 1].end;
        if (k == 0 || transfers[k].when.turn != transfers[k - 1].when.turn) bytes = 0;
        bytes += transfers[k].end - begin;
        check(i, what, transfers[k].when.turn, bytes, limit);
      }
    };
    if (!c.shut) per_turn(c.reads, "bytes read", options.turn_read_bytes);
    // When the limit for a stall has passed, one more write tries whether it is one.
    if (c.id != 0) per_turn(c.writes, "bytes written", 2 * options.turn_write_bytes);
  }
}

}  // namespace chathttp::sim

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/sim/oracle/checks.h"
#include "chathttp/sim/oracle/clock.h"
#include "chathttp/sim/oracle/reply.h"

namespace chathttp::sim {
namespace {

// One connection of a server's life.
class Wait {
 public:
  Wait(Evidence& evidence, const Life& life, std::size_t connection)
      : evidence_(evidence),
        life_(life),
        options_(life.server.options),
        index_(connection),
        c_(life.server.connections[connection]),
        conversation_(life.conversations[connection]),
        wake_(evidence.record.max_wake_delay) {
    Clock written(c_.writes);
    // The greeting is a reply, too.
    const std::size_t greeting = ResponseBytes(options_, 202, kGreetingEntity, NoDatetime()).size();
    unsent_.push_back({greeting, TurnOf(written, greeting)});
    for (const Asked& asked : conversation_.asked) {
      const bool whole = asked.reply_end != kNowhere && asked.reply_end <= c_.out.size();
      unsent_.push_back({unsent_.back().bytes + asked.reply_bytes,
                         whole ? TurnOf(written, asked.reply_end) : kNowhere});
    }
    if (options_.flood.per_second > 0 && IsStranger(options_, c_)) FindOpenings();
  }

 protected:
  // Whether so many replies of earlier requests waited to be sent when the turn began that no more
  // requests are read.
  bool Throttled(std::size_t request, std::size_t turn) const {
    const auto end = unsent_.begin() + static_cast<std::ptrdiff_t>(request) + 1;
    const auto first = std::partition_point(unsent_.begin(), end,
                                            [&](const Unsent& reply) { return reply.turn < turn; });
    if (first == end) return false;
    const std::size_t sent = first == unsent_.begin() ? 0 : std::prev(first)->bytes;
    return std::prev(end)->bytes - sent >= options_.private_bytes;
  }

  bool SpentRequests(std::size_t request, std::size_t turn) const {
    std::size_t served = 0;
    for (std::size_t k = request; k-- > 0 && served < options_.turn_requests; ++served) {
      const Asked& asked = conversation_.asked[k];
      if (asked.fate == Asked::Fate::kServed && asked.exact && asked.served.turn < turn) break;
    }
    return served >= options_.turn_requests;
  }

  // Whether flood control may have a request wait. It takes a turn to wake a connection, and one more
  // if the room serves nobody in that one.
  bool Paced(std::size_t request, std::size_t turn) const {
    if (request >= opens_.size()) return false;
    return opens_[request].latest > life_.server.turns[turn > 1 ? turn - 2 : 0].at;
  }

  // Whether it may wait for the log of several servers: for room there, or for its login or logout.
  bool WaitsForLog(std::size_t turn) const {
    if (life_.order == nullptr || turn >= life_.server.turns.size()) return false;
    return life_.server.turns[turn].log_full || life_.order->Waits(index_, turn) ||
           (AnswersWait(turn, turn) && OwedIn(turn) >= LifeOrder::kMostOwed);
  }

  // Requests that were served by this turn and may wait for their answers in it.
  std::size_t OwedIn(std::size_t turn) const {
    return static_cast<std::size_t>(std::count_if(
        conversation_.asked.begin(), conversation_.asked.end(), [&](const Asked& asked) {
          return asked.read.turn <= turn && !(asked.exact && asked.done().turn < turn);
        }));
  }

  // Whether its answers may wait for commands that were sent before: then nothing tells when its
  // requests were served that need no order.
  bool AnswersWait(std::size_t first, std::size_t last) const {
    return life_.order != nullptr && life_.order->AnswersWait(index_, first, last);
  }

  // The first turn from `from` on, at most `to`, in which the server decodes and serves a request
  // for certain.
  std::size_t Served(std::size_t request, std::size_t from, std::size_t to) const {
    while (from < to) {
      const std::size_t free = life_.pace.NextFree(from, to);
      if (free == from && !Throttled(request, from) && !SpentRequests(request, from) &&
          !Paced(request, from) && !WaitsForLog(from) &&
          !(IsLocal(request) && AnswersWait(from, from))) {
        break;
      }
      from = std::max(free, from + 1);
    }
    return from;
  }

  bool IsLocal(std::size_t request) const {
    return request < conversation_.asked.size() && !conversation_.asked[request].exact;
  }

  void Report(std::string_view invariant, absl::Duration at, std::string what) {
    evidence_.Report(invariant, c_, at, std::move(what));
  }

  // When the server ceased to serve the connection.
  Moment EndOfService() const {
    Moment end;
    end.turn = life_.server.turns.size();
    end.order = static_cast<std::uint64_t>(-1);
    end.at = absl::InfiniteDuration();
    const auto earlier = [&](const Moment& moment) {
      if (moment.order < end.order) end = moment;
    };
    if (conversation_.ending != Ending::kNone) earlier(conversation_.concluded);
    for (const auto& moment : {c_.reset, c_.closed, life_.server.crash}) {
      if (moment) earlier(*moment);
    }
    if (life_.order != nullptr && life_.order->EndAppended() != nullptr) {
      earlier(*life_.order->EndAppended());
    }
    return end;
  }

  // Of a wait for a request: it does not end while the peer waits for the log.
  absl::Duration Owed(absl::Duration deadline) const {
    return life_.order == nullptr ? deadline : life_.order->OwedUntil(index_, deadline);
  }

  // Whether input that came before `due` may have waited for room in the log of several servers, up to
  // this turn: it is served before a limit strikes.
  bool HeldByLog(absl::Duration due, std::size_t turn) const {
    if (life_.order == nullptr) return false;
    const auto& turns = life_.server.turns;
    for (std::size_t t = std::min(turn + 1, turns.size()); t-- > 0;) {
      if (turns[t].log_full) return true;
      if (turns[t].at <= due) break;
    }
    return false;
  }

  // The limit passes at `deadline`, or for certain at `latest`: whether `struck` is too early or too
  // late for it.
  void CheckStruck(std::string_view what, absl::Duration deadline, absl::Duration latest,
                   const Moment& struck) {
    const bool late = struck.at > life_.Awake(latest) + wake_ && !life_.MayBeLate(struck.turn) &&
                      !HeldByLog(latest, struck.turn);
    if (struck.at >= deadline && !late) return;
    Report("time-limits", struck.at,
           absl::StrCat("expected the end of ", AbslView(what), At(deadline), ", got it",
                        At(struck.at)));
  }
  void CheckStruck(std::string_view what, absl::Duration deadline, const Moment& struck) {
    CheckStruck(what, deadline, deadline, struck);
  }
  // Something else ended the wait.
  void CheckNotMissed(std::string_view what, absl::Duration deadline, const Moment& ended) {
    if (ended.at <= life_.Awake(deadline) + wake_ || ended.at == absl::InfiniteDuration()) return;
    if (life_.MayBeLate(ended.turn) || HeldByLog(deadline, ended.turn)) return;
    Report("time-limits", ended.at,
           absl::StrCat("expected the end of ", AbslView(what), At(deadline), ", got none before",
                        At(ended.at)));
  }

  Evidence& evidence_;
  const Life& life_;
  const ServerOptions& options_;
  std::size_t index_;
  const ServerConnection& c_;
  const Conversation& conversation_;
  absl::Duration wake_;

 protected:
  // A text is paid for when it is served, all else when it is answered.
  static const Moment& PaidAt(const Asked& asked) {
    return asked.request.method == "POST" ? asked.served : asked.done();
  }

  // When flood control lets a request be served: the time depends on when those before were served.
  struct Opening {
    absl::Duration earliest;
    absl::Duration latest;
  };
  std::vector<Opening> opens_;  // of each request, and of the one behind the last; if limited

 private:
  // The generic cell rate algorithm, from the moments at which requests were served. If the rate
  // changes while a request waits, it may have waited for either.
  void FindOpenings() {
    absl::Duration least = -absl::InfiniteDuration();  // until when it has paid
    absl::Duration most = least;
    std::size_t first = c_.accepted.turn;  // in which the request before was served
    for (const Asked& asked : conversation_.asked) {
      const Moment by = asked.fate == Asked::Fate::kServed ? PaidAt(asked) : EndOfService();
      AddOpening(least, most, first, by.turn);
      if (asked.fate == Asked::Fate::kUnserved) return;
      const auto [shortest, longest] = Intervals(asked.exact ? by.turn : asked.read.turn, by.turn);
      // It may be paid for behind later ones, when its answer has waited.
      const bool later = !asked.exact && AnswersWait(asked.read.turn, by.turn);
      const std::int64_t cost = later ? 0 : asked.cost;
      least = std::max(least, asked.exact ? by.at : asked.read.at) + cost * shortest;
      most = std::max(most, by.at) + asked.cost * longest;
      first = asked.exact ? by.turn : asked.read.turn;
    }
    AddOpening(least, most, first, life_.server.turns.size());
  }

  static absl::Duration IntervalOf(const FloodLimit& flood) {
    return absl::Nanoseconds(1'000'000'000 / flood.per_second);
  }
  std::pair<absl::Duration, absl::Duration> Intervals(std::size_t first, std::size_t last) const {
    std::pair<absl::Duration, absl::Duration> range{absl::InfiniteDuration(), {}};
    for (const ServerOptions* options : life_.options.InTurns(first, last)) {
      range.first = std::min(range.first, IntervalOf(options->flood));
      range.second = std::max(range.second, IntervalOf(options->flood));
    }
    return range;
  }
  // Of a request that waits in these turns.
  void AddOpening(absl::Duration least, absl::Duration most, std::size_t first, std::size_t last) {
    Opening opening{absl::InfiniteDuration(), -absl::InfiniteDuration()};
    for (const ServerOptions* options : life_.options.InTurns(first, last)) {
      const absl::Duration ahead =
          IntervalOf(options->flood) * (static_cast<std::int64_t>(options->flood.burst) - 1);
      opening.earliest = std::min(opening.earliest, least - ahead);
      opening.latest = std::max(opening.latest, most - ahead);
    }
    opens_.push_back(opening);
  }

  struct Unsent {
    std::size_t bytes;  // of this reply and all before it
    std::size_t turn;   // in which its last byte was written; kNowhere: it was not
  };

  std::size_t TurnOf(Clock& written, std::size_t end) const {
    return end <= c_.out.size() && end > 0 ? written.At(end - 1).turn : kNowhere;
  }

  std::vector<Unsent> unsent_;
};

// ---- Limits of time ---------------------------------------------------------------------------

class LimitCheck : private Wait {
 public:
  using Wait::Wait;

  void Check() {
    if (conversation_.ending == Ending::kTurnedAway) return CheckLinger();
    CheckLogin();
    CheckRequests();
    CheckFlood();
    CheckStalls();
    CheckLinger();
  }

 private:
  // When the wait for a login, or for a sign of life that was promised, must end.
  struct Deadline {
    absl::Duration earliest;
    absl::Duration latest;
  };

  Deadline After(const Asked& asked, const Deadline& before, bool was_member) const {
    if (asked.fate == Asked::Fate::kPerhaps) return {before.earliest, absl::InfiniteDuration()};
    if (asked.member && asked.heartbeat == 0) {
      return {absl::InfiniteDuration(), absl::InfiniteDuration()};
    }
    if (asked.member) {
      const absl::Duration limit = 2.5 * absl::Seconds(asked.heartbeat);
      return {(asked.exact ? asked.done().at : asked.read.at) + limit, asked.done().at + limit};
    }
    absl::Duration deadline = before.latest;
    if (was_member) deadline = asked.done().at + options_.relogin_limit;
    if (!was_member && &asked == &conversation_.asked.front()) {
      deadline = std::max(c_.accepted.at + options_.relogin_limit, asked.done().at);
    }
    return {deadline, deadline};
  }

  void CheckLogin() {
    Deadline deadline = {c_.accepted.at + options_.login_limit,
                         c_.accepted.at + options_.login_limit};
    bool member = false;
    for (const Asked& asked : conversation_.asked) {
      if (asked.fate == Asked::Fate::kUnserved) break;
      if (asked.fate == Asked::Fate::kServed) {
        CheckNotMissed(Awaited(member), Owed(life_.Awake(deadline.latest)),
                       asked.exact ? asked.served : asked.read);
      }
      if (asked.request.fatal) return;
      deadline = After(asked, deadline, member);
      member = asked.member || asked.fate == Asked::Fate::kPerhaps;
    }
    const Ending ending = conversation_.ending;
    if (ending == Ending::kNoFirstRequest || ending == Ending::kNoLogin ||
        ending == Ending::kSilent) {
      return CheckStruck(Awaited(member), deadline.earliest, Owed(life_.Awake(deadline.latest)),
                         conversation_.concluded);
    }
    CheckNotMissed(Awaited(member), Owed(life_.Awake(deadline.latest)), EndOfService());
  }

  static std::string_view Awaited(bool member) {
    return member ? "the wait for a sign of life" : "the wait for a login";
  }

  // From the first byte of a request, as soon as it is its turn, to the last.
  void CheckRequests() {
    std::size_t turn = 0;  // in which the request before was served
    for (std::size_t k = 0; k < conversation_.asked.size(); ++k) {
      const Asked& asked = conversation_.asked[k];
      if (asked.fate == Asked::Fate::kUnserved) return;
      const std::size_t begun = std::max(asked.begun.turn, turn);
      if (begun < asked.read.turn) {
        CheckNotMissed("a request",
                       Latest(k, asked.begun, turn, asked.read.turn) + options_.request_limit,
                       asked.read);
      }
      turn = std::max(turn, asked.exact ? asked.served.turn : asked.read.turn);
    }
    const std::size_t last = conversation_.asked.size();
    const bool struck = conversation_.ending == Ending::kUnfinishedRequest;
    if (!conversation_.unfinished) {
      if (!struck) return;
      return Report("time-limits", conversation_.concluded.at,
                    "ended as an unfinished request though there was none");
    }
    const Moment begun = Clock(c_.reads).At(conversation_.unfinished_at);
    const Moment ended = struck ? conversation_.concluded : EndOfService();
    const absl::Duration latest =
        Latest(last, begun, turn, std::min(ended.turn, life_.server.turns.size())) +
        options_.request_limit;
    if (!struck) return CheckNotMissed("a request", latest, ended);
    CheckStruck("a request", Earliest(begun, turn) + options_.request_limit, latest, ended);
  }

  // The limit of a request starts when the server decodes its first byte: not before the request
  // before it was served, in `turn`.
  absl::Duration Earliest(const Moment& first_byte, std::size_t turn) const {
    return first_byte.turn >= turn ? first_byte.at : life_.server.turns[turn].at;
  }
  absl::Duration Latest(std::size_t request, const Moment& first_byte, std::size_t turn,
                        std::size_t end) const {
    const std::size_t begun = std::max(first_byte.turn, turn);
    const std::size_t decoded = Served(request, begun, end);
    if (decoded == begun) return Earliest(first_byte, turn);
    if (decoded >= end) return absl::InfiniteDuration();
    return life_.server.turns[decoded].at;
  }

  // Requests wait for flood control without a break: no read in that time found all of them served.
  void CheckFlood() {
    if (opens_.empty()) return;
    std::optional<absl::Duration> earliest;  // when the wait began, as far as it is known
    std::optional<absl::Duration> latest;
    std::size_t first = 0;  // when the request before was served: turns
    std::size_t last = 0;
    const Moment end = EndOfService();
    std::vector<Asked> all = conversation_.asked;
    if (conversation_.unfinished) all.push_back(Unfinished());
    for (std::size_t k = 0; k < std::min(opens_.size(), all.size()); ++k) {
      const Asked& asked = all[k];
      // The server does not serve bytes that it reads after the end of service.
      const Moment& read = asked.read.order < end.order ? asked.read : end;
      if (WasIdle(last, read)) earliest.reset();
      if (WasIdle(first, read)) latest.reset();
      first = std::max(asked.begun.turn, first);
      last = std::max(asked.read.turn, last);
      if (!earliest && WaitsIn(first, opens_[k].latest)) earliest = life_.server.turns[first].at;
      if (!latest && WaitsIn(last, opens_[k].earliest)) latest = life_.server.turns[last].at;
      // Replies that wait to be sent hold it up, too, and so do commands on their way: then it is not
      // known for how long.
      if (latest && (Throttled(k, last) || AnswersWait(last, last))) {
        latest = absl::InfiniteDuration();
      }
      if (asked.fate == Asked::Fate::kUnserved) break;
      if (asked.exact) first = std::max(first, asked.served.turn);
      last = std::max(last, PaidAt(asked).turn);
    }
    const bool struck = conversation_.ending == Ending::kFlooded;
    if (!struck) {
      if (!latest || WasIdle(first, end) || PaidLate()) return;
      return CheckNotMissed("a flood", *latest + FloodLimits().second, end);
    }
    if (!earliest) {
      return Report("time-limits", conversation_.concluded.at, "ended as a flood that was none");
    }
    CheckStruck("a flood", *earliest + FloodLimits().first,
                latest.value_or(absl::InfiniteDuration()) + FloodLimits().second,
                conversation_.concluded);
  }

  // Whether an answer waited behind a command: when it was paid for is not known.
  bool PaidLate() const {
    return std::any_of(conversation_.asked.begin(), conversation_.asked.end(),
                       [&](const Asked& asked) {
                         const bool waited = asked.fate != Asked::Fate::kUnserved && !asked.exact;
                         const std::size_t last = std::max(asked.read.turn, asked.served.turn);
                         return waited && AnswersWait(asked.read.turn, last);
                       });
  }

  // The request of which only a part was read: it waits as others do.
  Asked Unfinished() const {
    Asked asked;
    asked.begun = asked.read = Clock(c_.reads).At(conversation_.unfinished_at);
    return asked;
  }

  // The shortest and the longest that were in force while the connection was there.
  std::pair<absl::Duration, absl::Duration> FloodLimits() const {
    std::pair<absl::Duration, absl::Duration> limits{absl::InfiniteDuration(), {}};
    for (const ServerOptions* options :
         life_.options.InTurns(c_.accepted.turn, life_.server.turns.size())) {
      limits.first = std::min(limits.first, options->flood_limit);
      limits.second = std::max(limits.second, options->flood_limit);
    }
    return limits;
  }

  // Whether flood control lets a request wait in a turn.
  bool WaitsIn(std::size_t turn, absl::Duration opens) const {
    return turn < life_.server.turns.size() && opens > life_.server.turns[turn].at;
  }

  // Whether a read found nothing in or after a turn, and before a moment.
  bool WasIdle(std::size_t after, const Moment& before) const {
    return std::any_of(c_.empty_reads.begin(), c_.empty_reads.end(), [&](const Moment& read) {
      return read.turn >= after && read.order < before.order;
    });
  }

  void CheckStalls() {
    std::optional<Moment> since;
    for (std::size_t w = 0; w < c_.writes.size(); ++w) {
      const Transfer& write = c_.writes[w];
      const std::size_t begin = w == 0 ? 0 : c_.writes[w - 1].end;
      const bool took = write.end > begin;
      if (since && took) CheckNotMissed("a stall", since->at + options_.stall_limit, write.when);
      if (took || !since) since = write.when;
      if (write.end - begin == write.offered) since.reset();
    }
    const bool struck = c_.reset && StalledOff();
    if (struck && !since) {
      return Report("time-limits", c_.reset->at, "ended as stalled though it was not");
    }
    if (!since) return;
    if (struck) {
      CheckStruck("a stall", since->at + options_.stall_limit, *c_.reset);
      if (c_.writes.back().when.turn == c_.reset->turn) return;
      return Report("time-limits", c_.reset->at, "ended as stalled without a last try to write");
    }
    Moment end;
    end.at = absl::InfiniteDuration();
    if (c_.closed) end = *c_.closed;
    if (c_.reset) end = *c_.reset;
    CheckNotMissed("a stall", since->at + options_.stall_limit, end);
  }

  // Whether the operator was told so.
  bool StalledOff() const {
    for (const ReportedEvent* event : life_.log.EventsOf(index_)) {
      if (event->kind == ServerEvent::Kind::kClosed) {
        return event->reason == "no byte accepted within the limit";
      }
    }
    return false;
  }

  // From the half-close: until the peer ends, for some time, or for some bytes.
  void CheckLinger() {
    if (!c_.shut || !c_.closed || c_.id == 0 || c_.reset) return;
    if (c_.read_end || c_.broken) return CheckPeerEnded();
    Clock read(c_.reads);
    const auto before = [&](const Transfer& transfer) {
      return transfer.when.order < c_.shut->order;
    };
    const auto first = std::partition_point(c_.reads.begin(), c_.reads.end(), before);
    const std::size_t at_shut = first == c_.reads.begin() ? 0 : std::prev(first)->end;
    if (c_.in.size() - at_shut > options_.linger_bytes) {
      const auto over = std::find_if(first, c_.reads.end(), [&](const Transfer& transfer) {
        return transfer.end - at_shut > options_.linger_bytes;
      });
      if (over->when.turn != c_.closed->turn) {
        Report("time-limits", over->when.at, "read on while lingering");
      }
      return;
    }
    if (life_.server.crash || StoppedByForce()) return;
    CheckStruck("the wait for the peer to end", c_.shut->at + options_.linger_limit, *c_.closed);
  }

  void CheckPeerEnded() {
    const Moment ended = c_.read_end ? *c_.read_end : *c_.broken;
    const std::size_t turn = std::max(ended.turn, c_.shut->turn);
    if (c_.closed->turn == turn || life_.MayBeLate(c_.closed->turn)) return;
    Report("time-limits", c_.closed->at,
           absl::StrCat("expected to be closed", At(ended.at), " with its peer's end, was closed",
                        At(c_.closed->at)));
  }

  bool StoppedByForce() const {
    return life_.server.stop && c_.closed->at >= life_.server.stop->at + options_.stop_limit;
  }
};

// The turns in which the server served each connection for certain, in order.
std::vector<std::vector<std::size_t>> ServedTurns(const Life& life) {
  std::vector<std::vector<std::size_t>> served;
  for (std::size_t c = 0; c < life.conversations.size(); ++c) {
    std::vector<std::size_t>& turns = served.emplace_back();
    for (const Transfer& read : life.server.connections[c].reads) turns.push_back(read.when.turn);
    for (const Asked& asked : life.conversations[c].asked) {
      if (asked.fate == Asked::Fate::kServed && asked.exact) turns.push_back(asked.served.turn);
    }
    std::sort(turns.begin(), turns.end());
    turns.erase(std::unique(turns.begin(), turns.end()), turns.end());
  }
  return served;
}

// ---- Flood control ----------------------------------------------------------------------------

class PaceCheck : private Wait {
 public:
  using Wait::Wait;

  void Check() {
    for (std::size_t k = 0; k < std::min(opens_.size(), conversation_.asked.size()); ++k) {
      const Asked& asked = conversation_.asked[k];
      if (!asked.exact || asked.served.at >= opens_[k].earliest) continue;
      return Report("pace", asked.served.at,
                    absl::StrCat("expected request ", k + 1, " to wait until",
                                 At(opens_[k].earliest), ", it was served", At(asked.served.at)));
    }
  }
};

// ---- Promptness -------------------------------------------------------------------------------

class PromptCheck : private Wait {
 public:
  // `served`: see ServedTurns.
  PromptCheck(Evidence& evidence, const Life& life, std::size_t connection,
              const std::vector<std::vector<std::size_t>>& served)
      : Wait(evidence, life, connection), served_(served) {}

  void Check() {
    CheckServed();
    CheckRead();
  }

 private:
  void CheckServed() {
    std::size_t turn = 0;
    const Moment end = EndOfService();
    for (std::size_t k = 0; k < conversation_.asked.size(); ++k) {
      const Asked& asked = conversation_.asked[k];
      if (asked.fate == Asked::Fate::kPerhaps) continue;
      const bool served = asked.fate == Asked::Fate::kServed;
      const std::size_t due = std::max(asked.read.turn, turn);
      std::size_t by = served ? asked.served.turn : end.turn;
      // It is known only when the reply was written.
      if (served && !asked.exact) by = life_.pace.EarliestDue(index_, due, by);
      if (by > due && Served(k, due, by) < by) {
        return Report("prompt", asked.read.at,
                      absl::StrCat("request ", k + 1, ", read", At(asked.read.at),
                                   served ? absl::StrCat(", was served", At(asked.served.at))
                                          : ", was not served"));
      }
      if (!served) return;
      if (asked.exact && Throttled(k, by) && !AnswersWait(by, by)) {
        return Report("memory", asked.read.at,
                      absl::StrCat("request ", k + 1, " was served", At(asked.served.at),
                                   " though too many replies wait to be sent"));
      }
      turn = std::max(turn, by);
    }
  }

  // Whether another connection was served twice between two turns. The server must serve input that
  // waits before input that comes later.
  bool WasOvertaken(std::size_t from, std::size_t to) const {
    if (to <= from + 2) return false;
    for (std::size_t c = 0; c < served_.size(); ++c) {
      if (c == index_) continue;
      const auto first = std::upper_bound(served_[c].begin(), served_[c].end(), from);
      if (std::lower_bound(first, served_[c].end(), to) - first >= 2) return true;
    }
    return false;
  }

  // Whether all bytes that were read before a notice were served by then.
  bool HasServed(std::size_t requests, const Moment& notice) const {
    const std::vector<Asked>& asked = conversation_.asked;
    if (requests > 0) {
      const Asked& last = asked[requests - 1];
      if (!last.exact || last.served.turn > notice.turn) return false;
    }
    if (requests < asked.size()) return asked[requests].begun.order > notice.order;
    return !conversation_.unfinished ||
           Clock(c_.reads).At(conversation_.unfinished_at).order > notice.order;
  }

  // Each notice is followed by a read, and so is a read that found something.
  void CheckRead() {
    std::vector<Moment> reads = c_.empty_reads;
    for (const Transfer& read : c_.reads) reads.push_back(read.when);
    for (const auto& moment : {c_.read_end, c_.broken, c_.closed}) {
      if (moment) reads.push_back(*moment);
    }
    std::vector<Moment> notices = c_.readable;
    for (const Transfer& read : c_.reads) {
      notices.push_back(read.when);
      ++notices.back().turn;  // by the end of the next turn
    }
    const auto earlier = [](const Moment& a, const Moment& b) { return a.order < b.order; };
    std::sort(reads.begin(), reads.end(), earlier);
    std::sort(notices.begin(), notices.end(), earlier);
    auto next = reads.begin();
    std::size_t request = 0;
    for (const Moment& notice : notices) {
      while (next != reads.end() && next->order <= notice.order) ++next;
      if (next == reads.end()) {
        if (notice.turn + 1 < life_.server.turns.size() && !life_.server.crash && !c_.reset) {
          Report("prompt", notice.at, "its input was never read");
        }
        return;
      }
      while (request < conversation_.asked.size() &&
             conversation_.asked[request].read.order <= notice.order) {
        ++request;
      }
      if (next->turn <= notice.turn || IsEnding(notice, *next)) continue;
      if (!MayWaitToRead(request, notice.turn, next->turn)) {
        return Report("prompt", notice.at, absl::StrCat("its input was read", At(next->at)));
      }
      if (WasOvertaken(notice.turn, next->turn) && HasServed(request, notice)) {
        return Report(
            "fairness", notice.at,
            absl::StrCat(
                "expected its input to be read before others are served twice, got it read",
                At(next->at)));
      }
    }
  }

  // What was read already comes first.
  bool MayWaitToRead(std::size_t request, std::size_t from, std::size_t to) const {
    while (from < to) {
      const std::size_t free = life_.pace.NextFree(from, to);
      if (free > from) {
        from = free;
        continue;
      }
      bool waits = false;
      for (std::size_t k = request; k-- > 0 && !waits;) {
        const Asked& asked = conversation_.asked[k];
        if (asked.fate == Asked::Fate::kServed && asked.exact && asked.served.turn <= from) break;
        waits = Throttled(k, from) || SpentRequests(k, from) || Paced(k, from);
      }
      if (!waits && !Throttled(request, from) && !SpentRequests(request, from) &&
          !Paced(request, from) && !WaitsForLog(from)) {
        return false;
      }
      ++from;
    }
    return true;
  }

  // Nothing is read between the last request and the last byte of the last reply.
  bool IsEnding(const Moment& notice, const Moment& read) const {
    const Moment end = EndOfService();
    return end.order < read.order && (!c_.shut || notice.order < c_.shut->order);
  }

  const std::vector<std::vector<std::size_t>>& served_;
};

}  // namespace

void CheckTimeLimits(Evidence& evidence, const Life& life) {
  if (!evidence.record.simulated) return;
  for (std::size_t c = 0; c < life.conversations.size(); ++c) {
    if (life.conversations[c].good) LimitCheck(evidence, life, c).Check();
  }
}

void CheckPace(Evidence& evidence, const Life& life) {
  if (!evidence.record.simulated) return;
  for (std::size_t c = 0; c < life.conversations.size(); ++c) {
    if (life.conversations[c].good) PaceCheck(evidence, life, c).Check();
  }
}

void CheckPrompt(Evidence& evidence, const Life& life) {
  if (!evidence.record.simulated) return;
  const std::vector<std::vector<std::size_t>> served = ServedTurns(life);
  for (std::size_t c = 0; c < life.conversations.size(); ++c) {
    const bool turned_away = life.conversations[c].ending == Ending::kTurnedAway;
    if (life.conversations[c].good && !turned_away) PromptCheck(evidence, life, c, served).Check();
  }
}

void CheckDatetimes(Evidence& evidence, const Life& life) {
  if (!evidence.record.simulated) return;
  const auto check = [&](const Item& item, std::size_t turn) {
    if (turn >= life.server.turns.size()) return;
    const std::string expected = DatetimeOf(life.server.turns[turn].wall);
    if (item.datetime == expected) return;
    evidence.Report("datetime",
                    absl::StrCat("expected ", expected, ", got ", AbslView(item.datetime), " in ",
                                 AbslView(Describe(item.told)), " of ", AbslView(item.name)));
  };
  for (const Session& session : life.log.sessions()) {
    if (session.begin > 0) check(life.log.items()[session.begin - 1], session.entered.turn);
    const bool heard = session.left != nullptr && session.end < life.log.items().size();
    if (heard) check(life.log.items()[session.end], session.left->when.turn);
  }
}

}  // namespace chathttp::sim

#include "chathttp/sim/oracle/server.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"

namespace chathttp::sim {
namespace {

using End = ConnectionRecord::End;

constexpr std::uint64_t kNoBound = std::numeric_limits<std::uint64_t>::max();

// What a counter may show: a number, as long as nothing is in doubt.
class Range {
 public:
  void Add(std::uint64_t number) { Add(number, number); }
  void Add(std::uint64_t least, std::uint64_t most) {
    least_ += least;
    most_ = most_ > kNoBound - most ? kNoBound : most_ + most;
  }
  bool Holds(std::uint64_t number) const { return least_ <= number && number <= most_; }
  std::string Text() const {
    if (least_ == most_) return absl::StrCat(least_);
    return absl::StrCat(least_, " to ", most_ == kNoBound ? "any" : absl::StrCat(most_));
  }

 private:
  std::uint64_t least_ = 0;
  std::uint64_t most_ = 0;
};

class ServerJudge {
 public:
  ServerJudge(Evidence& evidence, const RoomLog& log, const std::vector<Transcript>& transcripts,
              const std::vector<Account>& accounts)
      : evidence_(evidence),
        record_(evidence.record),
        options_(record_.options),
        log_(log),
        transcripts_(transcripts),
        accounts_(accounts) {}

  void Judge() {
    JudgeMemory();
    JudgeTurns();
    JudgeCounters();
    JudgePopulation();
    JudgeConnections();
    JudgeDrain();
  }

 private:
  void Check(std::string_view what, std::uint64_t number, const Range& range) {
    if (range.Holds(number)) return;
    evidence_.Report("conservation", absl::StrCat(AbslView(what), ": the server counts ", number,
                                                  ", its peers ", range.Text()));
  }

  // The ring, the lists, and for each connection its replies: the limit and one more reply.
  void JudgeMemory() {
    constexpr std::uint64_t kReply = 1 << 10;
    const std::uint64_t list = kReply + options_.room.members * (options_.room.name_bytes + 1);
    const std::uint64_t most = options_.backlog_bytes + options_.list_bytes +
                               std::min<std::uint64_t>(list, 1 << 20) +
                               record_.connections.size() * (options_.private_bytes + kReply);
    if (record_.max_server_bytes > most) {
      evidence_.Report("memory", absl::StrCat("the server held ", record_.max_server_bytes,
                                              " bytes, bound ", most));
    }
  }

  void JudgeTurns() {
    const std::uint64_t bytes = record_.stats.bytes_in + record_.stats.bytes_out;
    const std::int64_t seconds = absl::ToInt64Seconds(record_.drain);
    const std::uint64_t most = 1000 + 8 * bytes + 64 * record_.connections.size() +
                               4 * static_cast<std::uint64_t>(std::max<std::int64_t>(seconds, 0));
    if (record_.server_turns > most) {
      evidence_.Report("spin", absl::StrCat(record_.server_turns, " turns, bound ", most));
    }
    if (record_.wakeless_turns > 100 + record_.server_turns / 2) {
      evidence_.Report("spin", absl::StrCat(record_.wakeless_turns, " turns of ",
                                            record_.server_turns, " had nothing to do"));
    }
  }

  void JudgeCounters() {
    for (std::size_t i = 0; i < accounts_.size(); ++i) Count(i);
    const ServerStats& stats = record_.stats;
    Check("connections accepted", stats.accepted, accepted_);
    Check("turned away", stats.turned_away, turned_away_);
    Check("requests", stats.requests, requests_);
    Check("replies", stats.replies, replies_);
    Check("bytes in", stats.bytes_in, bytes_in_);
    Check("bytes out", stats.bytes_out, bytes_out_);
    Check("evicted and expired", stats.evicted + stats.expired, ended_);
    const auto is_entry = [](const Heard& item) { return item.told == Told::kEntered; };
    Range logins;
    logins.Add(1 + static_cast<std::uint64_t>(
                       std::count_if(log_.items().begin(), log_.items().end(), is_entry)));
    Check("logins", stats.logins, logins);
    Range broadcasts;
    broadcasts.Add(1 + log_.items().size());
    Check("broadcasts", stats.broadcasts, broadcasts);
    if (record_.drained && stats.closed != stats.accepted) {
      evidence_.Report("conservation",
                       absl::StrCat("accepted ", stats.accepted, ", closed ", stats.closed));
    }
  }

  void Count(std::size_t i) {
    const Account& account = accounts_[i];
    const ConnectionRecord& c = record_.connections[i];
    const Transcript& transcript = transcripts_[i];
    const bool reached = !c.received.bytes.empty();
    const bool heard = !transcript.heard.empty();  // else nobody knows what it was to be told
    const bool read_out = c.end == End::kEndOfStream;
    if (c.end == End::kRefused && !c.given_up) return;
    accepted_.Add(reached ? 1 : 0, 1);
    turned_away_.Add(account.turned_away && !account.ended_with_service ? 1 : 0,
                     account.turned_away || !heard ? 1 : 0);
    const std::size_t waiting = account.complete - account.answered;
    // The last 400 answers a request, or a limit had passed before it came.
    const std::size_t doubtful =
        account.may_be_expired && !account.expired ? std::min<std::size_t>(account.answered, 1) : 0;
    requests_.Add(account.answered - doubtful, account.answered + (read_out ? 0 : waiting));
    const std::size_t last_words = read_out && !account.turned_away ? 0 : 2;
    replies_.Add(account.private_replies,
                 account.private_replies + (read_out ? 0 : waiting) + last_words);
    const std::size_t served = ServedBytes(account, transcript, doubtful);
    bytes_in_.Add(ReadWhole(c, account) ? c.sent.bytes.size() : served, c.sent.bytes.size());
    if (account.turned_away) {
      bytes_out_.Add(0, c.received.bytes.size());
    } else {
      const std::size_t received = c.received.bytes.size();
      bytes_out_.Add(heard ? received : 0, read_out ? received : kNoBound);
    }
    // One that does not read what it was told about a limit meets a second one.
    const std::uint64_t most = account.expired || account.may_be_expired ? 1 : 0;
    ended_.Add(account.expired ? 1 : 0, read_out ? most : 2);
  }

  // Up to the last request that was answered.
  static std::size_t ServedBytes(const Account& account, const Transcript& transcript,
                                 std::size_t doubtful) {
    std::size_t served = 0;
    for (std::size_t k = 0; k < account.replies.size(); ++k) {
      const bool last = k + 1 == account.replies.size() || !account.replies[k + 1];
      if (doubtful > 0 && last) break;
      if (account.replies[k] && !transcript.asked[k].request.fatal) {
        served = transcript.asked[k].request.end;
      }
    }
    return served;
  }

  // Whether the server must have read all that was sent.
  bool ReadWhole(const ConnectionRecord& c, const Account& account) const {
    if (c.sent.pieces.empty() || (account.over && !account.ended_with_service)) return false;
    if (c.end != End::kEndOfStream) return false;
    if (Evidence::FinOf(c) && c.ended < evidence_.end()) return true;
    return evidence_.OwedByEnd(c, c.sent.pieces.back().at);
  }

  void JudgePopulation() {
    if (record_.stop || evidence_.scenario.mode == Mode::kHostile) return;
    Range members;
    for (const Session& session : log_.sessions()) {
      const bool came = log_.EnteredAt(session) <= record_.drain;
      const bool here = came && log_.LeftAt(session) > record_.drain + kWitnessDelay;
      const bool perhaps = came && log_.LeftAt(session) > record_.drain - kWitnessDelay;
      members.Add(here ? 1 : 0, perhaps ? 1 : 0);
    }
    Check("members at the end", record_.members_at_end, members);
    Range connections;
    for (std::size_t i = 0; i < accounts_.size(); ++i) {
      const ConnectionRecord& c = record_.connections[i];
      const bool gone = c.end == End::kRefused || IsGone(c);
      const bool here = !gone && Evidence::Healthy(c) && !accounts_[i].turned_away &&
                        !c.received.bytes.empty() && Evidence::LifeEnd(c) >= record_.drain &&
                        !Evidence::FinOf(c) &&
                        (!accounts_[i].over || accounts_[i].ended_with_service);
      connections.Add(here ? 1 : 0, gone ? 0 : 1);
    }
    Check("connections at the end", record_.connections_at_end, connections);
  }

  // A connection was there for certain from its greeting until it sent what was answered last.
  void JudgeConnections() {
    std::vector<std::pair<absl::Duration, int>> changes;  // ends before beginnings at one instant
    for (std::size_t i = 0; i < accounts_.size(); ++i) {
      const Transcript& transcript = transcripts_[i];
      if (i == record_.witness || accounts_[i].answered == 0 || accounts_[i].turned_away) continue;
      const absl::Duration begin = transcript.heard.front().at;
      const absl::Duration end = transcript.asked[accounts_[i].answered - 1].at;
      if (end <= begin) continue;
      changes.emplace_back(begin, 1);
      changes.emplace_back(end, -1);
    }
    std::sort(changes.begin(), changes.end());
    std::int64_t open = 1;  // the witness, all the time
    for (const auto& [at, change] : changes) {
      open += change;
      if (open <= static_cast<std::int64_t>(options_.max_connections)) continue;
      return evidence_.Report(
          "memory", absl::StrCat(open, " connections at ", absl::FormatDuration(at), ", limit ",
                                 options_.max_connections));
    }
  }

  bool IsGone(const ConnectionRecord& c) const {
    absl::Duration ended =
        std::min(Evidence::LifeEnd(c), Evidence::FinOf(c).value_or(absl::InfiniteDuration()));
    if (c.faulted) ended = std::max(ended, record_.healed);
    return ended + options_.stall_limit + options_.linger_limit + evidence_.SlackOf(c) <
           record_.drain;
  }

  void JudgeDrain() {
    const auto none = [&](std::string_view what, std::size_t count) {
      if (count == 0) return;
      evidence_.Report("drain", absl::StrCat(count, " ", AbslView(what), " left"));
    };
    if (!record_.drained) evidence_.Report("drain", "the server did not stop");
    none("descriptors", record_.leftover_descriptors);
    none("connections", record_.leftover_connections);
    none("timers", record_.leftover_timers);
    for (std::size_t i = 0; i < accounts_.size(); ++i) {
      const ConnectionRecord& c = record_.connections[i];
      if (!WasThereAtTheEnd(c, accounts_[i]) || accounts_[i].ended_with_service) continue;
      evidence_.Report("drain", c, "was not told that the server ends");
    }
  }

  // And so near that it is told within the limit of Stop.
  bool WasThereAtTheEnd(const ConnectionRecord& c, const Account& account) const {
    const bool went = c.end == End::kClosed || c.reset;
    if (went && Evidence::LifeEnd(c) < evidence_.end() + evidence_.SlackOf(c)) return false;
    return !c.received.bytes.empty() && !account.over && !Evidence::FinOf(c) &&
           Evidence::LifeEnd(c) >= evidence_.end() && evidence_.OwedByEnd(c, c.connected) &&
           evidence_.SlackOf(c) < kBaseSlack + options_.stop_limit / 2;
  }

  Evidence& evidence_;
  const WorldRecord& record_;
  const ServerOptions& options_;
  const RoomLog& log_;
  const std::vector<Transcript>& transcripts_;
  const std::vector<Account>& accounts_;
  Range accepted_, turned_away_, requests_, replies_, bytes_in_, bytes_out_, ended_;
};

}  // namespace

void JudgeServer(Evidence& evidence, const RoomLog& log, const std::vector<Transcript>& transcripts,
                 const std::vector<Account>& accounts) {
  ServerJudge(evidence, log, transcripts, accounts).Judge();
}

}  // namespace chathttp::sim

#include "chathttp/sim/oracle/pace.h"

#include <algorithm>
#include <numeric>

#include "chathttp/sim/oracle/clock.h"
#include "chathttp/sim/oracle/operator_log.h"
#include "chathttp/transport/ports/byte_stream.h"

namespace chathttp::sim {
Pace::Pace(const ServerRecord& server, const RoomLog& log)
    : server_(server), log_(log), waits_(server.connections.size()) {
  for (std::size_t c = 0; c < server.connections.size(); ++c) AddWaits(c);
  FindHeldUp();
}

void Pace::AddWaits(std::size_t connection) {
  const ServerConnection& c = server_.connections[connection];
  const std::size_t last = c.closed ? c.closed->turn : server_.turns.size();
  auto writable = c.writable.begin();
  for (std::size_t w = 0; w < c.writes.size(); ++w) {
    const Transfer& write = c.writes[w];
    const std::size_t begin = w == 0 ? 0 : c.writes[w - 1].end;
    const bool whole = write.end - begin == write.offered;
    const std::size_t next = w + 1 < c.writes.size() ? c.writes[w + 1].when.turn : last;
    if (!whole) {
      while (writable != c.writable.end() && writable->order < write.when.order) ++writable;
      const std::size_t woken = writable == c.writable.end() ? last : writable->turn;
      waits_[connection].push_back({write.when.turn, std::min(woken, next), true});
    } else if (write.offered >= server_.options.turn_write_bytes ||
               write.pieces == kMaxWritePieces) {
      waits_[connection].push_back({write.when.turn, write.when.turn + 1, false});
    }
  }
}

void Pace::CountMembers(std::vector<int>& members) const {
  // One that is away is not sent anything.
  for (const Visit& visit : log_.visits()) {
    if (visit.came.turn < members.size()) ++members[visit.came.turn];
    const std::size_t gone = visit.gone == nullptr ? members.size() : visit.gone->when.turn;
    if (gone < members.size()) --members[gone];
  }
  for (std::size_t t = 1; t < members.size(); ++t) members[t] += members[t - 1];
}

// A list that was asked for, and is old before it is sent, may hold up the rest of the turn.
void Pace::MarkLists(std::vector<bool>& held_up) const {
  // Flood control may have it made in any later turn.
  if (HasStrangers(server_.options) && server_.options.flood.per_second > 0) {
    held_up.assign(held_up.size(), true);
    return;
  }
  for (const ServerConnection& c : server_.connections) {
    Clock read(c.reads);
    for (std::size_t at = c.in.find("GET "); at != std::string::npos;
         at = c.in.find("GET ", at + 1)) {
      const std::size_t turn = read.At(at).turn;
      held_up[turn] = held_up[turn + 1] = true;
    }
  }
}

// The turn in which a member no longer counts towards the brake that is blocked since `turn`.
std::size_t Pace::EndOfBrake(std::size_t turn) const {
  const auto begin = server_.turns.begin() + static_cast<std::ptrdiff_t>(turn);
  if (begin >= server_.turns.end()) return turn;
  const absl::Duration end = begin->at + server_.options.brake_limit;
  const auto ends = std::partition_point(begin, server_.turns.end(),
                                         [&](const ServerTurn& t) { return t.at < end; });
  return static_cast<std::size_t>(ends - server_.turns.begin());
}

void Pace::FindHeldUp() {
  const std::size_t turns = server_.turns.size() + 1;
  std::vector<std::size_t> said(turns);  // bytes
  for (const Item& item : log_.items())
    said[std::min(item.written_turn, turns - 1)] += item.raw.size();
  // A server that joins a room broadcasts to nobody what happened before, and serves when that is done.
  const std::size_t replayed = std::min(server_.replayed, server_.taken.size());
  const std::size_t joined = replayed == 0 ? 0 : server_.taken[replayed - 1].turn + 2;
  std::fill(said.begin(), said.begin() + static_cast<std::ptrdiff_t>(std::min(joined, turns)),
            server_.options.turn_broadcast_bytes);
  std::vector<int> blocked(turns + 1);
  std::vector<int> braking(turns + 1);
  behind_.resize(turns + 1);
  for (const std::vector<Wait>& waits : waits_) {
    for (const Wait& wait : waits) {
      if (!wait.blocked) {
        behind_[wait.from] = behind_[wait.from + 1] = true;
        continue;
      }
      // Counted in the turn in which it ends, too: what was decided before the notice stands.
      ++blocked[wait.from];
      ++braking[wait.from];
      if (wait.to + 1 < blocked.size()) --blocked[wait.to + 1];
      // One more turn serves what has waited for the brake to end.
      const std::size_t end = std::min(wait.to, EndOfBrake(wait.from) + 1);
      if (end + 1 < braking.size()) --braking[end + 1];
    }
  }
  std::vector<bool> old_lists(turns + 1);
  if (server_.options.list_bytes < kManyListBytes) MarkLists(old_lists);
  std::vector<int> members(turns);
  CountMembers(members);
  held_up_.resize(turns);
  const std::vector<bool> replays = TurnsOfReplays(said);
  int count = 0;
  int brakes = 0;
  for (std::size_t t = 0; t < turns; ++t) {
    count += blocked[t];
    brakes += braking[t];
    const std::size_t most = std::min(server_.options.turn_broadcast_bytes / (count > 0 ? 4 : 1),
                                      server_.options.backlog_bytes / 2);
    const bool lists = count > 0 && server_.options.list_bytes < kManyListBytes;
    // What must be durable first may wait, and with it what follows.
    const bool waits = WaitsForJournal(t) || (t > 0 && WaitsForJournal(t - 1));
    held_up_[t] = waits || behind_[t] || old_lists[t] || replays[t] || said[t] >= most ||
                  brakes + count > members[t] || lists || (count > 0 && IsRecovering(t));
  }
  next_free_.resize(turns);
  for (std::size_t t = turns; t-- > 0;) {
    next_free_[t] = held_up_[t] ? (t + 1 < turns ? next_free_[t + 1] : turns) : t;
  }
}

// A member that gets a part of the past has it unsent until the end of the turn: nearly half of the log
// at most, so a broadcast may have to wait for that.
std::vector<bool> Pace::TurnsOfReplays(const std::vector<std::size_t>& said) const {
  std::vector<bool> replays(said.size());
  if (server_.options.history == 0 && server_.options.away_limit == absl::ZeroDuration()) {
    return replays;
  }
  std::vector<std::size_t> logged(said.size());
  std::partial_sum(said.begin(), said.end(), logged.begin());
  for (const Visit& visit : log_.visits()) {
    const std::size_t turn = visit.came.turn;
    const std::uint64_t unheard = log_.BytesBetween(0, log_.heard_from()).value_or(0);
    if (turn < said.size() && 2 * (logged[turn] + unheard) > server_.options.backlog_bytes) {
      replays[turn] = true;
    }
  }
  return replays;
}

bool Pace::WaitsForJournal(std::size_t turn) const {
  return turn < server_.turns.size() && server_.turns[turn].waits_for_journal;
}

// After a pause of its process, the server learns late which members take bytes again.
bool Pace::IsRecovering(std::size_t turn) const {
  if (turn >= server_.turns.size()) return false;
  const absl::Duration at = server_.turns[turn].at;
  return std::any_of(server_.pauses.begin(), server_.pauses.end(), [&](const auto& pause) {
    return pause.second <= at && at <= pause.second + server_.options.brake_limit;
  });
}

std::size_t Pace::NextFree(std::size_t turn, std::size_t end) const {
  return turn < next_free_.size() ? std::min(next_free_[turn], end) : turn;
}

const Pace::Wait* Pace::WaitAt(std::size_t connection, std::size_t turn) const {
  const std::vector<Wait>& waits = waits_[connection];
  const auto behind =
      std::upper_bound(waits.begin(), waits.end(), turn,
                       [](std::size_t wanted, const Wait& wait) { return wanted < wait.from; });
  // Several writes of one turn may each have begun a wait.
  for (auto wait = behind; wait != waits.begin();) {
    --wait;
    if (wait->to > turn) return &*wait;
    if (wait->from < turn) break;
  }
  return nullptr;
}

bool Pace::MayWaitToWrite(std::size_t connection, std::size_t due, std::size_t written) const {
  while (due < written) {
    const Wait* const wait = WaitAt(connection, due);
    if (wait == nullptr && !WaitsForJournal(due)) return false;
    due = wait == nullptr ? due + 1 : wait->to;
  }
  return true;
}

std::size_t Pace::EarliestDue(std::size_t connection, std::size_t due, std::size_t written) const {
  while (due < written) {
    const Wait* const wait = WaitAt(connection, written - 1);
    if (wait == nullptr && !WaitsForJournal(written - 1)) break;
    written = std::max(due, wait == nullptr ? written - 1 : wait->from);
  }
  return written;
}

}  // namespace chathttp::sim

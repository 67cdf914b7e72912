#include "chathttp/sim/oracle/room_history.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/sim/oracle/reply.h"
#include "chathttp/sim/oracle/room_log.h"
#include "chathttp/transport/codec/session_token.h"
#include "chathttp/transport/journal/recovery.h"

namespace chathttp::sim {
namespace {

Told ToldOf(Broadcast::Kind kind) {
  switch (kind) {
    case Broadcast::Kind::kEntered:
      return Told::kEntered;
    case Broadcast::Kind::kLeft:
      return Told::kLeft;
    case Broadcast::Kind::kSaid:
      break;
  }
  return Told::kSaid;
}

std::string EntityOf(const PastBroadcast& broadcast) {
  switch (broadcast.kind) {
    case Broadcast::Kind::kEntered:
      return broadcast.name + " has just entered the chat room...\n";
    case Broadcast::Kind::kLeft:
      return broadcast.name + " has just left the chat room...\n";
    case Broadcast::Kind::kSaid:
      break;
  }
  return absl::StrCat("[ ", broadcast.name, " ] : ", broadcast.text, "\n");
}

KeptBroadcast Kept(const ServerOptions& options, const PastBroadcast& past) {
  return {.told = ToldOf(past.kind),
          .name = past.name,
          .text = past.text,
          .raw = ResponseBytes(options, 200, EntityOf(past), DatetimeOf(past.wall))};
}

std::string Show(const KeptBroadcast& broadcast) {
  return absl::StrCat(Describe(broadcast.told), " of ", broadcast.name);
}

bool MayReturn(const ServerOptions& options, const PastMember& member) {
  return member.token && options.away_limit > absl::ZeroDuration();
}

}  // namespace

RoomPast RoomHistory::Begin(const ServerRecord& life) {
  if (!life.recovered) return {};
  return Recover(life.options, *life.recovered, life.started);
}

void RoomHistory::Add(const ServerRecord& life, const RoomLog& log) {
  if (!life.recovered) return;
  last_ = &life;
  last_epoch_ = life.epoch;
  if (!log.sound()) {
    known_ = known_ && log.silent();
    epochs_[life.epoch] = all_.size();
    return;
  }
  if (!known_) return;
  for (std::uint64_t number = all_.size() + 1; number <= log.heard_from(); ++number) {
    const Item& item = log.ItemOf(number);
    all_.push_back({.told = item.told,
                    .name = std::string(item.name),
                    .text = std::string(item.text),
                    .raw = std::string(item.raw)});
  }
  for (const Item& item : log.items()) {
    const bool known = item.written_turn < life.turns.size();
    all_.push_back({.told = item.told,
                    .name = std::string(item.name),
                    .text = std::string(item.text),
                    .raw = std::string(item.raw),
                    .heard = true,
                    .at = known ? life.turns[item.written_turn].at : absl::InfiniteDuration()});
  }
  for (const Session& session : log.sessions()) {
    if (!session.token.empty()) all_[session.number - 1].token = session.token;
  }
  epochs_[life.epoch] = all_.size();
}

void RoomHistory::CheckLeft() {
  const WorldRecord& record = evidence_.record;
  for (const RefusedStart& refused : record.refused_starts) {
    const bool full = refused.code == absl::StatusCode::kResourceExhausted;
    const bool corrupt = refused.code == absl::StatusCode::kDataLoss && !refused.repair;
    const bool failed_sync = HadFault(Verb::kDiskFailSync, refused.at);
    if (full && HadFault(Verb::kDiskFull, refused.at)) continue;
    if (corrupt && WasDamaged(refused.at)) continue;
    if (failed_sync && refused.code == absl::StatusCode::kInternal) continue;
    evidence_.Report({"journal", absl::StrCat("the server did not start: ", refused.error), 0,
                      "server", refused.at});
  }
  if (last_ == nullptr) return;
  if (record.left_in_journal) {
    Recover(last_->options, *record.left_in_journal, absl::InfiniteDuration());
  } else if (!WasDamaged(absl::InfiniteDuration())) {
    evidence_.Report("journal", "it cannot be read when the server is gone");
  }
}

RoomPast RoomHistory::Recover(const ServerOptions& options, const RecoveredRoom& recovered,
                              absl::Duration at) {
  const PastRoom& past = recovered.past;
  CheckEpoch(past, at);
  if (!known_) return OnlyRecovered(options, past);
  CheckLoss(past, at);
  CheckBroadcasts(recovered);
  const bool goes_on = !epochs_.empty();
  if (past.end.count > all_.size()) TakeUnheard(options, past);
  if (!known_) return OnlyRecovered(options, past);
  all_.resize(past.end.count);
  for (auto& [epoch, last] : epochs_) last = std::min(last, past.end.count);
  if (goes_on) epochs_[last_epoch_] = past.end.count;
  for (const EpochEnd& end : past.ended) {
    const auto epoch = epochs_.find(end.epoch);
    if (epoch != epochs_.end() && end.count <= epoch->second) continue;
    // A start that failed has begun an epoch without a broadcast.
    if (epoch == epochs_.end() && !evidence_.record.refused_starts.empty()) continue;
    evidence_.Report("epoch", absl::StrCat("recovered the epoch ", end.epoch, " with the end ",
                                           end.count, ", which it has not"));
  }
  RoomPast known{.count = past.end.count, .members = MembersNow()};
  CheckMembers(past, known.members, at);
  for (std::size_t i = 0; i < std::min(known.members.size(), past.members.size()); ++i) {
    known.members[i].may_return = MayReturn(options, past.members[i]);
    if (!past.members[i].token) all_[known.members[i].entered - 1].token.clear();
  }
  const std::size_t kept = std::min(past.broadcasts.size(), all_.size());
  known.broadcasts.assign(all_.end() - static_cast<std::ptrdiff_t>(kept), all_.end());
  return known;
}

RoomPast RoomHistory::OnlyRecovered(const ServerOptions& options, const PastRoom& past) const {
  RoomPast known{.count = past.end.count};
  for (const PastBroadcast& broadcast : past.broadcasts) {
    known.broadcasts.push_back(Kept(options, broadcast));
  }
  for (const PastMember& member : past.members) {
    known.members.push_back({member.name, member.entered, "", MayReturn(options, member)});
  }
  return known;
}

// ---- Checks -----------------------------------------------------------------------------------

void RoomHistory::CheckEpoch(const PastRoom& past, absl::Duration at) {
  if (last_ == nullptr) return;
  const bool stopped = last_->stopped.has_value();
  const bool damaged = WasDamaged(at);
  if (past.clean && !stopped && !damaged) {
    evidence_.Report("epoch", "the server did not stop cleanly, but its journal says so");
  }
  const auto& refused = evidence_.record.refused_starts;
  const bool started_in_vain = std::any_of(
      refused.begin(), refused.end(), [&](const RefusedStart& start) { return start.at <= at; });
  if (stopped && !past.clean && !damaged && !last_->journal_failed && !started_in_vain) {
    evidence_.Report("journal", "the server stopped cleanly, and its journal does not say so");
  }
  // Where the record of the last epoch is lost, the clock alone tells.
  if (damaged) return;
  if (past.end.epoch > last_epoch_ || (past.end.epoch == last_epoch_ && stopped)) return;
  evidence_.Report(
      "epoch", absl::StrCat("expected an epoch behind ", last_epoch_, ", got ", past.end.epoch));
}

void RoomHistory::CheckLoss(const PastRoom& past, absl::Duration at) {
  const auto lost = std::find_if(
      all_.begin() +
          static_cast<std::ptrdiff_t>(std::min<std::size_t>(past.end.count, all_.size())),
      all_.end(), [](const KeptBroadcast& broadcast) { return broadcast.heard; });
  if (lost == all_.end() || MayLose(at, lost->at)) return;
  const bool waits = evidence_.scenario.journal->sync == JournalSetting::Sync::kAlways;
  evidence_.Report(waits ? "durable" : "journal",
                   absl::StrCat("broadcast ", 1 + (lost - all_.begin()), ", ", Show(*lost),
                                ", was heard; the journal ends at ", past.end.count));
}

// Whether what was heard at `heard` may be lost at the start of a life at `at`.
bool RoomHistory::MayLose(absl::Duration at, absl::Duration heard) const {
  const bool failed = last_ != nullptr && last_->journal_failed;
  if (failed || WasDamaged(at)) return true;
  const JournalSetting& journal = *evidence_.scenario.journal;
  if (journal.sync == JournalSetting::Sync::kAlways) return false;
  if (heard < last_->started) return false;  // the last start has made it safe
  if (HadFault(Verb::kPowerCut, at, last_->started)) return true;
  // A server that is killed has not written the last ones yet.
  if (!last_->crash || last_->stopped) return false;
  return HadFault(Verb::kDiskStall, at) || heard >= last_->crash->at - journal.latency;
}

bool RoomHistory::HadFault(Verb verb, absl::Duration before, absl::Duration since) const {
  if (verb == Verb::kDiskStall) {
    const auto& steps = evidence_.scenario.steps;
    return std::any_of(steps.begin(), steps.end(),
                       [&](const Step& step) { return step.verb == verb; });
  }
  const auto& faults = evidence_.record.disk_faults;
  return std::any_of(faults.begin(), faults.end(), [&](const DiskFault& fault) {
    return fault.verb == verb && since <= fault.at && fault.at <= before;
  });
}

bool RoomHistory::WasDamaged(absl::Duration before) const {
  return HadFault(Verb::kDiskTear, before) || HadFault(Verb::kDiskFlip, before);
}

// What was said, in order; and as much as the server keeps.
void RoomHistory::CheckBroadcasts(const RecoveredRoom& recovered) {
  const PastRoom& past = recovered.past;
  const std::uint64_t first = past.end.count - past.broadcasts.size();
  std::size_t cost = 0;
  for (std::size_t i = past.broadcasts.size(); i-- > 0;) {
    const PastBroadcast& broadcast = past.broadcasts[i];
    cost += kPastBroadcastBytes + broadcast.name.size() + broadcast.text.size();
    if (broadcast.count != first + i + 1) {
      return evidence_.Report(
          "journal", absl::StrCat("recovered broadcast ", broadcast.count, " as ", first + i + 1));
    }
    if (broadcast.count > all_.size()) continue;
    const KeptBroadcast& said = all_[broadcast.count - 1];
    const KeptBroadcast kept = Kept(evidence_.record.servers.front().options, broadcast);
    if (said.told == kept.told && said.name == kept.name && said.raw == kept.raw) continue;
    return evidence_.Report("journal", absl::StrCat("broadcast ", broadcast.count, " was ",
                                                    Show(said), ", recovered ", Show(kept)));
  }
  if (first == 0 || first > all_.size() || WasDamaged(absl::InfiniteDuration())) return;
  const KeptBroadcast& before = all_[first - 1];
  cost += kPastBroadcastBytes + before.name.size() + before.text.size();
  if (cost > recovered.broadcast_bytes) return;
  evidence_.Report("journal", absl::StrCat("recovered the last ", past.broadcasts.size(),
                                           " broadcasts, and has room for more"));
}

void RoomHistory::CheckMembers(const PastRoom& past, const std::vector<KeptMember>& expected,
                               absl::Duration at) {
  const auto names = [](const auto& members) {
    std::string all;
    for (const auto& member : members) absl::StrAppend(&all, " ", member.name);
    return all;
  };
  if (names(past.members) != names(expected)) {
    return evidence_.Report("journal", absl::StrCat("expected the members", names(expected),
                                                    ", recovered", names(past.members)));
  }
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const PastMember& member = past.members[i];
    const bool same = member.entered == expected[i].entered;
    const bool returns = expected[i].token.empty() ||
                         (member.token && *member.token == HashOfToken(expected[i].token));
    if (same && returns) continue;
    // The last record, behind its "entered", may be lost.
    const KeptBroadcast& entered = all_[expected[i].entered - 1];
    if (same && !member.token && member.entered == past.end.count && MayLose(at, entered.at)) {
      continue;
    }
    evidence_.Report("journal", absl::StrCat(member.name, " entered as broadcast ",
                                             expected[i].entered, ", recovered ", member.entered,
                                             returns ? "" : " and another token"));
  }
}

// ---- What was broadcast -----------------------------------------------------------------------

// The server had appended more than was heard.
void RoomHistory::TakeUnheard(const ServerOptions& options, const PastRoom& past) {
  const std::uint64_t first = past.end.count - past.broadcasts.size();
  if (first > all_.size()) {
    known_ = false;  // more than it keeps
    return;
  }
  for (std::size_t i = all_.size() - first; i < past.broadcasts.size(); ++i) {
    all_.push_back(Kept(options, past.broadcasts[i]));
  }
}

std::vector<KeptMember> RoomHistory::MembersNow() const {
  std::vector<KeptMember> members;
  for (std::size_t i = 0; i < all_.size(); ++i) {
    const KeptBroadcast& broadcast = all_[i];
    if (broadcast.told == Told::kEntered) {
      members.push_back({broadcast.name, i + 1, broadcast.token});
    } else if (broadcast.told == Told::kLeft) {
      std::erase_if(members,
                    [&](const KeptMember& member) { return member.name == broadcast.name; });
    }
  }
  return members;
}

}  // namespace chathttp::sim

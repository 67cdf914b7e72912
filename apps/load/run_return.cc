// How the members of a LoadRun with sessions lose their connections and come back. Source:
// docs/protocol.md, "Coming back".
#include <algorithm>
#include <cassert>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "apps/load/clock.h"
#include "apps/load/run.h"

namespace chathttp {
namespace {

// Waits before attempts to come back, and the most attempts of all members together.
constexpr std::int64_t kFirstWait = 20 * (kSecond / 1000);
constexpr std::int64_t kLongestWait = 500 * (kSecond / 1000);
constexpr std::int64_t kBetweenReturns = kSecond / 20'000;
constexpr std::int64_t kReturnBurst = kSecond / 200;
constexpr std::int64_t kRepliesWithin = kSecond / 10;
constexpr std::uint64_t kMostUnheard = 100'000'000;  // messages

}  // namespace

void LoadRun::Lose(std::size_t index, const std::string& what) {
  LoadMember& member = members_[index];
  using State = LoadMember::State;
  if (!options_.sessions || logged_in_ == 0) return FailMember(index, what);
  const bool followed = member.state == State::kFollowing || member.state == State::kEnding;
  if (followed) member.position.count = counted_before_ + member.next;
  if (followed || member.state == State::kUnplaced) {
    ++report_.losses;
  } else if (member.state != State::kLost && member.lost_at != 0) {
    --returning_;
  }
  if (member.lost_at == 0) member.lost_at = now_;
  member.state = State::kLost;
  member.socket.Close();
  std::string().swap(member.unread);
  std::string().swap(member.unsent);
  member.in_doubt = member.in_doubt || member.said > member.settled();
  last_loss_ = what;
  const std::int64_t whole =
      std::min(kLongestWait, kFirstWait << std::min<std::uint32_t>(member.failed++, 10));
  const auto part = static_cast<std::int64_t>(jitter_() % 1024);
  lost_.emplace(now_ + whole / 2 + whole / 2 * part / 1024, index);
}

void LoadRun::ComeBack() {
  if (!options_.sessions) return;
  CheckResumeLimit();
  while (!lost_.empty() && lost_.begin()->first <= now_ && next_return_ <= now_ &&
         returning_ < options_.joining && report_.failure.empty()) {
    const std::size_t index = lost_.begin()->second;
    lost_.erase(lost_.begin());
    next_return_ = std::max(next_return_, now_ - kReturnBurst) + kBetweenReturns;
    if (Connect(index)) ++returning_;
  }
}

std::int64_t LoadRun::WaitForReturns() const {
  if (lost_.empty() || returning_ >= options_.joining) {
    return std::numeric_limits<std::int64_t>::max();
  }
  return std::max<std::int64_t>(std::max(lost_.begin()->first, next_return_) - now_, 0);
}

void LoadRun::CheckResumeLimit() {
  if (now_ < limit_checked_ + kSecond / 4) return;
  limit_checked_ = now_;
  const std::int64_t limit = absl::ToInt64Nanoseconds(options_.resume_limit);
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (members_[i].lost_at == 0 || now_ - members_[i].lost_at <= limit) continue;
    return FailMember(
        i, absl::StrCat("could not come back within ", absl::FormatDuration(options_.resume_limit),
                        " (the last one that could not: ", last_loss_, ")"));
  }
}

// Takes the reply to an ADD.
void LoadRun::TakeSession(std::size_t index, const ResponseView& reply) {
  LoadMember& member = members_[index];
  if (reply.session.size() != kTokenDigits || !reply.position) {
    return FailMember(index, "got no session: the server gives none, or too many are away");
  }
  if (member.lost_at != 0) {
    --returning_;
    if (member.joined) report_.back.Add(now_ - member.lost_at);
    member.lost_at = 0;
    member.failed = 0;
  }
  if (logged_in_ == 0) {
    counted_before_ = reply.position->count;
    epoch_ = reply.position->epoch;
  }
  const bool returns = member.has_token;
  const bool same = reply.session == std::string_view(member.token.data(), member.token.size());
  const bool exact = returns && TakeReturn(index, reply);
  if (!report_.failure.empty()) return;
  if (reply.position->epoch > epoch_) BeginEpoch(*reply.position, returns && !same);
  const std::uint64_t old_epoch = member.position.epoch;
  member.has_token = true;
  std::copy(reply.session.begin(), reply.session.end(), member.token.begin());
  member.position.epoch = reply.position->epoch;
  if (!exact) member.position.count = reply.position->count;
  if (returns && !exact) SettleInDoubt(index);
  if (member.position.epoch < epoch_) return Lose(index, "returned before a restart");
  member.next = IndexOf(member.position.count);
  member.live_from = IndexOf(reply.position->count);
  forgotten_ = forgotten_ || (returns && !same);
  if (!exact) return;
  // All that it has got belongs to this epoch, too.
  if (old_epoch < epoch_ && member.next > cut_at_) ++report_.two_texts;
  confirmed_ = std::max(confirmed_, member.next);
}

// Returns whether the member misses nothing: it gets all messages from `Since` on.
bool LoadRun::TakeReturn(std::size_t index, const ResponseView& reply) {
  const LoadMember& member = members_[index];
  if (reply.session != std::string_view(member.token.data(), member.token.size())) {
    ++report_.fresh_logins;
    return false;
  }
  if (reply.gap == kUnknownGap) {
    ++report_.resumed_unknown_gap;
    return false;
  }
  const std::uint64_t missed = reply.gap.value_or(reply.replay);
  if (reply.position->count != member.position.count + missed) {
    FailMember(index, absl::StrCat("came back with Since: ", ToString(member.position),
                                   ", and was told Position: ", ToString(*reply.position),
                                   ", with ", missed, reply.gap ? " lost" : " replayed"));
    return false;
  }
  ++(reply.gap ? report_.resumed_known_gap : report_.resumed);
  return !reply.gap;
}

// The texts that only an earlier connection was given: a gap hides whether they were said.
void LoadRun::SettleInDoubt(std::size_t index) {
  LoadMember& member = members_[index];
  if (!std::exchange(member.in_doubt, false)) return;
  order_.SetInDoubt(static_cast<std::uint32_t>(index), member.settled(), member.said);
  report_.in_doubt += member.said - member.settled();
  member.outstanding = member.posted - member.said;
}

// A restart: the room had so many broadcasts when a member came back to it. All that members of older
// epochs have got beyond is lost; the messages before may turn out to be others, too. `forgotten`: the server did not know
// the token of the member, so it has no journal if it has counted fewer broadcasts.
void LoadRun::BeginEpoch(const Position& position, bool forgotten) {
  epoch_ = position.epoch;
  epoch_began_ = now_;
  forgotten_ = false;
  confirmed_ = 0;
  cut_at_ = std::numeric_limits<std::uint64_t>::max();
  const std::uint64_t now = IndexOf(position.count);
  if (static_cast<std::int64_t>(now) >= 0 &&
      (now >= order_.count() || (!forgotten && order_.Holds(now)))) {
    return CutOrder(std::min(now, order_.count()));
  }
  // The server has counted anew: its first broadcast follows those of the order.
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (members_[i].state == LoadMember::State::kFollowing) Lose(i, "belongs to an older epoch");
  }
  order_.CutTo(order_.count());
  counted_before_ = std::uint64_t{0} - order_.count();
}

// Takes what older epochs have got before this message, or nobody, for the order of this epoch.
void LoadRun::Confirm(std::uint64_t message) {
  if (message > order_.count()) {
    if (message - order_.count() > kMostUnheard) {
      return Fail(absl::StrCat("members have come back ", message - order_.count(),
                               " messages ahead of what anybody got"));
    }
    CutOrder(order_.count());
    order_.SkipTo(message);
  }
  confirmed_ = std::max(confirmed_, message);
}

// Takes back the messages from this one on. Members of an older epoch that have got them must come
// back; those of this epoch have at most a part of the first one, and will compare it again.
void LoadRun::CutOrder(std::uint64_t message) {
  const std::uint64_t start = order_.StartOf(message);
  if (message < order_.count()) cut_at_ = std::min(cut_at_, message);
  for (std::size_t i = 0; i < members_.size(); ++i) {
    LoadMember& member = members_[i];
    if (member.state != LoadMember::State::kFollowing || member.cursor <= start) continue;
    if (member.position.epoch < epoch_) {
      Lose(i, "belongs to an older epoch");
      continue;
    }
    assert(member.next == message && member.unread.empty());
    member.unread = order_.Bytes(start, member.cursor);
    member.cursor = start;
    waiting_.push_back(i);
  }
  order_.CutTo(message);
}

// Whether a member that is connected has a part of the next message.
bool LoadRun::IsTailHeld() const {
  const std::uint64_t start = order_.StartOf(order_.count());
  return std::any_of(members_.begin(), members_.end(), [&](const LoadMember& member) {
    return member.state == LoadMember::State::kFollowing && member.cursor > start;
  });
}

// If all members wait for messages that none of them will get, since they came back behind them, then
// the order goes on there. So it does if the server has forgotten the sessions: then nobody will get
// what was said before. The replies of those who came back together may be read in any order.
void LoadRun::SkipUnheard() {
  const bool forgotten = forgotten_ && confirmed_ == 0 && now_ >= epoch_began_ + kRepliesWithin;
  if (!forgotten && waiting_.size() < members_.size()) return;
  std::uint64_t first = std::numeric_limits<std::uint64_t>::max();
  for (const LoadMember& member : members_) {
    const bool waits =
        member.state == LoadMember::State::kUnplaced && member.position.epoch == epoch_;
    if (waits) first = std::min(first, member.next);
    if (!waits && !forgotten) return;
  }
  if (first < std::numeric_limits<std::uint64_t>::max()) Confirm(first);
}

}  // namespace chathttp

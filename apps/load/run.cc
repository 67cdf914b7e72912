// The steps of a LoadRun, from joining to the report.
#include "apps/load/run.h"

#include <sys/epoll.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "apps/load/clock.h"
#include "apps/load/process.h"

namespace chathttp {
namespace {

constexpr std::size_t kReadBytes = 256 << 10;
// The longest lag between readers: more than any server and its kernel buffer for a slow consumer.
constexpr std::size_t kOrderBytes = 64 << 20;
// Enough bytes to fill the log of a server.
constexpr std::uint64_t kFillBytes = 12 << 20;
constexpr std::size_t kFillWindow = 64;
constexpr double kIdleRate = 2;  // texts a second: one reaches all members before the next
constexpr std::size_t kMaxOutstanding = 1 << 16;                // of one sender, at a rate
constexpr absl::Duration kQuietTime = absl::Milliseconds(100);  // wait for unwanted messages

}  // namespace

LoadRun::LoadRun(const LoadOptions& options, const std::atomic<bool>& interrupted)
    : options_(options),
      interrupted_(interrupted),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      buffer_(kReadBytes),
      order_(options.prefix, options.members, kOrderBytes),
      entered_(options.members) {
  members_.reserve(options_.members);
  posts_.reserve(options_.senders);
  senders_.reserve(options_.senders);
  // Senders are spread evenly and symmetrically over the members, so that the order in which a
  // server writes to members does not matter.
  const std::size_t readers = options_.members - options_.never_read - options_.slow_read;
  const bool idle = options_.mode == LoadOptions::Mode::kIdle;  // only the first member talks then
  for (std::size_t i = 0; i < (idle ? 1 : options_.senders); ++i) {
    senders_.push_back(idle ? 0 : (2 * i + 1) * readers / (2 * options_.senders));
    posts_.emplace_back(options_, senders_.back());
  }
}

LoadReport LoadRun::Run() {
  now_ = received_at_ = MonotonicNanoseconds();
  const bool idle = options_.mode == LoadOptions::Mode::kIdle;
  bool ok = !idle || (Join(1) && FillLog());
  const std::size_t resident_before = ResidentBytes(options_.server);
  ok = ok && Join(options_.members);
  if (idle) {
    const std::size_t resident = ResidentBytes(options_.server);
    const double grown = static_cast<double>(resident) - static_cast<double>(resident_before);
    report_.resident_per_member = grown / static_cast<double>(options_.members);
    ok = ok && StayIdle() && Talk(1, 1, kIdleRate);
  } else if (options_.mode == LoadOptions::Mode::kTalk) {
    ok = ok && Talk(options_.senders, options_.window, options_.rate);
  }
  if (ok) Drain();
  report_.resident_bytes = options_.server == 0 ? 0 : ResidentBytes(options_.server);
  report_.messages = received_;
  report_.lost += order_.lost();
  report_.repeated += order_.repeated();
  report_.response_bytes = order_.post_bytes();
  report_.closed_slow = std::min<std::uint64_t>(order_.left(), members_.size() - readers_);
  report_.notices = order_.left() + order_.entered() - notices_before_;
  return std::move(report_);
}

bool LoadRun::Join(std::size_t members) {
  const std::int64_t begin = MonotonicNanoseconds();
  const double server_begin = ServerSeconds();
  const std::uint64_t received_before = received_;
  wanted_ = readers_ = members;
  StartJoining();
  const bool ok =
      Pump([&] { return logged_in_ == wanted_ && entered_seen_ + 1 == wanted_ && AllCaughtUp(); });
  report_.join_seconds = SecondsBetween(begin, now_);
  report_.join_server_seconds = ServerSeconds() - server_begin;
  report_.join_notices = received_ - received_before;
  notices_before_ = order_.left() + order_.entered();
  return ok;
}

bool LoadRun::FillLog() {
  talking_ = 1;
  window_ = kFillWindow;
  members_.front().sent_at.resize(kFillWindow);
  if (!Pump([&] { return order_.end() >= kFillBytes; })) return false;
  return Drain();
}

bool LoadRun::StayIdle() {
  const std::int64_t begin = now_;
  const std::int64_t end = begin + absl::ToInt64Nanoseconds(options_.duration);
  const double server_begin = ServerSeconds();
  if (!Pump([&] { return now_ >= end || interrupted_; }, true)) return false;
  report_.idle_processor_share = (ServerSeconds() - server_begin) / SecondsBetween(begin, now_);
  return true;
}

bool LoadRun::Talk(std::size_t senders, std::size_t window, double rate) {
  StopReading();
  const bool at_rate = rate > 0;
  rate_ = rate;
  for (std::size_t i = 0; i < senders; ++i) {
    members_[senders_[i]].sent_at.assign(at_rate ? kMaxOutstanding : std::max(window, kFillWindow),
                                         0);
  }
  rate_start_ = MonotonicNanoseconds();
  window_ = window;
  talking_ = senders;
  Post();
  const std::int64_t warm = rate_start_ + absl::ToInt64Nanoseconds(options_.warm_up);
  if (!Pump([&] { return now_ >= warm || interrupted_; }, at_rate)) return false;

  const std::int64_t begin = measure_from_ = MonotonicNanoseconds();
  measure_until_ = std::numeric_limits<std::int64_t>::max();
  const std::int64_t end = begin + absl::ToInt64Nanoseconds(options_.duration);
  const std::uint64_t posts = order_.posts();
  const std::uint64_t delivered = delivered_;
  const double server = ServerSeconds();
  const double own = ProcessorSeconds(0);
  if (!Pump([&] { return now_ >= end || interrupted_; }, at_rate)) return false;
  report_.seconds = SecondsBetween(begin, MonotonicNanoseconds());
  report_.posts = order_.posts() - posts;
  report_.deliveries = delivered_ - delivered;
  report_.server_seconds = ServerSeconds() - server;
  report_.generator_seconds = ProcessorSeconds(0) - own;
  measure_until_ = MonotonicNanoseconds();
  return true;
}

bool LoadRun::Drain() {
  talking_ = 0;
  const bool ok = Pump([&] {
    const bool back = std::all_of(members_.begin(), members_.end(),
                                  [](const LoadMember& member) { return member.outstanding == 0; });
    return back && AllCaughtUp();
  });
  if (!ok) CountLost();
  const std::int64_t settled = now_ + absl::ToInt64Nanoseconds(kQuietTime);
  return ok && Pump([&] { return now_ >= settled; }, true);
}

// Counts messages that have not arrived yet as lost.
void LoadRun::CountLost() {
  for (const LoadMember& member : members_) {
    report_.lost += member.outstanding * readers_;
    if (member.reads) report_.lost += order_.count() - std::min(member.next, order_.count());
  }
}

void LoadRun::StopReading() {
  readers_ = members_.size() - options_.never_read - options_.slow_read;
  for (std::size_t i = readers_; i < members_.size(); ++i) {
    members_[i].reads = false;
    epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, members_[i].socket.get(), nullptr);
  }
  slow_at_ = MonotonicNanoseconds() + kSecond;
}

bool LoadRun::AllCaughtUp() const {
  return std::all_of(members_.begin(), members_.end(), [&](const LoadMember& member) {
    return !member.reads || (member.state == LoadMember::State::kFollowing &&
                             member.cursor == order_.end() && member.unread.empty());
  });
}

double LoadRun::ServerSeconds() const {
  return options_.server == 0 ? 0 : ProcessorSeconds(options_.server);
}

}  // namespace chathttp

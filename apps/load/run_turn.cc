// The turns of a LoadRun: wait, read, join, post.
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <iostream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "apps/load/clock.h"
#include "apps/load/run.h"

namespace chathttp {
namespace {

constexpr std::size_t kEvents = 256;
constexpr std::size_t kMaxPostsPerTurn = 4096;  // at a rate
constexpr std::size_t kSlowBytes = 1024;
constexpr std::int64_t kTick = kSecond / 20;     // the longest wait of a turn
constexpr std::int64_t kRetry = kSecond / 1000;  // while a socket is full
constexpr std::int64_t kProgressEvery = kSecond / 4;

}  // namespace

bool LoadRun::Pump(const Done& done, bool may_be_silent) {
  received_at_ = now_ = MonotonicNanoseconds();
  while (report_.failure.empty() && !done()) {
    Turn();
    if (may_be_silent ||
        SecondsBetween(received_at_, now_) <= absl::ToDoubleSeconds(options_.patience)) {
      continue;
    }
    Fail(absl::StrCat("the server sent nothing for ", absl::FormatDuration(options_.patience), "; ",
                      logged_in_, " of ", wanted_, " members are logged in"));
  }
  return report_.failure.empty();
}

void LoadRun::Turn() {
  std::int64_t wait = unsent_ ? kRetry : kTick;
  if (talking_ > 0 && rate_ > 0) {
    const double due = static_cast<double>(rate_posted_) / rate_ * 1e9;
    wait = std::clamp<std::int64_t>(
        rate_start_ + static_cast<std::int64_t>(due) - MonotonicNanoseconds(), 0, wait);
  }
  wait = std::min(wait, WaitForReturns());
  const timespec timeout{.tv_sec = 0, .tv_nsec = static_cast<long>(wait)};
  std::array<epoll_event, kEvents> events;
  const int ready = epoll_pwait2(epoll_.get(), events.data(), kEvents, &timeout, nullptr);
  now_ = MonotonicNanoseconds();
  for (int i = 0; i < ready; ++i) {
    ReadMember(static_cast<std::size_t>(events[static_cast<std::size_t>(i)].data.u64));
  }
  RetryWaiting();
  StartJoining();
  ComeBack();
  ReadSlowly();
  Post();
  if (options_.progress) Progress(now_);
}

void LoadRun::StartJoining() {
  // The first member joins alone, so that it gets the notices of all others.
  const std::size_t allowed =
      logged_in_ == 0 ? 1 : std::min(wanted_, logged_in_ + options_.joining);
  while (members_.size() < allowed && report_.failure.empty()) {
    members_.emplace_back();
    if (!Connect(members_.size() - 1)) return;
  }
}

bool LoadRun::Connect(std::size_t index) {
  LoadMember& member = members_[index];
  absl::StatusOr<posix::FileDescriptor> socket = LoadConnect(options_, index);
  if (!socket.ok()) {
    const std::string problem(socket.status().message());
    absl::IsUnavailable(socket.status()) && member.lost_at != 0 ? Lose(index, problem)
                                                                : Fail(problem);
    return false;
  }
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = index;
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, socket->get(), &event) != 0) {
    Fail(absl::StrCat("epoll_ctl: ", std::strerror(errno)));
    return false;
  }
  member.socket = *std::move(socket);
  member.state = LoadMember::State::kGreeting;
  return true;
}

void LoadRun::ReadMember(std::size_t index) {
  LoadMember& member = members_[index];
  if (!member.socket.valid()) return;  // lost in this turn
  const ssize_t count = recv(member.socket.get(), buffer_.data(), buffer_.size(), 0);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count < 0) return Lose(index, absl::StrCat("lost its connection: ", std::strerror(errno)));
  if (count == 0) return Lose(index, "was closed by the server");
  received_at_ = now_ = MonotonicNanoseconds();
  Take(index, {buffer_.data(), static_cast<std::size_t>(count)});
}

// Slow members only slow the server down: the bytes are not checked.
void LoadRun::ReadSlowly() {
  if (talking_ == 0 || options_.slow_read == 0 || now_ < slow_at_) return;
  slow_at_ += kSecond;
  std::array<char, kSlowBytes> bytes;
  for (std::size_t i = readers_; i < readers_ + options_.slow_read; ++i) {
    recv(members_[i].socket.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
  }
}

void LoadRun::Fail(std::string failure) {
  if (report_.failure.empty()) report_.failure = std::move(failure);
}

void LoadRun::FailMember(std::size_t index, const std::string& what) {
  Fail(absl::StrCat(LoadName(options_, index), " ", what, ", after ", members_[index].next,
                    " messages"));
}

void LoadRun::Progress(std::int64_t now) {
  if (now < progress_at_) return;
  progress_at_ = now + kProgressEvery;
  std::cerr << absl::StrFormat("\r%d members, %d texts, %d deliveries ", logged_in_, order_.posts(),
                               delivered_)
            << std::flush;
}

// ---- Posts ------------------------------------------------------------------------------------

void LoadRun::Post() {
  if (talking_ > 0 && rate_ > 0) {
    for (std::size_t i = 0; i < kMaxPostsPerTurn; ++i) {
      const double offset = static_cast<double>(rate_posted_) / rate_ * 1e9;
      const std::int64_t due = rate_start_ + static_cast<std::int64_t>(offset);
      if (due > now_) break;
      PostOne(rate_posted_++ % talking_, due);
    }
  } else {
    for (std::size_t i = 0; i < talking_; ++i) {
      const LoadMember& member = members_[senders_[i]];
      while (member.outstanding < window_ && MayPost(member)) PostOne(i, now_);
    }
  }
  unsent_ = false;
  for (std::size_t i = 0; i < senders_.size(); ++i) {
    if (senders_[i] >= members_.size()) continue;
    Say(i);
    SendUnsent(senders_[i]);
  }
}

void LoadRun::PostOne(std::size_t sender, std::int64_t due) {
  LoadMember& member = members_[senders_[sender]];
  if (member.outstanding == member.sent_at.size()) {
    return Fail(absl::StrCat("the server does not keep up with --rate=", rate_, ": ",
                             member.outstanding, " texts of one sender have not come back"));
  }
  member.sent_at[member.posted % member.sent_at.size()] = due;
  ++member.posted;
  ++member.outstanding;
}

// A text of an earlier connection is settled when the replay is over.
bool LoadRun::MayPost(const LoadMember& member) const {
  return member.state == LoadMember::State::kFollowing && member.next >= member.live_from;
}

// Gives the connection all texts of the sender that wait for it.
void LoadRun::Say(std::size_t sender) {
  LoadMember& member = members_[senders_[sender]];
  if (member.said == member.posted && !member.in_doubt) return;
  if (!MayPost(member)) return;
  if (std::exchange(member.in_doubt, false)) {
    report_.said_again += member.said - member.settled();
    member.said = member.settled();
  }
  while (member.said < member.posted) posts_[sender].AppendTo(member.unsent, member.said++);
}

void LoadRun::SendUnsent(std::size_t index) {
  LoadMember& member = members_[index];
  if (member.unsent.empty()) return;
  const ssize_t count = send(member.socket.get(), member.unsent.data(), member.unsent.size(),
                             MSG_NOSIGNAL | MSG_DONTWAIT);
  if (count < 0 && errno != EAGAIN && errno != EINTR) {
    return Lose(index, absl::StrCat("could not send: ", std::strerror(errno)));
  }
  member.unsent.erase(0, count < 0 ? 0 : static_cast<std::size_t>(count));
  unsent_ = unsent_ || !member.unsent.empty();
}

}  // namespace chathttp

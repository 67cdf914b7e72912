#include "tests/apps/swarm.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <optional>

#include "tests/apps/process.h"

namespace chathttp {
namespace {

// Reserved for standard streams, pipes to the server and the like.
constexpr std::size_t kOtherDescriptors = 64;

std::uint64_t Mix(std::uint64_t hash, std::string_view bytes) {
  return hash * 1'099'511'628'211U + std::hash<std::string_view>()(bytes);
}

}  // namespace

Swarm::Swarm(std::uint16_t port)
    : port_(port), epoll_(epoll_create1(EPOLL_CLOEXEC)), buffer_(256 << 10) {}

std::size_t Swarm::Room(std::size_t wanted) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  const auto most = static_cast<std::size_t>(limit.rlim_cur);
  return std::min(wanted, most < 2 * kOtherDescriptors ? most / 2 : most - kOtherDescriptors);
}

bool Swarm::Join(std::size_t count, std::size_t in_flight) {
  const std::size_t all = members_.size() + count;
  members_.reserve(all);
  return RunUntil([&] {
    while (members_.size() < all && members_.size() - logged_in_ < in_flight && problem_.empty()) {
      Connect();
    }
    return logged_in_ == all;
  });
}

void Swarm::Connect() {
  Member& member = members_.emplace_back();
  const std::size_t index = members_.size() - 1;
  member.socket = posix::FileDescriptor(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port_);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int yes = 1;
  setsockopt(member.socket.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
  if (connect(member.socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
    return Fail(index, "connect: " + std::to_string(errno));
  }
  epoll_event event{.events = EPOLLIN, .data = {.u64 = index}};
  epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, member.socket.get(), &event);
}

void Swarm::Say(std::size_t member, std::string_view text) {
  Send(members_[member], MakeRequest("POST", Name(member), std::string(text) + "\n"));
}

bool Swarm::RunUntil(const std::function<bool()>& done) {
  std::array<epoll_event, 512> events;
  auto last_progress = std::chrono::steady_clock::now();
  while (problem_.empty() && !done()) {
    const std::uint64_t before = bytes_;
    const int count = epoll_wait(epoll_.get(), events.data(), events.size(), 1000);
    for (int i = 0; i < count; ++i) ReadSome(events[static_cast<std::size_t>(i)].data.u64);
    const auto now = std::chrono::steady_clock::now();
    if (bytes_ != before) last_progress = now;
    if (now - last_progress > kPatience) {
      problem_ = "nothing comes any more: " + std::to_string(logged_in_) + " of " +
                 std::to_string(members_.size()) + " logged in, " + std::to_string(messages_) +
                 " messages";
    }
  }
  return problem_.empty();
}

void Swarm::ReadSome(std::size_t index) {
  Member& member = members_[index];
  if (!member.reads) {
    epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, member.socket.get(), nullptr);
    return;
  }
  std::copy(member.unread.begin(), member.unread.end(), buffer_.begin());
  const std::size_t before = member.unread.size();
  const ssize_t count =
      recv(member.socket.get(), buffer_.data() + before, buffer_.size() - before, MSG_DONTWAIT);
  if (count <= 0) {
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    return Fail(index, count == 0 ? "end of stream" : "recv: " + std::to_string(errno));
  }
  bytes_ += static_cast<std::uint64_t>(count);
  std::string_view input(buffer_.data(), before + static_cast<std::size_t>(count));
  while (const std::optional<WireMessage> message = TakeMessage(input)) Handle(index, *message);
  member.unread = input;
}

void Swarm::Handle(std::size_t index, const WireMessage& message) {
  Member& member = members_[index];
  if (message.code == 202) {
    Send(member, MakeRequest("ADD", Name(index)));
  } else if (message.code != 200) {
    Fail(index, std::string(message.entity));
  } else if (message.entity.starts_with("[ ")) {
    ++member.messages;
    ++messages_;
    member.hash = Mix(member.hash, message.entity);
  } else if (message.entity == "OK...^.^") {
    member.logged_in = true;
    ++logged_in_;
  } else {
    ++notices_;
    if (index == 0 && message.entity.find(" left ") != std::string_view::npos) ++departures_;
  }
}

void Swarm::Send(Member& member, std::string_view bytes) {
  const ssize_t count = send(member.socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (count != static_cast<ssize_t>(bytes.size())) problem_ = "send: " + std::to_string(errno);
}

void Swarm::Fail(std::size_t index, const std::string& what) {
  problem_ = Name(index) + ": " + what;
}

}  // namespace chathttp

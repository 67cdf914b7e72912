// The floor: a minimal single-threaded server that sends each message to all members. Every figure
// of docs/performance.md is a ratio to it.
//
//   floor --port=0        first line on stdout: "listening on 127.0.0.1:PORT"
//
// It speaks just enough ChatHTTP for chat_load: greeting, ADD, POST, DELETE, and the notices. Heads
// are prepared once; each message is written once, into a ring; at the end of a turn of the loop,
// each member that is not blocked gets one send, from its cursor to the end of the ring. Nothing is
// validated, nothing is logged, there is no limit but the ring, and names may be duplicates.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "chathttp/version.h"

namespace {

constexpr std::size_t kRingBytes = 8 << 20;
constexpr std::size_t kReadBytes = 64 << 10;
constexpr std::uint32_t kListener = 0xffffffff;

// Heads as chat_server writes them, with the same number of bytes.
const std::string common_head =
    std::string("\nDatetime: 2026-01-01 00:00:00\nDeveloper: chathttp\nServer: ")
        .append(chathttp::kProductVersion)
        .append("\nContent_Length: ");
constexpr std::string_view kHeadEnd =
    "\nContent_Language: en\nContent_Encoding: utf-8\nContent_Type: text\n\n";

struct Ring {
  std::vector<char> bytes = std::vector<char>(kRingBytes);
  std::uint64_t end = 0;

  void Append(std::string_view piece) {
    const std::size_t at = end % kRingBytes;
    const std::size_t fits = std::min(piece.size(), kRingBytes - at);
    std::memcpy(bytes.data() + at, piece.data(), fits);
    std::memcpy(bytes.data(), piece.data() + fits, piece.size() - fits);
    end += piece.size();
  }
};

// The state that a send needs, contiguous in memory.
struct Member {
  int descriptor = -1;
  bool follows = false;
  bool blocked = false;
  std::uint64_t cursor = 0;
};

struct Peer {
  std::string name;
  std::string unfinished;  // partial request
};

Ring ring;
std::vector<Member> members;
std::vector<Peer> peers;
int epoll = -1;
const std::string ok_head = std::string("HTTP/1.1 200 OK").append(common_head);

std::string Response(std::string_view status, std::string_view entity) {
  std::string text = "HTTP/1.1 ";
  return text.append(status)
      .append(common_head)
      .append(std::to_string(entity.size()))
      .append(kHeadEnd)
      .append(entity);
}
const std::string greeting = Response("202 Accept", "test");
const std::string done = Response("200 OK", "OK...^.^");

template <std::size_t count>
void Broadcast(const std::array<std::string_view, count>& entity) {
  std::size_t size = 0;
  for (const std::string_view piece : entity) size += piece.size();
  std::array<char, 20> digits;
  char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), size).ptr;
  ring.Append(ok_head);
  ring.Append({digits.data(), static_cast<std::size_t>(end - digits.data())});
  ring.Append(kHeadEnd);
  for (const std::string_view piece : entity) ring.Append(piece);
}

void Leave(std::uint32_t index) {
  if (!members[index].follows) return;
  members[index].follows = false;
  Broadcast<2>({peers[index].name, " has just left the chat room...\n"});
}

void Close(std::uint32_t index) {
  if (members[index].descriptor < 0) return;
  Leave(index);
  close(members[index].descriptor);
  members[index].descriptor = -1;
}

// Sends from the cursor to the end of the ring, in one call.
void Send(std::uint32_t index) {
  Member& member = members[index];
  const std::uint64_t size = ring.end - member.cursor;
  if (size == 0) return;
  if (size > kRingBytes) return Close(index);
  const std::size_t at = member.cursor % kRingBytes;
  const std::size_t first = std::min<std::size_t>(size, kRingBytes - at);
  ssize_t count = 0;
  if (first == size) {
    count = send(member.descriptor, ring.bytes.data() + at, first, MSG_NOSIGNAL);
  } else {
    std::array<iovec, 2> pieces = {
        {{ring.bytes.data() + at, first}, {ring.bytes.data(), size - first}}};
    msghdr message{};
    message.msg_iov = pieces.data();
    message.msg_iovlen = pieces.size();
    count = sendmsg(member.descriptor, &message, MSG_NOSIGNAL);
  }
  if (count < 0 && errno != EAGAIN) return Close(index);
  if (count > 0) member.cursor += static_cast<std::uint64_t>(count);
  member.blocked = member.cursor != ring.end;
}

void Reply(std::uint32_t index, std::string_view reply) {
  send(members[index].descriptor, reply.data(), reply.size(), MSG_NOSIGNAL);
}

std::string_view After(std::string_view text, std::string_view name) {
  const void* const found = memmem(text.data(), text.size(), name.data(), name.size());
  if (found == nullptr) return {};
  return text.substr(static_cast<std::size_t>(static_cast<const char*>(found) - text.data()) +
                     name.size());
}

void Serve(std::uint32_t index, std::string_view head, std::string_view entity) {
  Member& member = members[index];
  if (head.starts_with("POST")) {
    Broadcast<4>({"[ ", peers[index].name, " ] : ", entity});
  } else if (head.starts_with("ADD")) {
    const std::string_view name = After(head, "\nUser_Agent: ");
    peers[index].name = name.substr(0, name.find('\n'));
    Broadcast<2>({peers[index].name, " has just entered the chat room...\n"});
    Reply(index, done);
    member.follows = true;
    member.cursor = ring.end;
  } else if (head.starts_with("DELETE")) {
    Send(index);
    Leave(index);
    Reply(index, done);
  }
}

// Serves the requests at the front of `input` and returns their size in bytes.
std::size_t ServeAll(std::uint32_t index, std::string_view input) {
  std::size_t taken = 0;
  for (;;) {
    const std::string_view rest = input.substr(taken);
    const std::string_view behind = After(rest, "\n\n");
    if (behind.data() == nullptr) return taken;
    const std::string_view head = rest.substr(0, rest.size() - behind.size());
    const std::string_view length = After(head, "\nContent_Length: ");
    std::size_t bytes = 0;
    std::from_chars(length.data(), length.data() + length.size(), bytes);
    if (behind.size() < bytes) return taken;
    Serve(index, head, behind.substr(0, bytes));
    taken += head.size() + bytes;
  }
}

void Read(std::uint32_t index) {
  static std::vector<char> buffer(kReadBytes);
  for (;;) {
    const ssize_t count = recv(members[index].descriptor, buffer.data(), buffer.size(), 0);
    if (count == 0 || (count < 0 && errno != EAGAIN)) return Close(index);
    if (count < 0) return;
    const std::string_view input(buffer.data(), static_cast<std::size_t>(count));
    std::string& unfinished = peers[index].unfinished;
    if (unfinished.empty()) {
      unfinished = input.substr(ServeAll(index, input));
    } else {
      unfinished += input;
      unfinished.erase(0, ServeAll(index, unfinished));
    }
    if (unfinished.empty()) std::string().swap(unfinished);
    if (input.size() < buffer.size()) return;  // drained: the next input triggers another edge
  }
}

void Watch(int descriptor, std::uint32_t events, std::uint32_t index) {
  epoll_event event{};
  event.events = events;
  event.data.u32 = index;
  epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event);
}

void Accept(int listener) {
  for (;;) {
    const int descriptor = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor < 0) return;
    const int on = 1;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    const auto index = static_cast<std::uint32_t>(members.size());
    members.push_back({.descriptor = descriptor});
    peers.emplace_back();
    Watch(descriptor, EPOLLIN | EPOLLOUT | EPOLLET, index);
    Reply(index, greeting);
  }
}

void Turn(int listener) {
  std::array<epoll_event, 512> events;
  const int ready = epoll_wait(epoll, events.data(), static_cast<int>(events.size()), -1);
  for (std::size_t i = 0; static_cast<int>(i) < ready; ++i) {
    const std::uint32_t index = events[i].data.u32;
    if (index == kListener) {
      Accept(listener);
      continue;
    }
    if (members[index].descriptor < 0) continue;
    if ((events[i].events & EPOLLOUT) != 0) members[index].blocked = false;
    if ((events[i].events & ~std::uint32_t{EPOLLOUT}) != 0) Read(index);
  }
  for (std::uint32_t i = 0; i < members.size(); ++i) {
    const Member& member = members[i];
    if (member.follows && (!member.blocked || ring.end - member.cursor > kRingBytes)) Send(i);
  }
}

}  // namespace

int main(int argc, char* argv[]) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  const std::string_view flag = argc == 2 ? argv[1] : "";
  if (!flag.starts_with("--port=")) {
    std::fputs("floor: usage: floor --port=N (0: any free one)\n", stderr);
    return 2;
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(std::atoi(flag.data() + flag.find('=') + 1)));
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  socklen_t size = sizeof(address);
  auto* const plain = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener, plain, size) != 0 || listen(listener, SOMAXCONN) != 0 ||
      getsockname(listener, plain, &size) != 0) {
    std::perror("floor: cannot listen");
    return 1;
  }
  epoll = epoll_create1(EPOLL_CLOEXEC);
  Watch(listener, EPOLLIN, kListener);
  std::printf("listening on 127.0.0.1:%d\n", ntohs(address.sin_port));
  std::fflush(stdout);
  for (;;) Turn(listener);
}

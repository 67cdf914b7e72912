#include "apps/load/member.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "chathttp/transport/codec/request_encoder.h"

namespace chathttp {
namespace {

// Each address has 28,000 ports: enough for any number of descriptors.
constexpr std::size_t kSourceAddresses = 250;

std::string ErrorText(const char* call, int error) {
  return absl::StrCat(call, ": ", std::strerror(error));
}

Method MethodNamed(std::string_view name) {
  for (const Method method : {Method::kAdd, Method::kGet, Method::kDelete}) {
    if (MethodName(method) == name) return method;
  }
  return Method::kPost;
}

}  // namespace

std::string LoadName(const LoadOptions& options, std::size_t member) {
  return absl::StrFormat("%s%05d", options.prefix, member);
}

absl::StatusOr<posix::FileDescriptor> LoadConnect(const LoadOptions& options, std::size_t member) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(options.ports[member % options.ports.size()]);
  if (inet_pton(AF_INET, options.host.c_str(), &address.sin_addr) != 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("--host must be an IPv4 address like 127.0.0.1, got ", options.host));
  }
  posix::FileDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket.valid()) return absl::ResourceExhaustedError(ErrorText("socket", errno));
  const int on = 1;
  setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  if (ntohl(address.sin_addr.s_addr) >> 24 == 127) {
    setsockopt(socket.get(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
    sockaddr_in source{};
    source.sin_family = AF_INET;
    source.sin_addr.s_addr =
        htonl(0x7f000001U + static_cast<std::uint32_t>(member % kSourceAddresses));
    if (bind(socket.get(), reinterpret_cast<const sockaddr*>(&source), sizeof(source)) != 0) {
      return absl::ResourceExhaustedError(ErrorText("bind", errno));
    }
  }
  if (connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 &&
      errno != EINPROGRESS) {
    return absl::UnavailableError(ErrorText("connect", errno));
  }
  return socket;
}

std::string LoadRequest(const LoadOptions& options, std::string_view method, std::size_t member,
                        std::string_view entity) {
  const std::string name = LoadName(options, member);
  std::string request;
  AppendRequest(
      {.method = MethodNamed(method), .host = options.host, .user_agent = name, .entity = entity},
      absl::Now(), absl::LocalTimeZone(), request);
  return request;
}

std::string LoadLogin(const LoadOptions& options, std::size_t index, const LoadMember& member) {
  const std::string name = LoadName(options, index);
  const std::string since = member.has_token ? ToString(member.position) : "";
  RequestToSend login;
  login.method = Method::kAdd;
  login.host = options.host;
  login.user_agent = name;
  if (options.sessions) {
    login.session =
        member.has_token ? std::string_view(member.token.data(), member.token.size()) : kNewSession;
    login.since = since;
  }
  std::string request;
  AppendRequest(login, absl::Now(), absl::LocalTimeZone(), request);
  return request;
}

LoadPost::LoadPost(const LoadOptions& options, std::size_t member)
    : request_(LoadRequest(options, "POST", member, std::string(options.text_bytes, 'x') + "\n")),
      text_at_(request_.size() - options.text_bytes - 1) {}

void LoadPost::AppendTo(std::string& out, std::uint64_t sequence) const {
  char* digit =
      out.append(request_).data() + out.size() - request_.size() + text_at_ + kSequenceDigits;
  for (std::size_t i = 0; i < kSequenceDigits; ++i) {
    *--digit = static_cast<char>('0' + sequence % 10);
    sequence /= 10;
  }
}

}  // namespace chathttp

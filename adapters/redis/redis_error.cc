#include "chathttp/adapters/redis/redis_error.h"

#include <utility>

namespace chathttp::redis {
namespace {

constexpr std::string_view kBehindText = "ERR The ID specified in XADD is equal or smaller";

constexpr std::pair<std::string_view, std::string_view> kAdvice[] = {
    {"NOAUTH", "Redis wants a password: give it in a file with --log_password_file"},
    {"WRONGPASS", "Redis refuses the user or password: correct the URL or --log_password_file"},
    {"ERR invalid password", "Redis refuses the password: correct --log_password_file"},
    {"ERR AUTH", "Redis has no password: start without --log_password_file"},
    {"ERR Client sent AUTH", "Redis has no password: start without --log_password_file"},
    {"NOPERM", "the user may not use the streams of the room: allow ~{ROOM}:* +@stream in its ACL"},
    {"WRONGTYPE", "the key is used for something else: choose another name for the room"},
    {"MOVED", "the room is on another node of a cluster: give that one in the URL"},
    {"ASK", "the room is on another node of a cluster: give that one in the URL"},
    {"ERR Invalid stream ID", "this Redis is too old: use 7.0 or later, or Valkey"},
    {"ERR unknown command", "this is no Redis of 5.0 or later: use 7.0 or later, or Valkey"},
    {"ERR syntax error", "this Redis is too old: use 7.0 or later, or Valkey"},
};

}  // namespace

ErrorKind KindOfError(std::string_view text) {
  if (text.starts_with(kBehindText)) return ErrorKind::kBehind;
  return AdviceFor(text).empty() ? ErrorKind::kPassing : ErrorKind::kConfiguration;
}

std::string_view AdviceFor(std::string_view text) {
  for (const auto& [opening, advice] : kAdvice) {
    if (text.starts_with(opening)) return advice;
  }
  return {};
}

}  // namespace chathttp::redis

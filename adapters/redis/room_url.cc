#include "chathttp/adapters/redis/room_url.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"

namespace chathttp::redis {
namespace {

constexpr std::string_view kScheme = "redis://";
constexpr std::size_t kMaxRoomBytes = 64;
constexpr std::size_t kMaxHostBytes = 255;
constexpr std::size_t kMaxUserBytes = 128;

bool IsWordByte(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}
bool IsVisible(char c) { return c > ' ' && c < '\x7f'; }

absl::Status Wrong(std::string_view url, std::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat("'", absl::CHexEscape(AbslView(url.substr(0, 300))), "': ", AbslView(what),
                   "; write redis://[USER@]HOST[:PORT]/ROOM, for example redis://127.0.0.1/lobby"));
}

}  // namespace

absl::StatusOr<RoomUrl> ParseRoomUrl(std::string_view text) {
  if (!text.starts_with(kScheme)) return Wrong(text, "the URL must begin with redis://");
  std::string_view rest = text.substr(kScheme.size());
  const std::size_t slash = rest.find('/');
  if (slash == rest.npos) return Wrong(text, "the name of the room is missing");
  std::string_view authority = rest.substr(0, slash);
  const std::string_view room = rest.substr(slash + 1);
  RoomUrl url;
  url.room = room;
  if (room.empty()) return Wrong(text, "the name of the room is missing");
  if (room.size() > kMaxRoomBytes || !std::all_of(room.begin(), room.end(), IsWordByte)) {
    return Wrong(text, absl::StrCat("the name of a room has 1 to ", kMaxRoomBytes,
                                    " of the characters A-Z a-z 0-9 _ -, this one has ",
                                    room.size(), " bytes"));
  }
  if (const std::size_t at = authority.rfind('@'); at != authority.npos) {
    const std::string_view user = authority.substr(0, at);
    if (user.find(':') != user.npos) {
      // The message must not show it.
      return absl::InvalidArgumentError(
          "the URL of the room has a password, which others can read on the command line; give it "
          "in "
          "a file, and only USER@ in the URL");
    }
    if (user.empty() || user.size() > kMaxUserBytes ||
        !std::all_of(user.begin(), user.end(), IsVisible)) {
      return Wrong(
          text, absl::StrCat("the user before @ has 1 to ", kMaxUserBytes, " visible characters"));
    }
    url.user = user;
    authority.remove_prefix(at + 1);
  }
  std::string_view host = authority;
  std::string_view port;
  bool has_port = false;
  if (host.starts_with('[')) {
    const std::size_t close = host.find(']');
    if (close == host.npos) return Wrong(text, "the address after [ has no ]");
    port = host.substr(close + 1);
    host = host.substr(1, close - 1);
    if (!port.empty() && !port.starts_with(':')) return Wrong(text, "after ] comes :PORT or /ROOM");
    has_port = !port.empty();
    if (has_port) port.remove_prefix(1);
  } else if (const std::size_t colon = host.find(':'); colon != host.npos) {
    port = host.substr(colon + 1);
    host = host.substr(0, colon);
    has_port = true;
    if (port.find(':') != port.npos) return Wrong(text, "an IPv6 address must be in [ ]");
  }
  if (host.empty() || host.size() > kMaxHostBytes ||
      !std::all_of(host.begin(), host.end(), IsVisible)) {
    return Wrong(text, absl::StrCat("the host has 1 to ", kMaxHostBytes, " visible characters"));
  }
  std::uint32_t number = kDefaultRedisPort;
  if (has_port) {
    const bool digits =
        !port.empty() && port.size() <= 5 &&
        std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!digits || !absl::SimpleAtoi(AbslView(port), &number) || number == 0 || number > 65'535) {
      return Wrong(text, "the port is a number from 1 to 65535");
    }
  }
  url.endpoint = {std::string(host), static_cast<std::uint16_t>(number)};
  return url;
}

std::string ToString(const RoomUrl& url) {
  return absl::StrCat(AbslView(kScheme), url.user, url.user.empty() ? "" : "@",
                      ToString(url.endpoint), "/", url.room);
}

}  // namespace chathttp::redis

// The address of a room in Redis: redis://[USER@]HOST[:PORT]/ROOM.
//
//   absl::StatusOr<RoomUrl> url = ParseRoomUrl("redis://10.0.0.7/lobby");
//   if (!url.ok()) return url.status();      // says what is wrong, and the form
#ifndef CHATHTTP_ADAPTERS_REDIS_ROOM_URL_H_
#define CHATHTTP_ADAPTERS_REDIS_ROOM_URL_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "chathttp/transport/ports/network.h"

namespace chathttp::redis {

inline constexpr std::uint16_t kDefaultRedisPort = 6379;

struct RoomUrl {
  std::string user = {};   // empty: the default user
  Endpoint endpoint = {};  // of the server; an IPv6 address without its brackets
  std::string room = {};   // 1 to 64 of the characters A-Z a-z 0-9 _ -

  friend bool operator==(const RoomUrl&, const RoomUrl&) = default;
};

// InvalidArgument names the part that is wrong. A password has no place in a URL, since command lines
// are not secret.
absl::StatusOr<RoomUrl> ParseRoomUrl(std::string_view text);

// The URL with its port.
std::string ToString(const RoomUrl& url);

}  // namespace chathttp::redis

#endif  // CHATHTTP_ADAPTERS_REDIS_ROOM_URL_H_

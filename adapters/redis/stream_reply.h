// Entries of Redis streams: their ids, and the replies that have them.
#ifndef CHATHTTP_ADAPTERS_REDIS_STREAM_REPLY_H_
#define CHATHTTP_ADAPTERS_REDIS_STREAM_REPLY_H_

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chathttp/adapters/redis/resp.h"

namespace chathttp::redis {

// A place in the log, and the id of the entry there: "3-17" is the 18th entry of the third epoch.
// Redis gives the places of an epoch out one by one, so a place that is missing was lost.
struct Position {
  std::uint64_t epoch = 0;
  std::uint64_t index = 0;

  friend auto operator<=>(const Position&, const Position&) = default;
};

// "3-17".
std::string ToString(const Position& position);
// Nullopt if the text is no id as Redis writes it.
std::optional<Position> ParsePosition(std::string_view text);

struct StreamEntry {
  Position position;
  std::string payload;  // the values of all its fields, joined; empty if one is not named "d"
};

// The entries in the reply to XRANGE or XREVRANGE. Nullopt if the reply has another form.
std::optional<std::vector<StreamEntry>> TakeEntries(RespValue& reply);

// The entries in the reply to an XREAD of one stream; none if nothing came.
std::optional<std::vector<StreamEntry>> TakeReadEntries(RespValue& reply);

}  // namespace chathttp::redis

#endif  // CHATHTTP_ADAPTERS_REDIS_STREAM_REPLY_H_

// The cost of each request in the room, by the number of members.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "chathttp/domain/chat_room.h"
#include "chathttp/domain/limits.h"
#include "chathttp/domain/text.h"
#include "tests/bench/micro_harness.h"

namespace chathttp {
namespace {

constexpr std::size_t kTimes = 1000;

void MeasureMembers(std::size_t members, MicroEffort effort) {
  ChatRoom room;
  for (std::size_t i = 0; i < members; ++i) {
    Keep(room.Login(MemberId{i}, "Member" + std::to_string(i)));
  }
  const std::string text(64, 'x');
  std::uint64_t next = members;
  const auto say = [&] {
    for (std::size_t i = 0; i < kTimes; ++i) Keep(room.Say(MemberId{i % members}, text));
  };
  const auto query = [&] {
    for (std::size_t i = 0; i < kTimes; ++i) Keep(room.Query(MemberId{i % members}));
  };
  const auto come_and_go = [&] {
    for (std::size_t i = 0; i < kTimes; ++i) {
      Keep(room.Login(MemberId{++next}, "Visitor"));
      Keep(room.Logout(MemberId{next}));
    }
  };
  PrintMicro("room of " + std::to_string(members),
             RunMicro({{"say, 64 bytes", kTimes, say},
                       {"query", kTimes, query},
                       {"login and logout", kTimes, come_and_go}},
                      effort),
             false);
}

}  // namespace

void MeasureRoom(MicroEffort effort) {
  // One more than the largest room, for the member that joins.
  static_assert(RoomLimits().members >= 10'000);
  for (const std::size_t members : {std::size_t{10}, std::size_t{1000}, std::size_t{9999}}) {
    MeasureMembers(members, effort);
  }
  const std::string ascii(4096, 'x');
  std::string other;
  while (other.size() < 4096) other += "\xc3\xa4\xe2\x82\xac";
  PrintMicro("check a text",
             RunMicro({{"64 bytes, ASCII", 1,
                        [&] { Keep(CheckText(std::string_view(ascii).substr(0, 64), 4096)); }},
                       {"4096 bytes, ASCII", 1, [&] { Keep(CheckText(ascii, 4096)); }},
                       {"about 4096 bytes, not ASCII", 1, [&] { Keep(CheckText(other, 8192)); }}},
                      effort),
             false);
}

}  // namespace chathttp

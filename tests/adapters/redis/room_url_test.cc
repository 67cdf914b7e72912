#include "chathttp/adapters/redis/room_url.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chathttp::redis {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(RoomUrlTest, PartsAreTaken) {
  const auto check = [](const char* text, const char* user, const char* host, std::uint16_t port,
                        const char* room) {
    const absl::StatusOr<RoomUrl> url = ParseRoomUrl(text);
    ASSERT_TRUE(url.ok()) << url.status();
    EXPECT_EQ(url->user, user) << text;
    EXPECT_EQ(url->endpoint, (Endpoint{host, port})) << text;
    EXPECT_EQ(url->room, room) << text;
    EXPECT_EQ(*ParseRoomUrl(ToString(*url)), *url);
  };
  check("redis://127.0.0.1/lobby", "", "127.0.0.1", 6379, "lobby");
  check("redis://redis.example:7000/A_b-9", "", "redis.example", 7000, "A_b-9");
  check("redis://chat@host/r", "chat", "host", 6379, "r");
  check("redis://a@b@[::1]:65535/r", "a@b", "::1", 65535, "r");
  check("redis://[fe80::1]/r", "", "fe80::1", 6379, "r");
  const std::string longest(64, 'x');
  check(absl::StrCat("redis://h/", longest).c_str(), "", "h", 6379, longest.c_str());
}

TEST(RoomUrlTest, MessagesNameThePartThatIsWrong) {
  const auto message = [](std::string_view text) {
    const absl::StatusOr<RoomUrl> url = ParseRoomUrl(text);
    EXPECT_TRUE(absl::IsInvalidArgument(url.status())) << std::string(text);
    return std::string(url.status().message());
  };
  EXPECT_THAT(message("http://h/r"), HasSubstr("must begin with redis://"));
  EXPECT_THAT(message("redis://h"), HasSubstr("the name of the room is missing"));
  EXPECT_THAT(message("redis://h/"), HasSubstr("the name of the room is missing"));
  EXPECT_THAT(message("redis://h/a b"), HasSubstr("A-Z a-z 0-9 _ -"));
  EXPECT_THAT(message("redis://h/a/b"), HasSubstr("A-Z a-z 0-9 _ -"));
  EXPECT_THAT(message(absl::StrCat("redis://h/", std::string(65, 'x'))), HasSubstr("has 65 bytes"));
  EXPECT_THAT(message("redis:///r"), HasSubstr("the host"));
  EXPECT_THAT(message("redis://:1/r"), HasSubstr("the host"));
  EXPECT_THAT(message("redis://@h/r"), HasSubstr("the user"));
  for (const char* const port : {"", "0", "65536", "-1", "1x", "000001", "99999999999"}) {
    EXPECT_THAT(message(absl::StrCat("redis://h:", port, "/r")), HasSubstr("1 to 65535")) << port;
  }
  EXPECT_THAT(message("redis://::1/r"), HasSubstr("[ ]"));
  EXPECT_THAT(message("redis://[::1/r"), HasSubstr("has no ]"));
  EXPECT_THAT(message("redis://[::1]x/r"), HasSubstr("after ]"));
  EXPECT_THAT(message("redis://u:secret@h/r"),
              AllOf(HasSubstr("password"), Not(HasSubstr("secret"))));
  EXPECT_THAT(message("redis://h/\x1b"), Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace chathttp::redis

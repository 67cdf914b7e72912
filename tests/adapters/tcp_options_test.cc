#include "chathttp/adapters/tcp_options.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chathttp::posix {
namespace {

using testing::HasSubstr;

TEST(KeepaliveText, IsReadAndWritten) {
  const auto keepalive = ParseKeepalive("1m/15s/4");
  ASSERT_TRUE(keepalive.ok()) << keepalive.status();
  EXPECT_EQ(*keepalive, (Keepalive{absl::Seconds(60), absl::Seconds(15), 4}));
  EXPECT_EQ(ToString(*keepalive), "60s/15s/4");
  EXPECT_EQ(ToString(Keepalive()), "20s/5s/3");
}

TEST(KeepaliveText, OffMeansNoProbes) {
  EXPECT_EQ(ParseKeepalive("off")->idle, absl::ZeroDuration());
  EXPECT_EQ(ToString(*ParseKeepalive("off")), "off");
}

TEST(KeepaliveText, OthersAreRefusedWithTheForm) {
  for (const char* text : {"", "20s", "20s/5s", "20/5/3", "20s/5s/0", "20s/5s/128", "0s/5s/3",
                           "500ms/5s/3", "1.5s/5s/3", "20s/10h/3", "20s/5s/3/1", "20s/5s/three"}) {
    const auto keepalive = ParseKeepalive(text);
    ASSERT_FALSE(keepalive.ok()) << text;
    EXPECT_THAT(std::string(keepalive.status().message()), HasSubstr("like 20s/5s/3")) << text;
    EXPECT_THAT(std::string(keepalive.status().message()),
                HasSubstr("got \"" + std::string(text) + "\""));
  }
}

TEST(UserTimeout, IsAtMostADay) {
  EXPECT_TRUE(CheckUserTimeout(absl::ZeroDuration()).ok());
  EXPECT_TRUE(CheckUserTimeout(absl::Milliseconds(1)).ok());
  EXPECT_TRUE(CheckUserTimeout(absl::Hours(24)).ok());
  for (const absl::Duration bad :
       {absl::Microseconds(1), -absl::Seconds(1), absl::Hours(25), absl::InfiniteDuration()}) {
    EXPECT_FALSE(CheckUserTimeout(bad).ok()) << bad;
  }
}

}  // namespace
}  // namespace chathttp::posix

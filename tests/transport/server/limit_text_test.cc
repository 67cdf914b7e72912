#include "chathttp/transport/server/limit_text.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chathttp {
namespace {

using ::testing::HasSubstr;

TEST(LimitTextTest, AFloodLimitIsARateAndABurst) {
  EXPECT_EQ(*ParseFloodLimit("2/10"), (FloodLimit{.per_second = 2, .burst = 10}));
  EXPECT_EQ(ParseFloodLimit("off")->per_second, 0u);
  for (const char* const text : {"2/10", "1/1", "off"}) {
    EXPECT_EQ(ToString(*ParseFloodLimit(text)), text);
  }
  for (const char* const text : {"", "2", "2/", "/10", "0/10", "2/0", "2/10/3", "-2/10", "2/10x"}) {
    EXPECT_THAT(std::string(ParseFloodLimit(text).status().message()), HasSubstr("like 2/10"))
        << text;
  }
}

TEST(LimitTextTest, AConnectRateIsACountAndATime) {
  EXPECT_EQ(*ParseConnectRate("32/10m"), (ConnectRate{.connects = 32, .span = absl::Minutes(10)}));
  EXPECT_EQ(ParseConnectRate("off")->connects, 0u);
  for (const char* const text : {"32/10m", "1/1s", "off"}) {
    EXPECT_EQ(ToString(*ParseConnectRate(text)), text);
  }
  for (const char* const text : {"", "32", "32/", "32/10", "32/-1m", "32/0s", "0/10m", "32/25h"}) {
    EXPECT_THAT(std::string(ParseConnectRate(text).status().message()), HasSubstr("like 32/10m"))
        << text;
  }
}

TEST(LimitTextTest, NetworksAreAListWithCommas) {
  EXPECT_EQ(ToString(*ParseIpNetworks("127.0.0.0/8,::1")), "127.0.0.0/8,::1");
  EXPECT_TRUE(ParseIpNetworks("")->empty());
  EXPECT_THAT(std::string(ParseIpNetworks("127.0.0.0/8,,::1").status().message()),
              HasSubstr("like 10.0.0.0/8"));
}

}  // namespace
}  // namespace chathttp

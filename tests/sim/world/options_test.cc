#include "chathttp/sim/world/options.h"

#include "absl/time/time.h"
#include "chathttp/sim/scenario/parser.h"
#include "gtest/gtest.h"

namespace chathttp::sim {
namespace {

TEST(ClientOptionsOfTest, TakesTheLimitsOfClientsAndOfTheRoom) {
  const auto scenario = ParseScenario(
      "limit client-in-flight 2 client-waiting 3 client-connect 4s client-reply 5s text 60",
      "test");
  ASSERT_TRUE(scenario.ok());
  const ClientOptions options = ClientOptionsOf(*scenario);
  EXPECT_EQ(options.max_in_flight, 2u);
  EXPECT_EQ(options.max_waiting, 3u);
  EXPECT_EQ(options.connect_limit, absl::Seconds(4));
  EXPECT_EQ(options.reply_limit, absl::Seconds(5));
  EXPECT_EQ(options.limits.text_bytes, 60u);
}

TEST(ClientOptionsOfTest, LimitsThatAreNotSetAreTheUsualOnes) {
  const ClientOptions options = ClientOptionsOf(Scenario{});
  EXPECT_EQ(options.max_in_flight, ClientOptions{}.max_in_flight);
  EXPECT_EQ(options.reply_limit, ClientOptions{}.reply_limit);
}

}  // namespace
}  // namespace chathttp::sim

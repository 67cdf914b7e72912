#include "chathttp/sim/network/link.h"

#include <algorithm>
#include <vector>

#include "absl/time/time.h"
#include "chathttp/sim/network/draw.h"
#include "chathttp/sim/network/latency.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chathttp::sim {
namespace {

using testing::AllOf;
using testing::Each;
using testing::Ge;
using testing::Le;

constexpr LinkFault kClog{LinkFault::Kind::kClog, 0};
constexpr absl::Duration kMs = absl::Milliseconds(1);

std::vector<absl::Duration> Latencies(const Latency& latency, int count = 10'000) {
  DrawSequence draws(1, Purpose::kLatency, 1);
  std::vector<absl::Duration> drawn;
  drawn.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) drawn.push_back(DrawLatency(latency, draws));
  return drawn;
}

absl::Duration Mean(const std::vector<absl::Duration>& durations) {
  absl::Duration sum;
  for (const absl::Duration duration : durations) sum += duration;
  return sum / static_cast<std::int64_t>(durations.size());
}

// The arrival times of pieces that are sent now over one link.
class LinkTest : public testing::Test {
 protected:
  absl::Duration Arrival(Link& link, std::size_t bytes) {
    return link.ArrivalOf(bytes, now, busy_until, draws) - now;
  }
  absl::Time now = absl::FromUnixSeconds(1);
  absl::Time busy_until = absl::InfinitePast();
  DrawSequence draws{1, Purpose::kLatency, 1};
};

TEST(Latency, FixedIsAlwaysTheSame) {
  EXPECT_THAT(Latencies(FixedLatency(3 * kMs)), Each(3 * kMs));
}

TEST(Latency, UniformStaysWithinItsBounds) {
  const auto drawn = Latencies(UniformLatency(2 * kMs, 4 * kMs));
  EXPECT_THAT(drawn, Each(AllOf(Ge(2 * kMs), Le(4 * kMs))));
  EXPECT_THAT(Mean(drawn), AllOf(Ge(2.9 * kMs), Le(3.1 * kMs)));
}

TEST(Latency, ExponentialHasItsMean) {
  const auto drawn = Latencies({.kind = Latency::Kind::kExponential, .first = 20 * kMs});
  EXPECT_THAT(Mean(drawn), AllOf(Ge(19 * kMs), Le(21 * kMs)));
  EXPECT_GE(*std::max_element(drawn.begin(), drawn.end()), 100 * kMs);
}

TEST(Latency, ExponentialHasALeast) {
  const auto drawn =
      Latencies({.kind = Latency::Kind::kExponential, .first = 20 * kMs, .second = 5 * kMs});
  EXPECT_EQ(*std::min_element(drawn.begin(), drawn.end()), 5 * kMs);
}

TEST(Latency, BimodalIsRarelyTheRareOne) {
  const auto drawn = Latencies(
      {.kind = Latency::Kind::kBimodal, .first = kMs, .second = 100 * kMs, .percent = 10});
  const auto rare = std::count(drawn.begin(), drawn.end(), 100 * kMs);
  EXPECT_THAT(rare, AllOf(Ge(900), Le(1100)));
  EXPECT_EQ(std::count(drawn.begin(), drawn.end(), kMs), 10'000 - rare);
}

TEST_F(LinkTest, BandwidthPutsOnePieceBehindTheOther) {
  Link link({.latency = FixedLatency(kMs), .bytes_per_second = 1000});
  EXPECT_EQ(Arrival(link, 10), 11 * kMs);
  EXPECT_EQ(Arrival(link, 10), 21 * kMs);
  now += absl::Seconds(1);
  EXPECT_EQ(Arrival(link, 10), 11 * kMs);
  EXPECT_EQ(link.effects(LinkFault::Kind::kBandwidth), 0U);
}

TEST_F(LinkTest, TheLeastOfTheBandwidthsCounts) {
  Link link({.bytes_per_second = 1000});
  link.Begin({LinkFault::Kind::kBandwidth, 10});
  link.Begin({LinkFault::Kind::kBandwidth, 100});
  EXPECT_EQ(Arrival(link, 1), 100 * kMs);
  EXPECT_EQ(link.effects(LinkFault::Kind::kBandwidth), 1U);
  link.End({LinkFault::Kind::kBandwidth, 10});
  now += absl::Seconds(1);
  EXPECT_EQ(Arrival(link, 1), 10 * kMs);
  link.End({LinkFault::Kind::kBandwidth, 100});
  now += absl::Seconds(1);
  EXPECT_EQ(Arrival(link, 1), kMs);
}

TEST_F(LinkTest, DelaysAddUp) {
  Link link({.latency = FixedLatency(kMs)});
  link.Begin({LinkFault::Kind::kDelay, 2'000'000});
  link.Begin({LinkFault::Kind::kDelay, 3'000'000});
  EXPECT_EQ(Arrival(link, 1), 6 * kMs);
  link.End({LinkFault::Kind::kDelay, 2'000'000});
  EXPECT_EQ(Arrival(link, 1), 4 * kMs);
  EXPECT_EQ(link.effects(LinkFault::Kind::kDelay), 2U);
}

TEST_F(LinkTest, IsCloggedUntilTheLastClogEnds) {
  Link link({});
  link.Begin(kClog);
  link.Begin(kClog);
  link.End(kClog);
  EXPECT_TRUE(link.clogged());
  link.End(kClog);
  EXPECT_FALSE(link.clogged());
}

TEST_F(LinkTest, TellsItsUsersThatAFaultHasEnded) {
  class User final : public LinkUser {
   public:
    void OnFaultEnd() override { ++told; }
    int told = 0;
  };
  Link link({});
  User stays;
  User leaves;
  link.Join(stays);
  link.Join(leaves);
  link.Leave(leaves);
  link.Begin(kClog);
  EXPECT_EQ(stays.told, 0);
  link.End(kClog);
  EXPECT_EQ(stays.told, 1);
  EXPECT_EQ(leaves.told, 0);
}

}  // namespace
}  // namespace chathttp::sim

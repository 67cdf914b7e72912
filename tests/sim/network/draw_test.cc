#include "chathttp/sim/network/draw.h"

#include <cstdint>
#include <limits>
#include <vector>

#include "chathttp/sim/network/digest.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chathttp::sim {
namespace {

constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();

// An independent program computed the values of these tests: they fix the draws for all platforms
// and compilers.
TEST(Draw, IsTheSameEverywhere) {
  EXPECT_EQ(Mix(1), 0x5692161d100b05e5U);
  EXPECT_EQ(Draw(0, Purpose::kTie, 0, 0), 0x2130748aaac80268U);
  EXPECT_EQ(Draw(4711, Purpose::kChunk, 7, 3), 0x72727ed929bfdc06U);
  EXPECT_EQ(Draw(kMax, Purpose::kLatency, kMax, kMax), 0x7534123c892cd143U);
}

TEST(Draw, DependsOnEachPartOfItsKey) {
  const std::uint64_t draw = Draw(1, Purpose::kChunk, 1, 1);
  EXPECT_NE(draw, Draw(2, Purpose::kChunk, 1, 1));
  EXPECT_NE(draw, Draw(1, Purpose::kLatency, 1, 1));
  EXPECT_NE(draw, Draw(1, Purpose::kChunk, 2, 1));
  EXPECT_NE(draw, Draw(1, Purpose::kChunk, 1, 2));
}

TEST(Draw, EntitiesOfNamesAreTheSameEverywhere) {
  EXPECT_EQ(EntityOf(""), 0xcbf29ce484222325U);
  EXPECT_EQ(EntityOf("alice"), 0x508b2abb65a03907U);
}

TEST(Uniform, IsTheSameEverywhere) {
  DrawSequence draws(1, Purpose::kChunk, 2);
  std::vector<std::uint64_t> drawn(5);
  for (std::uint64_t& number : drawn) number = draws.Uniform(1, 700);
  EXPECT_THAT(drawn, testing::ElementsAre(182, 566, 534, 354, 72));
}

TEST(Uniform, ReachesBothEndsAndNothingBeyond) {
  EXPECT_EQ(Uniform(0, 3, 9), 3U);
  EXPECT_EQ(Uniform(kMax, 3, 9), 9U);
  EXPECT_EQ(Uniform(12345, 7, 7), 7U);
  EXPECT_EQ(Uniform(12345, 0, kMax), 12345U);
}

TEST(Uniform, GivesEachResultItsShare) {
  DrawSequence draws(1, Purpose::kChunk, 1);
  std::vector<int> counts(6);
  for (int i = 0; i < 60'000; ++i) ++counts[draws.Uniform(0, 5)];
  for (const int count : counts) EXPECT_NEAR(count, 10'000, 500);
}

TEST(Exponential, IsTheSameEverywhere) {
  DrawSequence draws(1, Purpose::kLatency, 2);
  std::vector<std::uint64_t> drawn(4);
  for (std::uint64_t& number : drawn) number = Exponential(draws.Bits(), 20'000'000);
  EXPECT_THAT(drawn, testing::ElementsAre(18'185'101, 6'625'848, 740'617, 9'007'719));
}

TEST(Exponential, HasItsLimits) {
  EXPECT_EQ(Exponential(kMax, 1000), 0U);
  EXPECT_EQ(Exponential(0, 1000), 44'361U);  // 64 ln 2
  EXPECT_EQ(Exponential(1, 0), 0U);
}

TEST(Exponential, HasItsMean) {
  constexpr std::uint64_t kMean = 20'000'000;
  constexpr std::uint64_t kDraws = 100'000;
  DrawSequence draws(1, Purpose::kLatency, 1);
  std::uint64_t sum = 0;
  for (std::uint64_t i = 0; i < kDraws; ++i) sum += Exponential(draws.Bits(), kMean);
  const std::uint64_t mean = sum / kDraws;
  EXPECT_GT(mean, kMean - kMean / 100);
  EXPECT_LT(mean, kMean + kMean / 100);
}

TEST(Digest, IsTheSameEverywhere) {
  Digest digest;
  digest.Add(1);
  digest.AddBytes("more than eight bytes \xff");
  EXPECT_EQ(digest.value(), 1825837555867431631U);
}

TEST(Digest, TellsOrderAndBordersApart) {
  Digest one;
  Digest other;
  one.AddBytes("ab");
  one.AddBytes("c");
  other.AddBytes("a");
  other.AddBytes("bc");
  EXPECT_NE(one.value(), other.value());
}

}  // namespace
}  // namespace chathttp::sim

#include "chathttp/sim/scenario/quantity.h"

#include <cstdint>
#include <limits>
#include <optional>

#include "chathttp/sim/network/draw.h"
#include "gtest/gtest.h"

namespace chathttp::sim {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

TEST(QuantityTest, DurationsAreExactNanoseconds) {
  EXPECT_EQ(ParseQuantity(Unit::kDuration, "0"), 0);
  EXPECT_EQ(ParseQuantity(Unit::kDuration, "1ns"), 1);
  EXPECT_EQ(ParseQuantity(Unit::kDuration, "1.5us"), 1500);
  EXPECT_EQ(ParseQuantity(Unit::kDuration, "10ms"), kSecond / 100);
  EXPECT_EQ(ParseQuantity(Unit::kDuration, "0.000000001s"), 1);
  EXPECT_EQ(ParseQuantity(Unit::kDuration, "1h30m0.25s"), 5400 * kSecond + kSecond / 4);
}

TEST(QuantityTest, AnOffsetHasASign) {
  EXPECT_EQ(ParseQuantity(Unit::kOffset, "-1h"), -3600 * kSecond);
  EXPECT_EQ(ParseQuantity(Unit::kOffset, "+2s"), 2 * kSecond);
  EXPECT_EQ(PrintQuantity(Unit::kOffset, 2 * kSecond), "+2s");
  EXPECT_EQ(PrintQuantity(Unit::kOffset, -3600 * kSecond), "-1h");
  EXPECT_EQ(PrintQuantity(Unit::kOffset, 0), "+0");
}

TEST(QuantityTest, ADurationThatIsNoWholeNumberOfNanosecondsIsNone) {
  EXPECT_EQ(ParseQuantity(Unit::kDuration, "0.1ns"), std::nullopt);
  EXPECT_EQ(ParseQuantity(Unit::kDuration, "0.0000000001s"), std::nullopt);
}

TEST(QuantityTest, MalformedDurationsAreNone) {
  for (const char* const text : {"", "5", "ms", "-", "1.s", ".5s", "1s2", "1 s", "1x", "--1s",
                                 "1e3s", "9223372037s", "99999999999999999999s", "2562047h60m"}) {
    EXPECT_EQ(ParseQuantity(Unit::kDuration, text), std::nullopt) << text;
  }
}

TEST(QuantityTest, SizesAreMultiplesOf1024) {
  EXPECT_EQ(ParseQuantity(Unit::kBytes, "700"), 700);
  EXPECT_EQ(ParseQuantity(Unit::kBytes, "16K"), 16'384);
  EXPECT_EQ(ParseQuantity(Unit::kBytes, "1M"), 1'048'576);
  EXPECT_EQ(PrintQuantity(Unit::kBytes, 0), "0");
  EXPECT_EQ(PrintQuantity(Unit::kBytes, 1025), "1025");
  EXPECT_EQ(PrintQuantity(Unit::kBytes, 16'384), "16K");
  EXPECT_EQ(PrintQuantity(Unit::kBytes, 3 << 20), "3M");
}

TEST(QuantityTest, MalformedSizesAreNone) {
  for (const char* const text : {"", "K", "1k", "1KB", "-1", "+1", "1.5K", "9999999999999999M"}) {
    EXPECT_EQ(ParseQuantity(Unit::kBytes, text), std::nullopt) << text;
  }
}

TEST(QuantityTest, ACountIsDigitsOnly) {
  EXPECT_EQ(ParseQuantity(Unit::kCount, "200"), 200);
  for (const char* const text : {"", "1K", "-1", "x2", "9223372036854775808"}) {
    EXPECT_EQ(ParseQuantity(Unit::kCount, text), std::nullopt) << text;
  }
}

TEST(QuantityTest, WhatIsPrintedIsParsedAgain) {
  DrawSequence draws(1, Purpose::kChunk, 1);
  for (int i = 0; i < 10'000; ++i) {
    // Covers all magnitudes: the number of bits is random.
    const auto value = static_cast<std::int64_t>(draws.Bits() >> draws.Uniform(1, 63));
    for (const Unit unit : {Unit::kCount, Unit::kBytes, Unit::kDuration, Unit::kOffset}) {
      const std::string text = PrintQuantity(unit, value);
      ASSERT_EQ(ParseQuantity(unit, text), value) << text;
    }
    const std::string text = PrintQuantity(Unit::kOffset, -value);
    ASSERT_EQ(ParseQuantity(Unit::kOffset, text), -value) << text;
  }
}

TEST(QuantityTest, TheLongestDurationIsParsedAgain) {
  const std::int64_t longest = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(ParseQuantity(Unit::kDuration, PrintQuantity(Unit::kDuration, longest)), longest);
}

TEST(QuantityTest, BoundsAreDescribedInTheirUnit) {
  EXPECT_EQ(Describe({Unit::kDuration, 1, 1000}), "a duration from 1ns to 1us");
  EXPECT_EQ(Describe({Unit::kBytes, 16 << 10, 64 << 20}), "a size from 16K to 64M");
  EXPECT_EQ(Describe({Unit::kCount, 1, 5}), "a count from 1 to 5");
  EXPECT_EQ(Describe({Unit::kOffset, -kSecond, kSecond}), "an offset from -1s to +1s");
}

}  // namespace
}  // namespace chathttp::sim

#include "chathttp/transport/codec/position.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>

namespace chathttp {
namespace {

TEST(PositionTest, TextHasTheEpochAndTheCount) {
  EXPECT_EQ(ToString(Position{7, 120}), "7.120");
  EXPECT_EQ(ToString(Position{}), "0.0");
}

TEST(PositionTest, TextThatWasWrittenIsReadAgain) {
  constexpr std::uint64_t kMost = 9'999'999'999'999'999'999u;
  for (const Position position :
       {Position{}, Position{1'796'000'000'000, 42}, Position{0, 1}, Position{kMost, kMost}}) {
    EXPECT_EQ(ParsePosition(ToString(position)), position);
  }
}

TEST(PositionTest, LeadingZerosCountNothing) {
  EXPECT_EQ(ParsePosition("007.0120"), (Position{7, 120}));
}

TEST(PositionTest, OtherFormsAreNoPosition) {
  for (const char* text : {"", ".", "7", "7.", ".120", "7.120.", "7..120", "1.2.3", "7,120",
                           " 7.120", "7.120 ", "7. 120", "+7.120", "7.-120", "0x7.120", "7.1e3",
                           "a.b", "12345678901234567890.1", "1.12345678901234567890"}) {
    EXPECT_EQ(ParsePosition(text), std::nullopt) << text;
  }
}

TEST(PositionTest, PositionsAreOrderedByEpochAndThenByCount) {
  EXPECT_LT((Position{1, 900}), (Position{2, 0}));
  EXPECT_LT((Position{2, 1}), (Position{2, 2}));
}

TEST(PositionTest, AnEpochIsTheTimeOfDayAndNeverZero) {
  EXPECT_EQ(FreshEpoch(absl::FromUnixMillis(1'448'791'660'250)), 1'448'791'660'250u);
  EXPECT_EQ(FreshEpoch(absl::UnixEpoch()), 1u);
  EXPECT_EQ(FreshEpoch(absl::FromUnixMillis(-5)), 1u);  // a clock that was never set
  EXPECT_EQ(FreshEpoch(absl::InfinitePast()), 1u);
}

TEST(CountTest, OneToNineteenDigitsAreANumber) {
  EXPECT_EQ(ParseCount("0"), 0u);
  EXPECT_EQ(ParseCount("9999999999999999999"), 9'999'999'999'999'999'999u);
  for (const char* digits : {"", "-1", "+1", " 1", "1 ", "1.", "10000000000000000000", "\xb2"}) {
    EXPECT_EQ(ParseCount(digits), std::nullopt) << digits;
  }
}

}  // namespace
}  // namespace chathttp

#include "chathttp/transport/client/backoff.h"

#include <cstdint>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chathttp {
namespace {

using ::testing::ElementsAre;

std::vector<std::int64_t> MillisecondsOf(Backoff& backoff, std::size_t count) {
  std::vector<std::int64_t> waits(count);
  for (std::int64_t& wait : waits) wait = absl::ToInt64Milliseconds(backoff.Next());
  return waits;
}

TEST(Backoff, DoublesUpToTheLimit) {
  Backoff backoff({}, nullptr);
  EXPECT_THAT(MillisecondsOf(backoff, 8),
              ElementsAre(1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000));
}

TEST(Backoff, BeginsAnewAfterReset) {
  Backoff backoff({.first = absl::Milliseconds(10)}, nullptr);
  EXPECT_THAT(MillisecondsOf(backoff, 2), ElementsAre(10, 20));
  backoff.Reset();
  EXPECT_THAT(MillisecondsOf(backoff, 2), ElementsAre(10, 20));
}

TEST(Backoff, DrawsBetweenOneHalfAndTheWhole) {
  std::uint64_t draw = 0;
  Backoff backoff({}, [&draw] { return draw; });
  EXPECT_EQ(backoff.Next(), absl::Seconds(1));
  draw = ~std::uint64_t{0};
  const absl::Duration least = backoff.Next();
  EXPECT_GE(least, absl::Seconds(1));
  EXPECT_LT(least, absl::Seconds(1) + absl::Milliseconds(1));
  draw = std::uint64_t{1} << 63;
  EXPECT_EQ(backoff.Next(), absl::Seconds(3));
}

}  // namespace
}  // namespace chathttp

#include "apps/load/latency.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

namespace chathttp {
namespace {

TEST(LatencyHistogram, OfNothingIsZero) {
  const LatencyHistogram latencies;
  EXPECT_EQ(latencies.total(), 0U);
  EXPECT_EQ(latencies.Percentile(50), 0);
}

TEST(LatencyHistogram, TellsASingleValueWithinTwoPercent) {
  for (std::int64_t value = 0; value < std::numeric_limits<std::int64_t>::max() / 8;
       value = value * 5 / 4 + 1) {
    LatencyHistogram latencies;
    latencies.Add(value);
    const auto reported = static_cast<double>(latencies.Percentile(50));
    EXPECT_GE(reported, static_cast<double>(value));
    EXPECT_LE(reported, static_cast<double>(value) * 1.016 + 1);
  }
}

TEST(LatencyHistogram, PercentilesAreOfAllValues) {
  LatencyHistogram latencies;
  for (std::int64_t value = 100; value > 0; --value) latencies.Add(value);
  EXPECT_EQ(latencies.total(), 100U);
  EXPECT_EQ(latencies.Percentile(0), 1);
  EXPECT_EQ(latencies.Percentile(50), 50);
  EXPECT_EQ(latencies.Percentile(99), 99);
  EXPECT_EQ(latencies.Percentile(100), 100);
}

TEST(LatencyHistogram, NegativeValuesCountAsZero) {
  LatencyHistogram latencies;
  latencies.Add(-5);
  EXPECT_EQ(latencies.Percentile(100), 0);
}

}  // namespace
}  // namespace chathttp

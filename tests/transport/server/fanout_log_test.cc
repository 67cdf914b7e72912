#include "chathttp/transport/server/fanout_log.h"

#include <string>

#include "gtest/gtest.h"

namespace chathttp {
namespace {

std::string ReadAll(const FanoutLog& log, std::uint64_t from, std::uint64_t to) {
  const auto [first, second] = log.Read(from, to);
  return std::string(first) + std::string(second);
}

TEST(FanoutLogTest, KeepsWhatWasAppendedInOrder) {
  FanoutLog log(100);
  log.Append({"head", "entity"});
  log.Append({"next"});
  EXPECT_EQ(log.begin(), 0u);
  EXPECT_EQ(log.end(), 14u);
  EXPECT_EQ(ReadAll(log, 0, 14), "headentitynext");
  EXPECT_EQ(ReadAll(log, 4, 10), "entity");
  EXPECT_EQ(ReadAll(log, 7, 7), "");
}

TEST(FanoutLogTest, OldestBytesGoWhenItIsFull) {
  FanoutLog log(10);
  log.Append({"0123456789"});
  EXPECT_EQ(log.begin(), 0u);
  log.Append({"abc"});
  EXPECT_EQ(log.begin(), 3u);
  EXPECT_EQ(ReadAll(log, 3, 13), "3456789abc");
}

TEST(FanoutLogTest, EveryRangeReadsRightForEveryCapacity) {
  for (std::size_t capacity = 1; capacity <= 17; ++capacity) {
    FanoutLog log(capacity);
    std::string all;
    for (int i = 0; i < 60; ++i) {
      const std::string piece(static_cast<std::size_t>(i) % (capacity + 1),
                              static_cast<char>('A' + i));
      log.Append({piece});
      all += piece;
      ASSERT_EQ(log.end(), all.size());
      for (std::uint64_t from = log.begin(); from <= log.end(); ++from) {
        for (std::uint64_t to = from; to <= log.end(); ++to) {
          ASSERT_EQ(ReadAll(log, from, to), all.substr(from, to - from));
        }
      }
    }
  }
}

TEST(FanoutLogTest, StartsAtAnyOffset) {
  for (const std::uint64_t start :
       {std::uint64_t{1}, (std::uint64_t{1} << 32) - 3, (std::uint64_t{1} << 63) - 3}) {
    FanoutLog log(10, start);
    EXPECT_EQ(log.begin(), start);
    EXPECT_EQ(log.end(), start);
    log.Append({"0123456789"});
    EXPECT_EQ(log.begin(), start);
    log.Append({"abc"});
    EXPECT_EQ(log.begin(), start + 3);
    EXPECT_EQ(ReadAll(log, start + 3, start + 13), "3456789abc");
  }
}

}  // namespace
}  // namespace chathttp

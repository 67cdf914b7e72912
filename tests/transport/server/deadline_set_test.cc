#include "chathttp/transport/server/deadline_set.h"

#include <vector>

#include "chathttp/sim/network/virtual_scheduler.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chathttp {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr ConnectionId kOne{1};
constexpr ConnectionId kTwo{2};

class DeadlineSetTest : public ::testing::Test {
 protected:
  absl::Time After(int seconds) { return start_ + absl::Seconds(seconds); }
  void RunUntil(int seconds) { scheduler_.RunFor(After(seconds) - scheduler_.Now()); }

  sim::VirtualScheduler scheduler_{{}};
  const absl::Time start_ = scheduler_.Now();
  std::vector<ConnectionId> expired_;
  int calls_ = 0;
  DeadlineSet deadlines_{scheduler_, [this] {
                           ++calls_;
                           for (ConnectionId id : deadlines_.TakeExpired()) expired_.push_back(id);
                         }};
};

TEST_F(DeadlineSetTest, DeadlinesComeInOrderOfTime) {
  deadlines_.Set(kOne, After(20));
  deadlines_.Set(kTwo, After(10));
  RunUntil(9);
  EXPECT_THAT(expired_, IsEmpty());
  RunUntil(11);
  EXPECT_THAT(expired_, ElementsAre(kTwo));
  RunUntil(21);
  EXPECT_THAT(expired_, ElementsAre(kTwo, kOne));
  EXPECT_EQ(deadlines_.size(), 0u);
}

TEST_F(DeadlineSetTest, EarlierDeadlineReplacesALaterOneAndNotTheOtherWayRound) {
  deadlines_.Set(kOne, After(20));
  deadlines_.Set(kOne, After(10));
  deadlines_.Set(kOne, After(30));
  EXPECT_EQ(deadlines_.size(), 1u);
  RunUntil(11);
  EXPECT_THAT(expired_, ElementsAre(kOne));
  RunUntil(100);
  EXPECT_THAT(expired_, ElementsAre(kOne));
}

TEST_F(DeadlineSetTest, RemovedDeadlineDoesNotCome) {
  deadlines_.Set(kOne, After(10));
  deadlines_.Set(kTwo, After(20));
  deadlines_.Remove(kOne);
  RunUntil(30);
  EXPECT_THAT(expired_, ElementsAre(kTwo));
}

TEST_F(DeadlineSetTest, InfiniteDeadlineIsNone) {
  deadlines_.Set(kOne, absl::InfiniteFuture());
  EXPECT_EQ(deadlines_.size(), 0u);
}

TEST_F(DeadlineSetTest, NothingRingsWithoutDeadlines) {
  deadlines_.Set(kOne, After(10));
  RunUntil(10'000);
  EXPECT_EQ(calls_, 1);
}

TEST_F(DeadlineSetTest, MemoryOfACrowdIsGivenBack) {
  constexpr std::uint64_t kCrowd = 10'000;
  for (std::uint64_t i = 1; i <= kCrowd; ++i) deadlines_.Set(ConnectionId{i}, After(10));
  EXPECT_GE(deadlines_.capacity(), kCrowd);
  for (std::uint64_t i = 1; i < kCrowd; ++i) deadlines_.Remove(ConnectionId{i});
  EXPECT_EQ(deadlines_.size(), 1u);
  EXPECT_LE(deadlines_.capacity(), 64u);
  RunUntil(11);
  EXPECT_THAT(expired_, ElementsAre(ConnectionId{kCrowd}));
}

TEST(DeadlineSetLifetimeTest, DestroyedSetIsNotCalled) {
  sim::VirtualScheduler scheduler({});
  bool called = false;
  {
    DeadlineSet deadlines(scheduler, [&] { called = true; });
    deadlines.Set(kOne, scheduler.Now() + absl::Seconds(1));
  }
  scheduler.RunFor(absl::Seconds(5));
  EXPECT_FALSE(called);
}

}  // namespace
}  // namespace chathttp

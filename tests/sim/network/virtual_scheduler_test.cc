#include "chathttp/sim/network/virtual_scheduler.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chathttp::sim {
namespace {

constexpr absl::Time kStart = absl::FromUnixSeconds(1);

bool Never() { return false; }

// The order of eight timers at one instant.
std::string OrderOfTies(std::uint64_t seed) {
  VirtualScheduler scheduler({.seed = seed});
  std::string order;
  for (const char name : std::string_view("abcdefgh")) {
    scheduler.RunAt(kStart + absl::Seconds(1), [&order, name] { order.push_back(name); });
  }
  scheduler.RunFor(absl::Seconds(2));
  return order;
}

TEST(VirtualScheduler, TimeStartsAtOneSecond) { EXPECT_EQ(VirtualScheduler({}).Now(), kStart); }

TEST(VirtualScheduler, TimeJumpsToTheNextEvent) {
  VirtualScheduler scheduler({});
  scheduler.RunAt(kStart + absl::Hours(60), [] {});
  EXPECT_TRUE(scheduler.Step());
  EXPECT_EQ(scheduler.Now(), kStart + absl::Hours(60));
  EXPECT_FALSE(scheduler.Step());
}

TEST(VirtualScheduler, ATimerBetweenTwoNanosecondsRunsAtTheLaterOne) {
  VirtualScheduler scheduler({});
  scheduler.RunAt(kStart + absl::Nanoseconds(3) / 2, [] {});
  scheduler.Step();
  EXPECT_EQ(scheduler.Now(), kStart + absl::Nanoseconds(2));
}

TEST(VirtualScheduler, TiesAreDrawnFromTheSeed) {
  EXPECT_EQ(OrderOfTies(1), OrderOfTies(1));
  std::set<std::string> orders;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) orders.insert(OrderOfTies(seed));
  EXPECT_GT(orders.size(), 15U);
}

TEST(VirtualScheduler, ALoopWithoutDelayEndsInAnError) {
  VirtualScheduler scheduler({.max_turns_per_instant = 1000});
  std::function<void()> again = [&] { scheduler.RunAt(scheduler.Now(), again); };
  again();
  EXPECT_FALSE(scheduler.RunUntil(Never, absl::Hours(1)));
  EXPECT_TRUE(absl::IsResourceExhausted(scheduler.status()));
  const std::string message(scheduler.status().message());
  EXPECT_THAT(message, testing::HasSubstr("limit is 1000"));
  EXPECT_EQ(scheduler.counters().events, 1000U);
  EXPECT_FALSE(scheduler.Step());
}

TEST(VirtualScheduler, ALoopOfTasksWithoutDelayEndsInAnError) {
  VirtualScheduler scheduler({.max_turns_per_instant = 1000});
  std::function<void()> again = [&] { scheduler.AtEndOfTurn(again); };
  again();
  scheduler.RunFor(absl::Hours(1));
  EXPECT_TRUE(absl::IsResourceExhausted(scheduler.status()));
}

TEST(VirtualScheduler, ManyEventsAtOneInstantAreNoLoop) {
  VirtualScheduler scheduler({.max_turns_per_instant = 2});
  int runs = 0;
  for (int i = 0; i < 1000; ++i) scheduler.RunAt(kStart, [&] { ++runs; });
  EXPECT_TRUE(scheduler.RunUntil([&] { return runs == 1000; }, absl::Hours(1)));
  EXPECT_TRUE(scheduler.status().ok());
}

TEST(VirtualScheduler, ALoopWithDelayGoesOn) {
  VirtualScheduler scheduler({.max_turns_per_instant = 2});
  int runs = 0;
  std::function<void()> again = [&] {
    ++runs;
    scheduler.RunAt(scheduler.Now() + absl::Nanoseconds(1), again);
  };
  again();
  EXPECT_TRUE(scheduler.RunUntil([&] { return runs == 1000; }, absl::Hours(1)));
  EXPECT_TRUE(scheduler.status().ok());
}

TEST(VirtualScheduler, TheTurnAfterATaskOfATaskComesWithoutTimePassing) {
  VirtualScheduler scheduler({.max_wake_delay = absl::Seconds(1)});
  absl::Time ran = absl::InfinitePast();
  scheduler.RunAt(kStart + absl::Hours(1), [] {});
  scheduler.AtEndOfTurn([&] { scheduler.AtEndOfTurn([&] { ran = scheduler.Now(); }); });
  scheduler.Step();
  EXPECT_EQ(ran, absl::InfinitePast());
  scheduler.Step();
  EXPECT_EQ(ran, kStart);
}

TEST(VirtualScheduler, ATurnTakesAllThatIsDue) {
  VirtualScheduler scheduler({});
  for (int i = 0; i < 10; ++i) scheduler.RunAt(kStart + absl::Seconds(1), [] {});
  scheduler.Step();
  EXPECT_EQ(scheduler.counters().turns, 1U);
  EXPECT_EQ(scheduler.counters().events, 10U);
}

TEST(VirtualScheduler, ALateWakeUpJoinsEventsInOneTurn) {
  VirtualScheduler scheduler({.max_wake_delay = absl::Microseconds(100)});
  bool early = false;
  for (int i = 0; i < 1000; ++i) {
    const absl::Time when = kStart + absl::Microseconds(i);
    scheduler.RunAt(when, [&, when] { early = early || scheduler.Now() < when; });
  }
  scheduler.RunFor(absl::Seconds(1));
  EXPECT_EQ(scheduler.counters().events, 1000U);
  EXPECT_LT(scheduler.counters().turns, 100U);
  EXPECT_GT(scheduler.counters().turns, 5U);
  EXPECT_FALSE(early);
}

TEST(VirtualScheduler, TheClockOnTheWallJumpsAndTimersDoNotCare) {
  VirtualScheduler scheduler({});
  bool ran = false;
  scheduler.RunAt(kStart + absl::Seconds(10), [&] { ran = true; });
  scheduler.SetWallOffset(absl::Hours(5));
  EXPECT_EQ(scheduler.WallNow(), kStart + absl::Hours(5));
  scheduler.SetWallOffset(-absl::Hours(1));
  EXPECT_EQ(scheduler.WallNow(), kStart - absl::Hours(1));
  EXPECT_EQ(scheduler.Now(), kStart);
  scheduler.RunFor(absl::Seconds(9));
  EXPECT_FALSE(ran);
  scheduler.RunFor(absl::Seconds(1));
  EXPECT_TRUE(ran);
}

TEST(VirtualScheduler, RunForPassesItsTimeExactly) {
  VirtualScheduler scheduler({});
  scheduler.RunAt(kStart + absl::Seconds(3), [] {});
  scheduler.RunFor(absl::Seconds(2));
  EXPECT_EQ(scheduler.Now(), kStart + absl::Seconds(2));
}

TEST(VirtualScheduler, RunUntilGivesUpAtItsLimit) {
  VirtualScheduler scheduler({});
  EXPECT_FALSE(scheduler.RunUntil(Never, absl::Seconds(5)));
  EXPECT_EQ(scheduler.Now(), kStart + absl::Seconds(5));
}

TEST(VirtualScheduler, RunUntilStopsAfterTheTurnThatDidIt) {
  VirtualScheduler scheduler({});
  bool done = false;
  scheduler.RunAt(kStart + absl::Seconds(1), [&] { done = true; });
  scheduler.RunAt(kStart + absl::Seconds(2), [&] { done = false; });
  EXPECT_TRUE(scheduler.RunUntil([&] { return done; }, absl::Seconds(5)));
  EXPECT_EQ(scheduler.Now(), kStart + absl::Seconds(1));
}

TEST(VirtualScheduler, MisuseIsAssertedInDebugBuilds) {
  EXPECT_DEBUG_DEATH(VirtualScheduler({}).RunAt(kStart, nullptr), "task");
  EXPECT_DEBUG_DEATH(VirtualScheduler({}).AtEndOfTurn(nullptr), "task");
}

TEST(VirtualScheduler, CancelDestroysTheTaskAtOnce) {
  VirtualScheduler scheduler({});
  auto owned = std::make_shared<int>();
  const TimerId timer = scheduler.RunAt(kStart + absl::Seconds(1), [owned] {});
  scheduler.Cancel(timer);
  EXPECT_EQ(owned.use_count(), 1);
}

}  // namespace
}  // namespace chathttp::sim

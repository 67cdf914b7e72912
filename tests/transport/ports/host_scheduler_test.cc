// HostScheduler, and what it adds to the contract of every scheduler in tests/contract.
#include "chathttp/transport/ports/host_scheduler.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chathttp {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const absl::Time kStart = absl::FromUnixSeconds(1000);
const absl::Time kWall = absl::FromUnixSeconds(1'700'000'000);

class HostSchedulerTest : public testing::Test {
 protected:
  auto Note(std::string what) {
    return [this, what = std::move(what)] { notes.push_back(what); };
  }
  absl::Time Turn(absl::Time now) { return scheduler.Turn(now, kWall); }

  HostScheduler scheduler{kStart, kWall};
  std::vector<std::string> notes;
};

TEST_F(HostSchedulerTest, TheHostGivesTheTime) {
  EXPECT_EQ(scheduler.Now(), kStart);
  EXPECT_EQ(scheduler.WallNow(), kWall);
  scheduler.Turn(kStart + absl::Seconds(1), kWall - absl::Hours(1));
  EXPECT_EQ(scheduler.Now(), kStart + absl::Seconds(1));
  EXPECT_EQ(scheduler.WallNow(), kWall - absl::Hours(1));
}

TEST_F(HostSchedulerTest, AnEarlierTimeDoesNotTurnTheClockBack) {
  Turn(kStart - absl::Seconds(1));
  EXPECT_EQ(scheduler.Now(), kStart);
}

TEST_F(HostSchedulerTest, NoticesComeBeforeTheTimersAndTasksOfTheirTurn) {
  const absl::Time now = kStart + absl::Seconds(1);
  scheduler.RunAt(kStart, Note("timer"));
  scheduler.AtEndOfTurn(Note("task"));
  absl::Time seen;
  scheduler.Turn(now, kWall, [&] {
    notes.emplace_back("notice");
    scheduler.AtEndOfTurn(Note("task of the notice"));
    seen = scheduler.Now();
  });
  EXPECT_THAT(notes, ElementsAre("notice", "timer", "task", "task of the notice"));
  EXPECT_EQ(seen, now);
}

TEST_F(HostSchedulerTest, NothingIsDueWithoutTimersAndTasks) {
  EXPECT_EQ(scheduler.next_due(), absl::InfiniteFuture());
  EXPECT_EQ(Turn(kStart), absl::InfiniteFuture());
}

TEST_F(HostSchedulerTest, TheFirstTimerSaysWhenATurnIsDue) {
  const absl::Time when = kStart + absl::Seconds(3);
  scheduler.RunAt(when + absl::Seconds(1), Note("second"));
  const TimerId first = scheduler.RunAt(when, Note("first"));
  EXPECT_EQ(scheduler.next_due(), when);
  EXPECT_EQ(Turn(kStart), when);
  scheduler.Cancel(first);
  EXPECT_EQ(scheduler.next_due(), when + absl::Seconds(1));
  EXPECT_EQ(Turn(when + absl::Seconds(1)), absl::InfiniteFuture());
  EXPECT_THAT(notes, ElementsAre("second"));
}

TEST_F(HostSchedulerTest, ATurnIsDueAtOnceForATaskOfATask) {
  scheduler.AtEndOfTurn([&] { scheduler.AtEndOfTurn(Note("later")); });
  EXPECT_EQ(scheduler.next_due(), kStart);
  EXPECT_EQ(Turn(kStart), kStart);
  EXPECT_THAT(notes, IsEmpty());
  EXPECT_EQ(Turn(kStart), absl::InfiniteFuture());
  EXPECT_THAT(notes, ElementsAre("later"));
}

TEST(HostScheduler, TasksThatAreLeftMayCallItWhenDestroyed) {
  int destroyed = 0;
  auto scheduler = std::make_unique<HostScheduler>();
  const auto cancels = [&, &here = *scheduler](TimerId timer) {
    return std::shared_ptr<void>(nullptr, [&, timer](void*) {
      here.Cancel(timer);
      ++destroyed;
    });
  };
  const TimerId timer = scheduler->RunAt(absl::InfiniteFuture(), [] {});
  scheduler->RunAt(absl::InfiniteFuture(), [held = cancels(timer)] {});
  scheduler->AtEndOfTurn([held = cancels(timer)] {});
  scheduler.reset();
  EXPECT_EQ(destroyed, 2);
}

TEST_F(HostSchedulerTest, MisuseIsAssertedInDebugBuilds) {
  EXPECT_DEBUG_DEATH(scheduler.RunAt(absl::InfiniteFuture(), nullptr), "task");
  EXPECT_DEBUG_DEATH(HostScheduler().AtEndOfTurn(nullptr), "task");
  EXPECT_DEBUG_DEATH(scheduler.Turn(kStart, kWall, [&] { Turn(kStart); }), "in_turn");
}

}  // namespace
}  // namespace chathttp

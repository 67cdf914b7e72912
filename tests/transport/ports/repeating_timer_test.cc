#include "chathttp/transport/ports/repeating_timer.h"

#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "chathttp/transport/ports/host_scheduler.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chathttp {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class RepeatingTimerTest : public testing::Test {
 protected:
  void TurnAt(double seconds) {
    const absl::Time now = absl::UnixEpoch() + absl::Seconds(seconds);
    scheduler.Turn(now, now);
  }
  double next_due() const { return absl::ToDoubleSeconds(scheduler.next_due() - start); }
  void Note() { runs.push_back(absl::ToDoubleSeconds(scheduler.Now() - start)); }

  HostScheduler scheduler;
  const absl::Time start = scheduler.Now();
  std::vector<double> runs;  // the times, in seconds
};

TEST_F(RepeatingTimerTest, RunsOnceInEachPeriod) {
  const RepeatingTimer timer(scheduler, absl::Seconds(2), [this] { Note(); });
  for (int second = 0; second <= 7; ++second) TurnAt(second);
  EXPECT_THAT(runs, ElementsAre(2, 4, 6));
}

TEST_F(RepeatingTimerTest, LateTurnsDoNotAddUp) {
  const RepeatingTimer timer(scheduler, absl::Seconds(1), [this] { Note(); });
  TurnAt(1.3);
  EXPECT_EQ(next_due(), 2);
  TurnAt(2.4);
  EXPECT_EQ(next_due(), 3);
}

TEST_F(RepeatingTimerTest, AfterASuspendItRunsOnceAndThenAtTheNextMultiple) {
  const RepeatingTimer timer(scheduler, absl::Seconds(1), [this] { Note(); });
  TurnAt(3600.5);
  TurnAt(3600.6);
  EXPECT_THAT(runs, ElementsAre(3600.5));
  EXPECT_EQ(next_due(), 3601);
  TurnAt(3602);  // two multiples have passed, the second exactly
  EXPECT_EQ(next_due(), 3603);
  EXPECT_THAT(runs, ElementsAre(3600.5, 3602));
}

TEST_F(RepeatingTimerTest, EndsWhenItIsDestroyed) {
  {
    const RepeatingTimer timer(scheduler, absl::Seconds(1), [this] { Note(); });
  }
  EXPECT_EQ(scheduler.next_due(), absl::InfiniteFuture());
  TurnAt(5);
  EXPECT_THAT(runs, IsEmpty());
}

TEST_F(RepeatingTimerTest, MayBeDestroyedByItsTask) {
  std::optional<RepeatingTimer> timer;
  timer.emplace(scheduler, absl::Seconds(1), [this, &timer] {
    timer.reset();
    Note();
  });
  TurnAt(1);
  TurnAt(2);
  EXPECT_THAT(runs, ElementsAre(1));
}

TEST_F(RepeatingTimerTest, MisuseIsAssertedInDebugBuilds) {
  EXPECT_DEBUG_DEATH(RepeatingTimer(scheduler, absl::Seconds(1), nullptr), "task");
  EXPECT_DEBUG_DEATH(RepeatingTimer(scheduler, -absl::Seconds(1), [] {}), "period");
}

}  // namespace
}  // namespace chathttp

// Time and turns.
#include <algorithm>
#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "chathttp/contract/contract_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chathttp::contract {
namespace {

ContractTests tests;

using testing::ElementsAre;

class SchedulerContract : public Contract {
 protected:
  // A task that records that it ran.
  auto Note(std::string what) {
    return [this, what = std::move(what)] { notes.push_back(what); };
  }
  bool RunUntilNotes(std::size_t count) {
    return RunUntil([&] { return notes.size() >= count; });
  }
  absl::Time After(int milliseconds) {
    return scheduler().Now() + absl::Milliseconds(milliseconds);
  }
  absl::Time Past() { return scheduler().Now() - absl::Seconds(1); }

  std::vector<std::string> notes;
};

CONTRACT_TEST(SchedulerContract, AnInstantIsNotBeforeNowNorBeforeAnEarlierOne) {
  bool done = false;
  scheduler().RunAt(After(1), [&] {
    const absl::Time first = scheduler().Instant();
    EXPECT_GE(first, scheduler().Now());
    EXPECT_GE(scheduler().Instant(), first);
    done = true;
  });
  ASSERT_TRUE(RunUntil([&] { return done; }));
}

CONTRACT_TEST(SchedulerContract, TimersRunInOrderOfTheirTimes) {
  scheduler().RunAt(After(3), Note("third"));
  scheduler().RunAt(After(1), Note("first"));
  scheduler().RunAt(After(2), Note("second"));
  ASSERT_TRUE(RunUntilNotes(3));
  EXPECT_THAT(notes, ElementsAre("first", "second", "third"));
}

CONTRACT_TEST(SchedulerContract, TimersThatAreOverdueRunInOrderOfTheirTimesToo) {
  scheduler().RunAt(Past(), Note("second"));
  scheduler().RunAt(Past() - absl::Hours(1), Note("first"));
  ASSERT_TRUE(RunUntilNotes(2));
  EXPECT_THAT(notes, ElementsAre("first", "second"));
}

CONTRACT_TEST(SchedulerContract, ManyTimersRunInOrder) {
  std::vector<int> order;
  const absl::Time start = scheduler().Now();
  for (int i = 0; i < 1000; ++i) {
    const int number = i * 7919 % 1000;
    scheduler().RunAt(start + absl::Microseconds(number),
                      [&order, number] { order.push_back(number); });
  }
  ASSERT_TRUE(RunUntil([&] { return order.size() == 1000; }));
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

CONTRACT_TEST(SchedulerContract, ATimerIsNotEarly) {
  const absl::Time when = After(5) + absl::Nanoseconds(1) / 4;
  absl::Time ran;
  bool done = false;
  scheduler().RunAt(when, [&] {
    ran = scheduler().Now();
    done = true;
  });
  ASSERT_TRUE(RunUntil([&] { return done; }));
  EXPECT_GE(ran, when);
}

CONTRACT_TEST(SchedulerContract, ATimerDoesNotRunInsideTheCall) {
  scheduler().RunAt(Past(), Note("late"));
  scheduler().RunAt(absl::InfinitePast(), Note("very late"));
  EXPECT_THAT(notes, ElementsAre());
  ASSERT_TRUE(RunUntilNotes(2));
}

CONTRACT_TEST(SchedulerContract, ATimerAtTheEndOfTimeDoesNotRun) {
  scheduler().RunAt(absl::InfiniteFuture(), Note("never"));
  RunAWhile();
  EXPECT_THAT(notes, ElementsAre());
}

CONTRACT_TEST(SchedulerContract, ATimerRunsOnce) {
  scheduler().RunAt(After(1), Note("once"));
  RunAWhile();
  EXPECT_THAT(notes, ElementsAre("once"));
}

CONTRACT_TEST(SchedulerContract, ACancelledTimerDoesNotRun) {
  const TimerId timer = scheduler().RunAt(After(1), Note("cancelled"));
  scheduler().Cancel(timer);
  scheduler().RunAt(After(2), Note("other"));
  ASSERT_TRUE(RunUntilNotes(1));
  EXPECT_THAT(notes, ElementsAre("other"));
}

CONTRACT_TEST(SchedulerContract, ATimerMayCancelAnotherThatIsDueInTheSameTurn) {
  TimerId second = kNoTimer;
  scheduler().RunAt(Past() - absl::Seconds(1), [&] { scheduler().Cancel(second); });
  second = scheduler().RunAt(Past(), Note("cancelled"));
  scheduler().RunAt(After(1), Note("other"));
  ASSERT_TRUE(RunUntilNotes(1));
  EXPECT_THAT(notes, ElementsAre("other"));
}

CONTRACT_TEST(SchedulerContract, CancellingWhatHasRunOrRunsHasNoEffect) {
  TimerId self = kNoTimer;
  self = scheduler().RunAt(Past(), [&] {
    scheduler().Cancel(self);
    notes.emplace_back("ran");
  });
  ASSERT_TRUE(RunUntilNotes(1));
  scheduler().RunAt(Past(), Note("next"));
  scheduler().Cancel(self);
  scheduler().Cancel(kNoTimer);
  ASSERT_TRUE(RunUntilNotes(2));
  EXPECT_THAT(notes, ElementsAre("ran", "next"));
}

CONTRACT_TEST(SchedulerContract, TimersHaveNamesOfTheirOwn) {
  const TimerId first = scheduler().RunAt(Past(), Note("first"));
  ASSERT_TRUE(RunUntilNotes(1));
  const TimerId second = scheduler().RunAt(Past(), Note("second"));
  EXPECT_NE(first, second);
  EXPECT_NE(first, kNoTimer);
  EXPECT_NE(second, kNoTimer);
}

CONTRACT_TEST(SchedulerContract, ATimerSetInATimerRunsInALaterTurn) {
  scheduler().RunAt(Past(), [&] {
    scheduler().RunAt(Past(), Note("next turn"));
    scheduler().AtEndOfTurn(Note("end of this turn"));
  });
  ASSERT_TRUE(RunUntilNotes(2));
  EXPECT_THAT(notes, ElementsAre("end of this turn", "next turn"));
}

CONTRACT_TEST(SchedulerContract, ATaskDoesNotRunInsideTheCall) {
  scheduler().AtEndOfTurn(Note("task"));
  EXPECT_THAT(notes, ElementsAre());
  EXPECT_TRUE(RunUntilNotes(1));
}

CONTRACT_TEST(SchedulerContract, ATaskRunsAfterAllNoticesOfItsTurn) {
  scheduler().RunAt(Past() - absl::Seconds(1), [&] {
    scheduler().AtEndOfTurn(Note("task"));
    notes.emplace_back("first");
  });
  scheduler().RunAt(Past(), Note("second"));
  ASSERT_TRUE(RunUntilNotes(3));
  EXPECT_THAT(notes, ElementsAre("first", "second", "task"));
}

CONTRACT_TEST(SchedulerContract, TasksRunInOrderOfTheCalls) {
  scheduler().RunAt(Past(), [&] {
    scheduler().AtEndOfTurn(Note("first"));
    scheduler().AtEndOfTurn(Note("second"));
    scheduler().AtEndOfTurn(Note("third"));
  });
  ASSERT_TRUE(RunUntilNotes(3));
  EXPECT_THAT(notes, ElementsAre("first", "second", "third"));
}

CONTRACT_TEST(SchedulerContract, ATaskOfATaskRunsAtTheEndOfTheNextTurn) {
  scheduler().AtEndOfTurn([&] {
    scheduler().AtEndOfTurn(Note("task of the next turn"));
    scheduler().RunAt(Past(), Note("timer of the next turn"));
    notes.emplace_back("task");
  });
  scheduler().AtEndOfTurn(Note("other task"));
  ASSERT_TRUE(RunUntilNotes(4));
  EXPECT_THAT(notes,
              ElementsAre("task", "other task", "timer of the next turn", "task of the next turn"));
}

CONTRACT_TEST(SchedulerContract, TasksOfTasksGoOnWithoutAnythingElseToDo) {
  std::function<void()> again = [&] {
    notes.emplace_back("task");
    if (notes.size() < 100) scheduler().AtEndOfTurn([&] { again(); });
  };
  scheduler().AtEndOfTurn([&] { again(); });
  EXPECT_TRUE(RunUntilNotes(100));
}

CONTRACT_TEST(SchedulerContract, NowDoesNotChangeInsideANotice) {
  bool done = false;
  scheduler().RunAt(After(1), [&] {
    const absl::Time before = scheduler().Now();
    for (int i = 0; i < 100'000; ++i) EXPECT_EQ(scheduler().Now(), before);
    done = true;
  });
  EXPECT_TRUE(RunUntil([&] { return done; }));
}

CONTRACT_TEST(SchedulerContract, NowNeverGoesBack) {
  std::vector<absl::Time> times;
  for (int i = 0; i < 50; ++i) {
    scheduler().RunAt(After(i * 13 % 20), [&] { times.push_back(scheduler().Now()); });
  }
  ASSERT_TRUE(RunUntil([&] { return times.size() == 50; }));
  EXPECT_TRUE(std::is_sorted(times.begin(), times.end()));
}

}  // namespace

const ContractTests& SchedulerContractTests() { return tests; }

}  // namespace chathttp::contract

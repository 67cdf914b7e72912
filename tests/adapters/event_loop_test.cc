#include "chathttp/adapters/event_loop.h"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <ctime>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "chathttp/adapters/file_descriptor.h"
#include "gmock/gmock.h"
#include "tests/adapters/loop_test.h"
#include "tests/adapters/pipe.h"

namespace chathttp::posix {
namespace {

using testing::ElementsAre;

class EventLoopTest : public LoopTest {
 protected:
  Scheduler::Task Record(std::string word) {
    return [this, word = std::move(word)] { records_.push_back(word); };
  }
  absl::Time Past(int milliseconds) { return loop().Now() - absl::Milliseconds(milliseconds); }

  std::vector<std::string> records_;
};

class CallingWatcher final : public Watcher {
 public:
  void OnReady(std::uint32_t events) override {
    ++calls;
    last_events = events;
    if (on_ready) on_ready();
  }
  std::function<void()> on_ready;
  int calls = 0;
  std::uint32_t last_events = 0;
};

// Readable from the start.
FileDescriptor ReadyDescriptor() { return FileDescriptor(eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK)); }

TEST_F(EventLoopTest, TimersRunInOrderOfTime) {
  loop().RunAt(Past(1), Record("late"));
  loop().RunAt(Past(3), Record("early"));
  loop().RunAt(Past(2), Record("middle"));
  loop().Turn(absl::InfiniteDuration());
  EXPECT_THAT(records_, ElementsAre("early", "middle", "late"));
}

TEST_F(EventLoopTest, TimersOfOneTimeRunInOrderOfTheirMaking) {
  const absl::Time when = Past(0);
  for (const char* word : {"a", "b", "c"}) loop().RunAt(when, Record(word));
  loop().Turn(absl::InfiniteDuration());
  EXPECT_THAT(records_, ElementsAre("a", "b", "c"));
}

TEST_F(EventLoopTest, ATimerDoesNotRunBeforeItsTime) {
  absl::Time ran;
  const absl::Time when = loop().Now() + absl::Microseconds(1500);
  loop().RunAt(when, [&] { ran = loop().Now(); });
  ASSERT_TRUE(RunUntil([&] { return ran != absl::Time(); }));
  EXPECT_GE(ran, when);
}

TEST_F(EventLoopTest, ATimerForALaterTimeCostsOneTurn) {
  EXPECT_EQ(TurnsIn(absl::Milliseconds(5)), 1U);
}

TEST_F(EventLoopTest, ATimerCancelledByAnotherOneThatIsDueTooDoesNotRun) {
  TimerId second = kNoTimer;
  loop().RunAt(Past(2), [&] { loop().Cancel(second); });
  second = loop().RunAt(Past(1), Record("second"));
  loop().RunAt(Past(0), Record("third"));
  loop().Turn(absl::InfiniteDuration());
  EXPECT_THAT(records_, ElementsAre("third"));
}

TEST_F(EventLoopTest, CancellingATimerThatHasRunHasNoEffect) {
  const TimerId first = loop().RunAt(Past(1), Record("first"));
  loop().Turn(absl::InfiniteDuration());
  loop().RunAt(Past(1), Record("second"));
  loop().Cancel(first);
  loop().Cancel(kNoTimer);
  loop().Turn(absl::InfiniteDuration());
  EXPECT_THAT(records_, ElementsAre("first", "second"));
}

TEST_F(EventLoopTest, ATimerMadeByATimerForATimeThatHasPassedRunsInTheNextTurn) {
  loop().RunAt(Past(1), [&] { loop().RunAt(Past(9), Record("inner")); });
  loop().Turn(absl::InfiniteDuration());
  EXPECT_THAT(records_, ElementsAre());
  loop().Turn(absl::InfiniteDuration());
  EXPECT_THAT(records_, ElementsAre("inner"));
}

TEST_F(EventLoopTest, ATaskMayCancelItsOwnTimer) {
  TimerId timer = kNoTimer;
  timer = loop().RunAt(Past(1), [&] {
    loop().Cancel(timer);
    records_.emplace_back("ran");
  });
  RunUntilIdle();
  EXPECT_THAT(records_, ElementsAre("ran"));
}

TEST_F(EventLoopTest, EndOfTurnTasksRunAfterAllNoticesInOrderOfTheCalls) {
  loop().AtEndOfTurn(Record("end 1"));
  loop().RunAt(Past(1), [&] {
    records_.emplace_back("timer 1");
    loop().AtEndOfTurn(Record("end 2"));
  });
  loop().RunAt(Past(0), Record("timer 2"));
  loop().Turn(absl::InfiniteDuration());
  EXPECT_THAT(records_, ElementsAre("timer 1", "timer 2", "end 1", "end 2"));
}

TEST_F(EventLoopTest, AnEndOfTurnTaskMadeByAnotherRunsInTheNextTurnWithoutWaiting) {
  loop().AtEndOfTurn([&] { loop().AtEndOfTurn(Record("inner")); });
  loop().Turn(absl::InfiniteDuration());
  EXPECT_THAT(records_, ElementsAre());
  loop().Turn(absl::InfiniteDuration());
  EXPECT_THAT(records_, ElementsAre("inner"));
}

TEST_F(EventLoopTest, NowStandsStillWithinATurn) {
  std::vector<absl::Time> times;
  loop().RunAt(Past(1), [&] { times.push_back(loop().Now()); });
  loop().AtEndOfTurn([&] { times.push_back(loop().Now()); });
  loop().Turn(absl::InfiniteDuration());
  ASSERT_EQ(times.size(), 2U);
  EXPECT_EQ(times[0], times[1]);
}

TEST_F(EventLoopTest, AnEventOfAWatcherThatWasRemovedInTheSameBatchReachesNobody) {
  const FileDescriptor first = ReadyDescriptor();
  const FileDescriptor second = ReadyDescriptor();
  CallingWatcher a;
  CallingWatcher b;
  CallingWatcher successor;  // gets the slot of the removed one
  const WatchId watch_a = loop().AddWatcher(a, first.get());
  const WatchId watch_b = loop().AddWatcher(b, second.get());
  a.on_ready = [&] {
    loop().RemoveWatcher(watch_b);
    loop().AddWatcher(successor, second.get());
  };
  b.on_ready = [&] {
    loop().RemoveWatcher(watch_a);
    loop().AddWatcher(successor, first.get());
  };
  ASSERT_EQ(loop().Attach(watch_a, EPOLLIN), 0);
  ASSERT_EQ(loop().Attach(watch_b, EPOLLIN), 0);
  RunUntilIdle();
  EXPECT_EQ(a.calls + b.calls, 1);
  EXPECT_EQ(successor.calls, 0);
}

TEST_F(EventLoopTest, AWatchIsNotValidOnceItsPlaceIsTakenAgain) {
  const FileDescriptor event = ReadyDescriptor();
  CallingWatcher old;
  CallingWatcher young;
  const WatchId old_watch = loop().AddWatcher(old, event.get());
  loop().Wake(old_watch, EPOLLIN);
  loop().RemoveWatcher(old_watch);
  const WatchId young_watch = loop().AddWatcher(young, event.get());
  EXPECT_FALSE(loop().HasWatcher(old_watch));
  EXPECT_TRUE(loop().HasWatcher(young_watch));
  loop().RemoveWatcher(old_watch);
  EXPECT_TRUE(loop().HasWatcher(young_watch));
  RunUntilIdle();
  EXPECT_EQ(young.calls, 0);
}

TEST_F(EventLoopTest, AnEventOfAClosedDescriptorDoesNotReachTheNextOneOfItsNumber) {
  const FileDescriptor first = ReadyDescriptor();
  FileDescriptor second = ReadyDescriptor();
  CallingWatcher closer;
  CallingWatcher closed;
  CallingWatcher successor;
  FileDescriptor reused;
  const WatchId old_watch = loop().AddWatcher(closed, second.get());
  closer.on_ready = [&] {
    const int number = second.get();
    loop().RemoveWatcher(old_watch);
    second.Close();
    reused = FileDescriptor(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    ASSERT_EQ(reused.get(), number);
    ASSERT_EQ(loop().Attach(loop().AddWatcher(successor, number), EPOLLIN), 0);
  };
  ASSERT_EQ(loop().Attach(loop().AddWatcher(closer, first.get()), EPOLLIN), 0);
  ASSERT_EQ(loop().Attach(old_watch, EPOLLIN), 0);
  RunUntilIdle();
  EXPECT_EQ(closer.calls, 1);
  EXPECT_EQ(closed.calls, 0);
  EXPECT_EQ(successor.calls, 0);
  eventfd_write(reused.get(), 1);
  RunUntilIdle();
  EXPECT_EQ(successor.calls, 1);
}

TEST_F(EventLoopTest, AWatchIsFoundByItsWatcherAndDescriptor) {
  const FileDescriptor event = ReadyDescriptor();
  CallingWatcher watcher;
  CallingWatcher stranger;
  EXPECT_EQ(loop().WatchOf(watcher, event.get()), kNoWatch);
  const WatchId watch = loop().AddWatcher(watcher, event.get());
  EXPECT_EQ(loop().WatchOf(watcher, event.get()), watch);
  EXPECT_EQ(loop().WatchOf(stranger, event.get()), kNoWatch);
  EXPECT_EQ(loop().WatchOf(watcher, event.get() + 1), kNoWatch);
  EXPECT_EQ(loop().WatchOf(watcher, -1), kNoWatch);
  EXPECT_EQ(loop().AddWatcher(stranger, -1), kNoWatch);
  loop().RemoveWatcher(watch);
  EXPECT_EQ(loop().WatchOf(watcher, event.get()), kNoWatch);
  EXPECT_EQ(loop().Attach(watch, EPOLLIN), EBADF);
}

TEST_F(EventLoopTest, AReadyDescriptorIsToldOncePerEdge) {
  const FileDescriptor event = ReadyDescriptor();
  CallingWatcher watcher;
  ASSERT_EQ(loop().Attach(loop().AddWatcher(watcher, event.get()), EPOLLIN), 0);
  RunUntilIdle();
  EXPECT_EQ(watcher.calls, 1);
  eventfd_write(event.get(), 1);
  RunUntilIdle();
  EXPECT_EQ(watcher.calls, 2);
}

TEST_F(EventLoopTest, ADescriptorIsNotToldOnceItsWatcherIsRemoved) {
  const FileDescriptor event = ReadyDescriptor();
  CallingWatcher watcher;
  const WatchId watch = loop().AddWatcher(watcher, event.get());
  ASSERT_EQ(loop().Attach(watch, EPOLLIN), 0);
  loop().RemoveWatcher(watch);
  RunUntilIdle();
  EXPECT_EQ(watcher.calls, 0);
}

TEST_F(EventLoopTest, WakeIsDeliveredInTheNextTurnWithoutWaiting) {
  const FileDescriptor event = ReadyDescriptor();
  CallingWatcher watcher;
  const WatchId watch = loop().AddWatcher(watcher, event.get());
  watcher.on_ready = [&] {
    if (watcher.calls == 1) loop().Wake(watch, EPOLLOUT);
  };
  loop().Wake(watch, EPOLLIN);
  EXPECT_EQ(watcher.calls, 0);
  loop().Turn(absl::InfiniteDuration());
  EXPECT_EQ(watcher.calls, 1);
  EXPECT_EQ(watcher.last_events, static_cast<std::uint32_t>(EPOLLIN));
  loop().Turn(absl::InfiniteDuration());
  EXPECT_EQ(watcher.calls, 2);
  EXPECT_EQ(watcher.last_events, static_cast<std::uint32_t>(EPOLLOUT));
}

TEST_F(EventLoopTest, ATurnDeliversNoMoreEventsThanABatch) {
  std::vector<FileDescriptor> events;
  CallingWatcher watcher;
  const std::size_t count = EventLoop::kBatch + 10;
  for (std::size_t i = 0; i < count; ++i) {
    events.push_back(ReadyDescriptor());
    ASSERT_EQ(loop().Attach(loop().AddWatcher(watcher, events.back().get()), EPOLLIN), 0);
  }
  loop().Turn(absl::ZeroDuration());
  EXPECT_EQ(watcher.calls, static_cast<int>(EventLoop::kBatch));
  loop().Turn(absl::ZeroDuration());
  EXPECT_EQ(watcher.calls, static_cast<int>(count));
}

TEST_F(EventLoopTest, AttachTellsTheErrorOfADescriptorThatIsAlwaysReady) {
  const FileDescriptor null(open("/dev/null", O_RDONLY | O_CLOEXEC));
  CallingWatcher watcher;
  EXPECT_EQ(loop().Attach(loop().AddWatcher(watcher, null.get()), EPOLLIN), EPERM);
}

TEST_F(EventLoopTest, TasksPostedByAnotherThreadRunHereInOrder) {
  std::thread::id ran_on;
  std::thread poster([&, mailbox = loop().mailbox()] {
    mailbox->Post(Record("first"));
    mailbox->Post([&] {
      records_.emplace_back("second");
      ran_on = std::this_thread::get_id();
    });
  });
  ASSERT_TRUE(RunUntil([&] { return records_.size() == 2; }));
  poster.join();
  EXPECT_THAT(records_, ElementsAre("first", "second"));
  EXPECT_EQ(ran_on, std::this_thread::get_id());
}

TEST(EventLoop, WhatIsPostedAfterTheLoopIsGoneIsNotRun) {
  bool ran = false;
  auto loop = *EventLoop::Create();
  const std::shared_ptr<Mailbox> mailbox = loop->mailbox();
  loop.reset();
  mailbox->Post([&] { ran = true; });
  EXPECT_FALSE(ran);
}

TEST_F(EventLoopTest, StopEndsRunAfterTheTurnInProgress) {
  loop().RunAt(Past(1), [&] { loop().Stop(); });
  loop().AtEndOfTurn(Record("end"));
  loop().Run();
  EXPECT_THAT(records_, ElementsAre("end"));
}

TEST_F(EventLoopTest, StopBeforeRunEndsItAtOnceAndOnlyThat) {
  loop().Stop();
  loop().Run();
  EXPECT_EQ(loop().turns(), 0U);
  loop().RunAt(Past(1), [&] { loop().Stop(); });
  loop().Run();
  EXPECT_EQ(loop().turns(), 1U);
}

// A process that is stopped and continued sees EINTR from epoll_wait; meanwhile input has arrived
// and a timer has become due.
class InterruptedWait {
 public:
  // In 1 ms, the signal's handler makes the pipe readable and returns when `due` has passed.
  InterruptedWait(int write_end, absl::Time due) {
    descriptor_ = write_end;
    due_ = absl::ToTimespec(due);
    struct sigaction action {};
    action.sa_handler = &Handle;
    sigaction(SIGALRM, &action, &before_);
    const itimerval in_a_moment{.it_interval = {}, .it_value = {.tv_sec = 0, .tv_usec = 1000}};
    setitimer(ITIMER_REAL, &in_a_moment, nullptr);
  }
  InterruptedWait(const InterruptedWait&) = delete;
  InterruptedWait& operator=(const InterruptedWait&) = delete;
  ~InterruptedWait() { sigaction(SIGALRM, &before_, nullptr); }

 private:
  static void Handle(int /*signal*/) {
    [[maybe_unused]] const ssize_t written = write(descriptor_, "x", 1);
    timespec now{};
    do {
      clock_gettime(CLOCK_MONOTONIC, &now);
    } while (std::tie(now.tv_sec, now.tv_nsec) <= std::tie(due_.tv_sec, due_.tv_nsec));
  }

  inline static int descriptor_ = -1;
  inline static timespec due_{};
  struct sigaction before_ {};
};

TEST_F(EventLoopTest, InputThatArrivedCountsBeforeATimerThatBecameDueMeanwhile) {
  Pipe pipe;
  CallingWatcher watcher;
  watcher.on_ready = [this] { records_.emplace_back("input"); };
  const WatchId watch = loop().AddWatcher(watcher, pipe.read_end());
  ASSERT_EQ(loop().Attach(watch, EPOLLIN), 0);
  loop().Turn(absl::ZeroDuration());
  const absl::Time due = loop().Now() + absl::Milliseconds(5);
  loop().RunAt(due, Record("timer"));
  const InterruptedWait interrupted(pipe.write_end(), due);
  ASSERT_TRUE(RunUntil([&] { return records_.size() == 2; }));
  EXPECT_THAT(records_, ElementsAre("input", "timer"));
  loop().RemoveWatcher(watch);
}

TEST_F(EventLoopTest, InputThatArrivesDuringATurnIsDeliveredBeforeItsTimers) {
  const FileDescriptor first = ReadyDescriptor();
  Pipe pipe;
  CallingWatcher stopped;
  CallingWatcher watcher;
  stopped.on_ready = [&] {  // as if the process were stopped here for a long time
    pipe.Put("x");
    loop().RunAt(Past(1), Record("timer"));
  };
  watcher.on_ready = [this] { records_.emplace_back("input"); };
  ASSERT_EQ(loop().Attach(loop().AddWatcher(stopped, first.get()), EPOLLIN), 0);
  ASSERT_EQ(loop().Attach(loop().AddWatcher(watcher, pipe.read_end()), EPOLLIN), 0);
  loop().Turn(absl::InfiniteDuration());
  EXPECT_THAT(records_, ElementsAre("input", "timer"));
}

// A task at the end of a turn may compare Now with a deadline of its own.
TEST_F(EventLoopTest, AllBatchesOfInputAreDeliveredBeforeATimerAndTheEndOfItsTurn) {
  std::vector<FileDescriptor> events;
  CallingWatcher watcher;
  const int count = static_cast<int>(EventLoop::kBatch) + 10;
  for (int i = 0; i < count; ++i) {
    events.push_back(ReadyDescriptor());
    ASSERT_EQ(loop().Attach(loop().AddWatcher(watcher, events.back().get()), EPOLLIN), 0);
  }
  std::vector<int> calls;
  loop().RunAt(Past(1), [&] { calls.push_back(watcher.calls); });
  loop().AtEndOfTurn([&] { calls.push_back(watcher.calls); });
  loop().Turn(absl::InfiniteDuration());
  EXPECT_THAT(calls, ElementsAre(count, count));
}

TEST(EventLoop, TasksThatAreLeftMayCallTheLoopWhenDestroyed) {
  auto loop = *EventLoop::Create();
  const auto cancels = [&here = *loop](TimerId timer) {
    return std::shared_ptr<void>(nullptr, [&here, timer](void*) { here.Cancel(timer); });
  };
  const TimerId timer = loop->RunAt(absl::InfiniteFuture(), [] {});
  loop->RunAt(absl::InfiniteFuture(), [held = cancels(timer)] {});
  loop->AtEndOfTurn([held = cancels(timer)] {});
  EXPECT_NO_FATAL_FAILURE(loop.reset());
}

TEST_F(EventLoopTest, WallNowIsTheTimeOfDay) {
  const absl::Time y2020 = absl::FromUnixSeconds(1'577'836'800);
  EXPECT_GT(loop().WallNow(), y2020);
}

}  // namespace
}  // namespace chathttp::posix

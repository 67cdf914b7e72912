#include "chathttp/adapters/signals.h"

#include <csignal>
#include <vector>

#include "gmock/gmock.h"
#include "tests/adapters/loop_test.h"

namespace chathttp::posix {
namespace {

using testing::ElementsAre;

class SignalsTest : public LoopTest {
 protected:
  std::unique_ptr<Signals> CatchAndRecord() {
    return *Signals::Catch(loop(), {SIGTERM, SIGINT},
                           [this](int signal) { seen_.push_back(signal); });
  }

  std::vector<int> seen_;
};

bool IsBlocked(int signal) {
  sigset_t mask;
  pthread_sigmask(SIG_SETMASK, nullptr, &mask);
  return sigismember(&mask, signal) == 1;
}

TEST_F(SignalsTest, ASignalIsToldByTheLoop) {
  const auto signals = CatchAndRecord();
  raise(SIGTERM);
  EXPECT_THAT(seen_, ElementsAre());
  ASSERT_TRUE(RunUntil([&] { return !seen_.empty(); }));
  EXPECT_THAT(seen_, ElementsAre(SIGTERM));
}

TEST_F(SignalsTest, ASecondSignalIsToldToo) {
  const auto signals = CatchAndRecord();
  raise(SIGINT);
  ASSERT_TRUE(RunUntil([&] { return seen_.size() == 1; }));
  raise(SIGINT);
  ASSERT_TRUE(RunUntil([&] { return seen_.size() == 2; }));
  EXPECT_THAT(seen_, ElementsAre(SIGINT, SIGINT));
}

TEST_F(SignalsTest, SignalsThatComeTogetherAreAllTold) {
  const auto signals = CatchAndRecord();
  raise(SIGTERM);
  raise(SIGINT);
  EXPECT_TRUE(RunUntil([&] { return seen_.size() == 2; }));
}

TEST_F(SignalsTest, ASignalThatComesWhileOneIsServedIsToldToo) {
  const auto signals = *Signals::Catch(loop(), {SIGTERM, SIGINT}, [this](int signal) {
    seen_.push_back(signal);
    if (signal == SIGTERM) raise(SIGINT);
  });
  raise(SIGTERM);
  ASSERT_TRUE(RunUntil([&] { return seen_.size() == 2; }));
  EXPECT_THAT(seen_, ElementsAre(SIGTERM, SIGINT));
}

TEST_F(SignalsTest, SighupStaysIgnoredUnderNohup) {
  const auto before = signal(SIGHUP, SIG_IGN);
  const auto signals =
      *Signals::Catch(loop(), {SIGHUP, SIGTERM}, [this](int signal) { seen_.push_back(signal); });
  raise(SIGHUP);
  raise(SIGTERM);
  EXPECT_TRUE(RunUntil([&] { return !seen_.empty(); }));
  EXPECT_THAT(seen_, ElementsAre(SIGTERM));
  signal(SIGHUP, before);
}

TEST_F(SignalsTest, SignalsAreGivenBackWhenDestroyed) {
  auto signals = CatchAndRecord();
  EXPECT_TRUE(IsBlocked(SIGTERM));
  EXPECT_TRUE(IsBlocked(SIGINT));
  signals.reset();
  EXPECT_FALSE(IsBlocked(SIGTERM));
  EXPECT_FALSE(IsBlocked(SIGINT));
}

TEST_F(SignalsTest, ASignalThatWasNotToldTakesEffectWhenDestroyed) {
  EXPECT_EXIT(
      {
        auto signals = CatchAndRecord();
        raise(SIGTERM);
        signals.reset();
      },
      testing::KilledBySignal(SIGTERM), "");
}

}  // namespace
}  // namespace chathttp::posix

// An EventLoop that another loop runs: here one over poll(2).
#include <poll.h>
#include <sys/eventfd.h>

#include <cstddef>
#include <memory>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "chathttp/adapters/event_loop.h"
#include "chathttp/adapters/file_descriptor.h"
#include "chathttp/adapters/posix_network.h"
#include "chathttp/transport/client/chat_client.h"
#include "chathttp/transport/ports/repeating_timer.h"
#include "chathttp/transport/server/chat_server.h"
#include "gtest/gtest.h"

namespace chathttp::posix {
namespace {

class ForeignLoopTest : public testing::Test {
 protected:
  EventLoop& loop() { return *loop_; }

  bool IsReadable() const {
    pollfd ready{.fd = loop_->descriptor(), .events = POLLIN, .revents = 0};
    return poll(&ready, 1, 0) == 1;
  }

  // What the foreign loop does. Returns whether `done` became true in time.
  bool RunUntil(absl::FunctionRef<bool()> done) {
    const absl::Time limit = absl::Now() + absl::Seconds(20);
    while (!done()) {
      if (absl::Now() > limit) return false;
      pollfd ready{.fd = loop_->descriptor(), .events = POLLIN, .revents = 0};
      poll(&ready, 1, loop_->WaitMilliseconds(absl::Seconds(20)));
      loop_->Turn(absl::ZeroDuration());
    }
    return true;
  }

 private:
  const std::unique_ptr<EventLoop> loop_ = *EventLoop::Create();
};

class Talker final : public ClientObserver {
 public:
  Talker(Network& network, Scheduler& scheduler) : client(network, scheduler, *this) {}

  void OnClientEvent(const ClientEvent& event) override {
    using Kind = ClientEvent::Kind;
    if (event.kind == Kind::kConnected) Check(client.Login("Alice"));
    if (event.kind == Kind::kLoggedIn) Check(client.Say("hello"));
    if (event.kind == Kind::kMessage) was_heard = event.own && event.text == "hello";
    if (event.kind == Kind::kClosed) is_closed = true;
  }
  static void Check(const absl::Status& status) { EXPECT_TRUE(status.ok()) << status; }

  ChatClient client;
  bool was_heard = false;
  bool is_closed = false;
};

TEST_F(ForeignLoopTest, RunsAServerAndAClient) {
  PosixNetwork network(loop());
  ChatServer server(network, loop());
  ASSERT_TRUE(server.Listen({"127.0.0.1", 0}).ok());
  Talker alice(network, loop());
  ASSERT_TRUE(alice.client.Connect(server.endpoints().front()).ok());
  ASSERT_TRUE(RunUntil([&] { return alice.was_heard; }));
  bool stopped = false;
  server.Stop([&] { stopped = true; });
  EXPECT_TRUE(RunUntil([&] { return stopped && alice.is_closed; }));
}

TEST_F(ForeignLoopTest, RunsTimersInTimeWithFewTurns) {
  int ticks = 0;
  const RepeatingTimer timer(loop(), absl::Milliseconds(5), [&] { ++ticks; });
  EXPECT_TRUE(RunUntil([&] { return ticks == 3; }));
  EXPECT_LE(loop().turns(), 4U);  // one more if poll returns early, after a signal
}

TEST_F(ForeignLoopTest, NothingIsDueInALoopWithoutTimers) {
  EXPECT_FALSE(IsReadable());
  EXPECT_EQ(loop().next_due(), absl::InfiniteFuture());
  EXPECT_EQ(loop().WaitMilliseconds(), -1);
  EXPECT_EQ(loop().WaitMilliseconds(absl::Milliseconds(7)), 7);
}

TEST_F(ForeignLoopTest, TheFirstTimerSaysWhenATurnIsDue) {
  const absl::Time when = loop().Now() + absl::Hours(1);
  loop().RunAt(when + absl::Seconds(1), [] {});
  const TimerId first = loop().RunAt(when, [] {});
  EXPECT_EQ(loop().next_due(), when);
  EXPECT_GT(loop().WaitMilliseconds(), 3'500'000);
  EXPECT_LE(loop().WaitMilliseconds(), 3'600'000);
  loop().Cancel(first);
  EXPECT_EQ(loop().next_due(), when + absl::Seconds(1));
  loop().RunAt(loop().Now(), [] {});
  EXPECT_EQ(loop().WaitMilliseconds(), 0);
}

TEST_F(ForeignLoopTest, ATurnIsDueAtOnceForATaskAndForAWake) {
  loop().AtEndOfTurn([] {});
  EXPECT_LE(loop().next_due(), loop().Now());
  EXPECT_EQ(loop().WaitMilliseconds(), 0);
  loop().Turn(absl::ZeroDuration());
  EXPECT_EQ(loop().next_due(), absl::InfiniteFuture());
  loop().Wake(kNoWatch, POLLIN);
  EXPECT_LE(loop().next_due(), loop().Now());
}

class CountingWatcher final : public Watcher {
 public:
  void OnReady(std::uint32_t /*events*/) override { ++calls; }
  int calls = 0;
};

TEST_F(ForeignLoopTest, TheDescriptorIsReadableUntilTheLastEventIsDelivered) {
  CountingWatcher watcher;
  std::vector<FileDescriptor> events;
  std::vector<WatchId> watches;
  for (std::size_t i = 0; i < EventLoop::kBatch + 1; ++i) {
    events.emplace_back(eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK));
    watches.push_back(loop().AddWatcher(watcher, events.back().get()));
    ASSERT_EQ(loop().Attach(watches.back(), EPOLLIN), 0);
  }
  EXPECT_TRUE(IsReadable());
  loop().Turn(absl::ZeroDuration());
  EXPECT_TRUE(IsReadable());
  loop().Turn(absl::ZeroDuration());
  EXPECT_FALSE(IsReadable());
  EXPECT_EQ(watcher.calls, static_cast<int>(EventLoop::kBatch) + 1);
  for (const WatchId watch : watches) loop().RemoveWatcher(watch);
}

TEST_F(ForeignLoopTest, APostedTaskMakesTheDescriptorReadable) {
  bool ran = false;
  loop().mailbox()->Post([&] { ran = true; });
  EXPECT_TRUE(IsReadable());
  loop().Turn(absl::ZeroDuration());
  EXPECT_TRUE(ran);
  EXPECT_FALSE(IsReadable());
}

TEST_F(ForeignLoopTest, MisuseIsAssertedInDebugBuilds) {
  EXPECT_DEBUG_DEATH(loop().RunAt(absl::InfiniteFuture(), nullptr), "task");
#ifndef NDEBUG
  EXPECT_DEATH(loop().AtEndOfTurn(nullptr), "task");
  EXPECT_DEATH(loop().mailbox()->Post(nullptr), "task");
  EXPECT_DEATH(
      {
        loop().AtEndOfTurn([&] { loop().Turn(absl::ZeroDuration()); });
        loop().Turn(absl::ZeroDuration());
      },
      "in_turn");
#endif
}

}  // namespace
}  // namespace chathttp::posix

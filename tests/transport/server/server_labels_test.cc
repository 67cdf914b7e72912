// The labels of the server's counters, and how long a fan-out takes.
#include "chathttp/transport/server/server_labels.h"

#include <utility>

#include "absl/time/time.h"
#include "chathttp/transport/ports/memory_network.h"
#include "chathttp/transport/server/chat_server.h"
#include "chathttp/transport/server/duration_histogram.h"
#include "chathttp/transport/server/room_service.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/transport/server/server_world.h"

namespace chathttp {
namespace {

using ::testing::ElementsAre;

TEST(EndReasonTest, TheStreamsOwnReasonIsBrokenAndAnUnknownOneIsOther) {
  EXPECT_EQ(EndReasonOf("slow consumer", ""), EndReason::kSlow);
  EXPECT_EQ(EndReasonOf("no login", ""), EndReason::kTimeLimit);
  EXPECT_EQ(EndReasonOf("reset by peer", "reset by peer"), EndReason::kBroken);
  EXPECT_EQ(EndReasonOf("full moon", "reset by peer"), EndReason::kOther);
  EXPECT_EQ(EndReasonOf("", ""), EndReason::kOther);
}

TEST(RequestKindTest, EachHasItsOwnCounter) {
  Tally<RequestKind> tally;
  for (const RequestKind& kind : kRequestKinds) ++tally[kind];
  EXPECT_THAT(tally.counts(), ::testing::Each(1u));
  EXPECT_EQ(tally.total(), kRequestKinds.size());
}

TEST(DurationHistogramTest, AValueAtABoundIsWithinIt) {
  DurationHistogram times;
  times.Add(absl::ZeroDuration(), 1);
  times.Add(absl::Milliseconds(1), 2);
  times.Add(absl::Milliseconds(1) + absl::Nanoseconds(1), 3);
  times.Add(absl::Hours(1), 4);
  EXPECT_THAT(times.buckets(), ElementsAre(1, 2, 3, 0, 0, 0, 0, 0, 4));
  EXPECT_EQ(times.count(), 10u);
  EXPECT_EQ(times.sum(), absl::Hours(4) + absl::Milliseconds(5) + absl::Nanoseconds(3));
}

// A scheduler on which each look at the clock takes 2 ms.
class SlowScheduler final : public Scheduler {
 public:
  absl::Time Now() const override { return inner.Now(); }
  absl::Time Instant() const override { return inner.Now() + ++looks_ * absl::Milliseconds(2); }
  absl::Time WallNow() const override { return inner.WallNow(); }
  TimerId RunAt(absl::Time when, Task task) override { return inner.RunAt(when, std::move(task)); }
  void Cancel(TimerId timer) override { inner.Cancel(timer); }
  void AtEndOfTurn(Task task) override { inner.AtEndOfTurn(std::move(task)); }

  sim::VirtualScheduler inner{{}};

 private:
  mutable int looks_ = 0;
};

TEST(FanoutTest, IsMeasuredOncePerTurnForAllItsBroadcasts) {
  SlowScheduler scheduler;
  MemoryNetwork network(scheduler);
  ChatServer server(network, scheduler);
  ASSERT_TRUE(server.Listen({"chat", 1}).ok());
  RawPeer alice(network, {"chat", 1});
  alice.Send(RawRequest("ADD", "Alice") + RawRequest("POST", "Alice", "one\n") +
             RawRequest("POST", "Alice", "two\n"));
  scheduler.inner.RunFor(absl::Seconds(1));
  EXPECT_EQ(alice.entities().back(), "[ Alice ] : two\n");
  const ServerStats stats = server.stats();
  EXPECT_EQ(stats.fanout.count(), 3u);
  EXPECT_EQ(stats.fanout.sum(), absl::Milliseconds(6));
  EXPECT_EQ(stats.fanout.buckets()[2], 3u) << "of 1 to 5 ms";
  // Two looks in a turn, and two more in the one with broadcasts.
  EXPECT_EQ(stats.turn_time,
            static_cast<std::int64_t>(stats.turns) * absl::Milliseconds(2) + absl::Milliseconds(4));
}

TEST(RuleTest, EachRefusalNamesItsRule) {
  ChatRoom room({.members = 2});
  const auto rule_of = [&](MemberId member, Method method, std::string_view user,
                           std::string_view entity) {
    RequestView request;
    request.method = method;
    request.user_agent = user;
    request.entity = entity;
    const RequestCheck check = CheckRequest(room, member, request);
    if (!check.command) return check.answer.rule;
    return ApplyCommand(room, {.kind = *check.command, .member = member, .text = check.text}).rule;
  };
  constexpr MemberId kAlice{1};
  constexpr MemberId kBob{2};
  EXPECT_EQ(rule_of(kAlice, Method::kGet, "Alice", ""), Rule::kLogin);
  EXPECT_EQ(rule_of(kAlice, Method::kUnknown, "Alice", ""), Rule::kMethod);
  EXPECT_EQ(rule_of(kAlice, Method::kAdd, "", ""), Rule::kName);
  EXPECT_EQ(rule_of(kAlice, Method::kAdd, "Alice", ""), std::nullopt);
  EXPECT_EQ(rule_of(kAlice, Method::kAdd, "Alice", ""), Rule::kLogin);
  EXPECT_EQ(rule_of(kBob, Method::kAdd, "ALICE", ""), Rule::kNameTaken);
  EXPECT_EQ(rule_of(kBob, Method::kAdd, "Bob", ""), std::nullopt);
  EXPECT_EQ(rule_of(MemberId{3}, Method::kAdd, "Carol", ""), Rule::kRoomFull);
  EXPECT_EQ(rule_of(kAlice, Method::kPost, "Bob", "hi"), Rule::kLogin);
  EXPECT_EQ(rule_of(kAlice, Method::kPost, "Alice", ""), Rule::kText);
  EXPECT_EQ(rule_of(kAlice, Method::kPost, "Alice", "hi\n"), std::nullopt);
}

}  // namespace
}  // namespace chathttp

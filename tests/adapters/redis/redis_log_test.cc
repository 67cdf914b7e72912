// A few logs on one Redis server, without chat servers.
#include "chathttp/adapters/redis/redis_log.h"

#include "chathttp/adapters/redis/entry.h"
#include "gmock/gmock.h"
#include "tests/adapters/redis/log_world.h"

namespace chathttp::redis {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using RedisLogTest = LogWorld;

TEST_F(RedisLogTest, ServersGetNumbersInTheOrderOfTheLogAndReadOneOrder) {
  const auto one = Create("one");
  const auto two = Start("two");
  Run(absl::Milliseconds(100));
  EXPECT_EQ(one->log->self(), ServerNumber{1});
  EXPECT_EQ(two->log->self(), ServerNumber{2});
  EXPECT_EQ(one->readies, 1);
  one->Say("a");
  two->Say("b");
  one->Say("c");
  Run(absl::Milliseconds(100));
  EXPECT_THAT(one->said, SizeIs(3));
  EXPECT_THAT(one->said, Contains("1: c"));
  EXPECT_EQ(one->commands, two->commands);
  const std::vector<RedisLog::Server> servers = one->log->servers();
  ASSERT_THAT(servers, SizeIs(2));
  EXPECT_EQ(servers[1].name, "two");
  EXPECT_TRUE(servers[0].self && !servers[1].self);
  EXPECT_GT(servers[1].last_heard, absl::InfinitePast());
}

TEST_F(RedisLogTest, ARoomIsMadeOnlyWhenAsked) {
  const auto one = Start("one");
  Run(absl::Seconds(1));
  ASSERT_TRUE(one->failure);
  EXPECT_EQ(one->failure->kind, RedisLog::Failure::Kind::kRoomGone);
  EXPECT_THAT(one->failure->message, HasSubstr("start one server with --create"));
  EXPECT_FALSE(one->log->MayAppend());
  EXPECT_EQ(redis->stream(kLogKey), nullptr);
}

TEST_F(RedisLogTest, OfTwoCreatorsOneWinsAndBothJoin) {
  RedisLog::Options create;
  create.create = true;
  const auto one = Start("one", create);
  const auto two = Start("two", create);
  Run(absl::Seconds(1));
  EXPECT_TRUE(one->log->ready() && two->log->ready());
  EXPECT_NE(one->log->self(), two->log->self());
  EXPECT_EQ(one->restarts + two->restarts, 0);
}

TEST_F(RedisLogTest, CommandsKeepTheirTimesAndTexts) {
  const auto one = Create("one");
  const std::string text = std::string("\0\r\n", 3).append(5000, 'x');
  one->Say(text);
  one->Append(Command::Kind::kLogout, (std::uint64_t{1} << 40) - 1);
  const std::vector<std::string> expected = {
      absl::StrCat("1 1 1 ", absl::ToUnixNanos(scheduler.WallNow()), " ", text),
      absl::StrCat("2 1 1099511627775 ", absl::ToUnixNanos(scheduler.WallNow()), " ")};
  Run(absl::Milliseconds(100));
  EXPECT_EQ(one->commands, expected);
}

TEST_F(RedisLogTest, TheWindowIsBoundedAndOpensAgain) {
  const auto one = Create("one");
  redis->Stall();
  const std::string text(4000, 'x');
  int appended = 0;
  for (; one->log->MayAppend() && appended < 1000; ++appended) one->Say(text);
  EXPECT_EQ(appended, 32 * 4 - 3) << "32 batches of four texts, the last one just begun";
  Run(absl::Milliseconds(500));
  EXPECT_EQ(one->log->figures().window, 32u);
  EXPECT_GE(one->log->figures().lag, absl::Milliseconds(500));
  const int notices = one->notices;
  redis->Go();
  Run(absl::Milliseconds(100));
  EXPECT_GT(one->notices, notices);
  EXPECT_TRUE(one->log->MayAppend());
  EXPECT_THAT(one->said, SizeIs(appended));
}

TEST_F(RedisLogTest, AtMostWindowBatchesAreSentAlthoughMoreIsAppended) {
  const auto one = Create("one");
  redis->Stall();
  for (int i = 0; i < 64 * 40; ++i) one->Append(Command::Kind::kLogout, 7);
  Run(absl::Milliseconds(100));
  const std::uint64_t before = redis->commands();
  redis->Go();
  EXPECT_LE(redis->commands() - before, 32u + 1);
  Run(absl::Milliseconds(500));
  EXPECT_THAT(one->commands, SizeIs(64 * 40));
}

TEST_F(RedisLogTest, ABatchHasAtMost64Commands) {
  const auto one = Create("one");
  const std::size_t before = redis->all(kLogKey).size();
  for (int i = 0; i < 65; ++i) one->Say("x");
  Run(absl::Milliseconds(50));
  EXPECT_EQ(redis->all(kLogKey).size(), before + 2);
}

TEST_F(RedisLogTest, WhatWasCutOffIsSentAgainAndTakesEffectOnce) {
  const auto one = Create("one");
  for (int round = 0; round < 50; ++round) {
    one->Say(absl::StrCat(round));
    Run(absl::Microseconds(round * 40));
    redis->Cut();
    Run(absl::Milliseconds(200));
  }
  Run(absl::Seconds(10));
  std::vector<std::string> expected;
  for (int round = 0; round < 50; ++round) expected.push_back(absl::StrCat("1: ", round));
  EXPECT_EQ(one->said, expected);
  EXPECT_EQ(one->restarts, 0);
  EXPECT_GT(one->log->figures().resends, 0u);
  EXPECT_TRUE(one->log->MayAppend());
}

TEST_F(RedisLogTest, ABatchThatComesTwiceTakesEffectOnce) {
  const auto one = Create("one");
  const auto two = Start("two");
  Run(absl::Milliseconds(100));
  redis->DoubleAppends(kLogKey, 3);
  one->Say("a");
  two->Say("b");
  Run(absl::Milliseconds(100));
  EXPECT_THAT(one->said, SizeIs(2));
  EXPECT_EQ(one->said, two->said);
}

TEST_F(RedisLogTest, AfterAHoleAllIsSentAgainFromThereOn) {
  const auto one = Create("one");
  Run(absl::Milliseconds(100));
  redis->SwallowAppends(kLogKey, 1);
  one->Say("a");
  Run(absl::Milliseconds(5));
  one->Say("b");
  Run(absl::Milliseconds(5));
  one->Say("c");
  Run(absl::Milliseconds(20));
  EXPECT_THAT(one->said, ElementsAre("1: a", "1: b", "1: c"));
}

TEST_F(RedisLogTest, ARefusedAppendIsSentAgain) {
  const auto one = Create("one");
  redis->FailAppends(kLogKey, 1, "OOM command not allowed when used memory > 'maxmemory'.");
  one->Say("a");
  Run(absl::Seconds(1));
  one->Say("b");
  Run(absl::Milliseconds(100));
  EXPECT_THAT(one->said, ElementsAre("1: a", "1: b"));
  EXPECT_THAT(one->notes, Contains(HasSubstr("OOM")));
}

TEST_F(RedisLogTest, ASilentServerIsGoneAfterSixSignsOfLife) {
  const auto one = Create("one");
  auto two = Start("two");
  const auto three = Start("three");
  Run(absl::Milliseconds(100));
  two->Login(5, "Alice");
  Run(absl::Milliseconds(100));
  EXPECT_THAT(one->names(), ElementsAre("Alice"));
  two.reset();
  Run(absl::Milliseconds(4500));
  EXPECT_THAT(one->gone, IsEmpty());
  Run(absl::Milliseconds(2500));
  EXPECT_THAT(one->gone, ElementsAre(2)) << "once, though both others miss it";
  EXPECT_THAT(three->gone, ElementsAre(2));
  EXPECT_THAT(one->names(), IsEmpty());
  Run(absl::Minutes(1));
  EXPECT_THAT(one->gone, ElementsAre(2));
  EXPECT_THAT(one->log->servers(), SizeIs(2));
}

TEST_F(RedisLogTest, AStalledRedisMakesNobodyGone) {
  const auto one = Create("one");
  const auto two = Start("two");
  Run(absl::Milliseconds(500));
  one->Say("a");
  redis->Stall();
  Run(absl::Seconds(60));
  EXPECT_FALSE(one->log->MayAppend());
  EXPECT_FALSE(one->log->figures().reachable);
  redis->Go();
  Run(absl::Seconds(30));
  EXPECT_THAT(one->gone, IsEmpty());
  EXPECT_THAT(two->gone, IsEmpty());
  EXPECT_THAT(one->said, ElementsAre("1: a"));
  EXPECT_TRUE(one->log->MayAppend());
  EXPECT_TRUE(one->log->figures().reachable);
}

TEST_F(RedisLogTest, AServerIsCalledWhenItsSignOfLifeComesBackLate) {
  const auto one = Create("one");
  redis->Stall();
  Run(absl::Seconds(10));
  ASSERT_FALSE(one->log->MayAppend());
  const int notices = one->notices;
  redis->Go();
  Run(absl::Seconds(5));
  EXPECT_TRUE(one->log->MayAppend());
  EXPECT_GT(one->notices, notices) << "though there are no commands";
}

TEST_F(RedisLogTest, AServerThatOnlyReadsIsGone) {
  const auto one = Create("one");
  const auto two = Start("two");
  Run(absl::Milliseconds(100));
  network.Pause("two", "redis");
  Run(absl::Seconds(10));
  EXPECT_THAT(one->gone, ElementsAre(2));
  network.Resume("two", "redis");
  Run(absl::Seconds(20));
  EXPECT_THAT(two->gone, ElementsAre(2));
  EXPECT_EQ(two->log->self(), ServerNumber{3}) << "it came up as another one";
  EXPECT_EQ(two->readies, 2);
  two->Say("back");
  Run(absl::Milliseconds(100));
  EXPECT_THAT(one->said, ElementsAre("3: back"));
}

TEST_F(RedisLogTest, CommandsOfAServerThatIsGoneHaveNoEffect) {
  const auto one = Create("one");
  const auto two = Start("two");
  Run(absl::Milliseconds(100));
  network.Partition("two", "redis");
  two->Say("lost");
  two->takes = false;
  Run(absl::Seconds(10));
  ASSERT_THAT(one->gone, ElementsAre(2));
  network.Heal("two", "redis");
  Run(absl::Seconds(10));
  EXPECT_THAT(one->said, IsEmpty());
  // It does not know yet, since it has not taken its own end.
  EXPECT_EQ(two->log->self(), ServerNumber{2});
  EXPECT_FALSE(two->log->MayAppend());
  two->Say("late");
  two->Take();
  EXPECT_EQ(two->log->self(), ServerNumber{3});
  Run(absl::Seconds(1));
  EXPECT_THAT(one->said, IsEmpty());
  EXPECT_THAT(two->said, IsEmpty());
}

TEST_F(RedisLogTest, AServerThatStopsIsGoneAtOnceAndDoesNotComeBack) {
  const auto one = Create("one");
  const auto two = Start("two");
  Run(absl::Milliseconds(100));
  two->Append(Command::Kind::kServerGone, 0);
  two->Say("too late");
  Run(absl::Milliseconds(100));
  EXPECT_THAT(one->gone, ElementsAre(2));
  EXPECT_THAT(two->gone, ElementsAre(2));
  Run(absl::Seconds(20));
  EXPECT_EQ(two->readies, 1);
  EXPECT_THAT(one->said, IsEmpty());
  EXPECT_THAT(one->log->servers(), SizeIs(1));
}

TEST_F(RedisLogTest, AServerThatStopsBeforeItHasANumberGetsItsEnd) {
  const auto one = Start("one", {.create = true});
  redis->Stall();
  Run(absl::Milliseconds(100));
  one->Append(Command::Kind::kServerGone, 0);
  Run(absl::Milliseconds(100));
  EXPECT_THAT(one->gone, ElementsAre(0));
}

TEST_F(RedisLogTest, ANewServerTakesTheRoomFromASnapshotAndTheRest) {
  const auto one = Create("one", {.snapshot_every = 20});
  one->Login(1, "Alice");
  one->Login(2, "Bob");
  one->Login(3, "Carol");
  one->Append(Command::Kind::kLogout, 1);
  Run(absl::Milliseconds(100));
  for (int i = 0; i < 50; ++i) {
    one->Say("x");
    Run(absl::Milliseconds(20));
  }
  one->Login(1, "Dave");
  Run(absl::Milliseconds(100));
  EXPECT_GE(one->log->figures().snapshots, 2u);
  ASSERT_THAT(redis->trims(), testing::Not(IsEmpty()));
  const auto two = Start("two");
  Run(absl::Milliseconds(100));
  EXPECT_THAT(two->names(), ElementsAre("Bob", "Carol", "Dave"));
  EXPECT_EQ(two->log->self(), ServerNumber{2}) << "the count of servers is in the snapshot";
  EXPECT_LT(two->said.size(), 30u);
  const FakeRedis::Stream& snapshots = *redis->stream(kSnapshotKey);
  EXPECT_THAT(snapshots.entries, SizeIs(2));
  EXPECT_EQ(redis->stream(kLogKey)->entries.front().id, snapshots.entries.front().id)
      << "trimmed at the older one";
}

TEST_F(RedisLogTest, OnlyTheServerWithTheLowestNumberMakesSnapshots) {
  const auto one = Create("one", {.snapshot_every = 10});
  const auto two = Start("two", {.snapshot_every = 10});
  for (int i = 0; i < 30; ++i) {
    two->Say("x");
    Run(absl::Milliseconds(50));
  }
  EXPECT_GT(one->log->figures().snapshots, 1u);
  EXPECT_EQ(two->log->figures().snapshots, 0u);
  one->Append(Command::Kind::kServerGone, 0);
  Run(absl::Seconds(1));
  EXPECT_EQ(two->log->figures().snapshots, 1u);
}

TEST_F(RedisLogTest, AServerThatWasAwayTooLongBeginsFromTheSnapshot) {
  const auto one = Create("one", {.snapshot_every = 20});
  const auto two = Start("two");
  Run(absl::Milliseconds(100));
  one->Login(1, "Alice");
  two->Login(1, "Bob");
  Run(absl::Milliseconds(100));
  network.Partition("two", "redis");
  for (int i = 0; i < 100; ++i) {
    one->Say("x");
    Run(absl::Milliseconds(100));
  }
  EXPECT_THAT(one->names(), ElementsAre("Alice"));
  network.Heal("two", "redis");
  Run(absl::Seconds(10));
  EXPECT_EQ(two->restarts, 1) << "its own members leave";
  EXPECT_EQ(one->restarts, 0);
  EXPECT_THAT(two->names(), ElementsAre("Alice"));
  EXPECT_EQ(two->log->self(), ServerNumber{3});
}

TEST_F(RedisLogTest, AServerJoinsWhenItHasCaughtUp) {
  const auto one = Create("one");
  for (int i = 0; i < 1200; ++i) {
    one->Say("x");
    if (i % 10 == 0) Run(absl::Milliseconds(1));
    Run(absl::Microseconds(200));
  }
  Run(absl::Milliseconds(100));
  const std::size_t before = redis->all(kLogKey).size();
  ASSERT_GT(before, 600u) << "more than one reading";
  const auto two = Start("two");
  Run(absl::Milliseconds(500));
  EXPECT_TRUE(two->log->ready());
  bool joined = false;
  for (const FakeRedis::StoredEntry& stored : redis->all(kLogKey)) {
    const std::string payload = stored.payload();
    const absl::StatusOr<Entry> entry = DecodeEntry(payload);
    if (entry->kind != Entry::Kind::kServerUp || entry->text != "two") continue;
    joined = true;
    EXPECT_GE(entry->known.index + 1, before);
  }
  EXPECT_TRUE(joined);
}

TEST_F(RedisLogTest, AServerThatDoesNotTakeHoldsReadingUp) {
  const auto one = Create("one");
  const auto two = Start("two", {.unread_bytes = 20'000});
  Run(absl::Milliseconds(100));
  two->takes = false;
  for (int i = 0; i < 200; ++i) {
    one->Say(std::string(4000, 'x'));
    Run(absl::Milliseconds(5));
  }
  EXPECT_GT(two->log->figures().unread_bytes, 20'000u);
  EXPECT_LT(two->log->figures().unread_bytes, 120'000u);
  two->takes = true;
  two->Take();
  Run(absl::Seconds(1));
  EXPECT_THAT(two->said, SizeIs(200));
  EXPECT_EQ(two->log->figures().connects, 1u);
}

}  // namespace
}  // namespace chathttp::redis

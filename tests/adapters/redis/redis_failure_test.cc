// What logs do when Redis loses entries, refuses, or sends what it should not.
#include <string>
#include <vector>

#include "chathttp/adapters/redis/entry.h"
#include "chathttp/adapters/redis/redis_log.h"
#include "gmock/gmock.h"
#include "tests/adapters/redis/log_world.h"

namespace chathttp::redis {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using RedisFailureTest = LogWorld;

TEST_F(RedisFailureTest, ALostTailRestartsTheRoomOnce) {
  const auto one = Create("one");
  const auto two = Start("two");
  Run(absl::Milliseconds(100));
  for (int i = 0; i < 10; ++i) {
    one->Login(static_cast<std::uint64_t>(i), absl::StrCat("name", i));
    Run(absl::Milliseconds(10));
  }
  redis->LoseTail(kLogKey, 3);
  redis->Cut();
  Run(absl::Seconds(10));
  for (TestServer* const server : {one.get(), two.get()}) {
    EXPECT_EQ(server->restarts, 1);
    EXPECT_EQ(server->log->figures().restarts, 1u);
    EXPECT_EQ(server->log->figures().epoch, 2u);
    EXPECT_THAT(server->names(), IsEmpty());
    EXPECT_TRUE(server->log->MayAppend());
  }
  EXPECT_NE(one->log->self(), two->log->self());
  one->Say("a");
  Run(absl::Milliseconds(100));
  EXPECT_THAT(two->said, SizeIs(1));
}

TEST_F(RedisFailureTest, ALostTailIsNoticedWithoutANewConnection) {
  const auto one = Create("one");
  for (int i = 0; i < 10; ++i) {
    one->Say("x");
    Run(absl::Milliseconds(10));
  }
  redis->LoseTail(kLogKey, 5);
  one->Say("y");
  Run(absl::Seconds(1));
  EXPECT_EQ(one->restarts, 1);
}

// The hash alone shows it: the ids go on without a gap.
TEST_F(RedisFailureTest, AnotherPastOfTheSameLengthRestartsTheRoom) {
  const auto one = Create("one");
  for (int i = 0; i < 4; ++i) {
    one->Say("x");
    Run(absl::Milliseconds(10));
  }
  redis->LoseTail(kLogKey, 2);
  for (int i = 0; i < 2; ++i) redis->Add(kLogKey, 1, redis->all(kLogKey)[3].payload());
  const auto two = Start("two");
  Run(absl::Milliseconds(100));
  EXPECT_EQ(one->restarts, 1);
  EXPECT_EQ(one->log->figures().epoch, 2u);
  EXPECT_TRUE(two->log->ready());
}

// The log has grown beyond the own place again, with entries that show nothing.
TEST_F(RedisFailureTest, AnotherEntryAtTheOwnPlaceRestartsTheRoom) {
  const auto one = Create("one");
  for (int i = 0; i < 4; ++i) {
    one->Say("x");
    Run(absl::Milliseconds(10));
  }
  redis->LoseTail(kLogKey, 2);
  redis->Cut();
  for (int i = 0; i < 3; ++i) redis->Add(kLogKey, 1, redis->all(kLogKey)[3].payload());
  Run(absl::Milliseconds(500));
  EXPECT_EQ(one->restarts, 1);
}

// The reply to an XADD of the old epoch comes behind the restart.
TEST_F(RedisFailureTest, ALateReplyRestartsNothing) {
  const auto one = Create("one");  // its reader has sent an XADD, too
  const auto two = Start("two");
  Run(absl::Milliseconds(100));
  for (int i = 0; i < 10; ++i) {
    two->Say("x");
    Run(absl::Milliseconds(10));
  }
  redis->LoseTail(kLogKey, 5);
  redis->HoldAppendReplies(true);
  two->Say("y");
  Run(absl::Milliseconds(5));
  redis->Add(kLogKey, 2,
             EncodeEntry({.kind = Entry::Kind::kRestart,
                          .numbering = std::uint64_t{1} << 50,
                          .text = "by another server"}));
  Run(absl::Milliseconds(5));
  EXPECT_EQ(two->restarts, 1);
  redis->HoldAppendReplies(false);
  Run(absl::Seconds(1));
  EXPECT_EQ(two->restarts, 1);
  EXPECT_TRUE(two->log->MayAppend());
}

TEST_F(RedisFailureTest, AMissingEntryRestartsTheRoom) {
  const auto one = Create("one");
  const auto two = Start("two");
  Run(absl::Milliseconds(100));
  network.Partition("two", "redis");
  for (int i = 0; i < 4; ++i) {
    one->Say("x");
    Run(absl::Milliseconds(10));
  }
  const std::vector<FakeRedis::StoredEntry>& all = redis->all(kLogKey);
  redis->DeleteEntry(kLogKey, all[all.size() - 2].id);
  network.Heal("two", "redis");
  Run(absl::Seconds(5));
  EXPECT_EQ(one->restarts, 1);
  EXPECT_EQ(two->restarts, 1);
  EXPECT_TRUE(one->log->MayAppend() && two->log->MayAppend());
}

TEST_F(RedisFailureTest, ASnapshotBeyondTheLogRestartsTheRoom) {
  const auto one = Create("one", {.snapshot_every = 10});
  one->Login(1, "Alice");
  for (int i = 0; i < 25; ++i) {
    one->Say("x");
    Run(absl::Milliseconds(10));
  }
  ASSERT_THAT(redis->stream(kSnapshotKey)->entries, SizeIs(2));
  redis->LoseTail(kLogKey, 4);
  const auto two = Start("two");
  Run(absl::Seconds(10));
  EXPECT_THAT(one->names(), IsEmpty());
  EXPECT_THAT(two->names(), IsEmpty());
  EXPECT_EQ(one->log->figures().epoch, 2u);
  EXPECT_EQ(two->log->figures().epoch, 2u);
  EXPECT_TRUE(one->log->MayAppend() && two->log->MayAppend());
}

TEST_F(RedisFailureTest, ADeletedKeyIsAFailure) {
  const auto one = Create("one");
  redis->DeleteKey(kLogKey);
  Run(absl::Seconds(3));
  ASSERT_TRUE(one->failure);
  EXPECT_EQ(one->failure->kind, RedisLog::Failure::Kind::kRoomGone);
  EXPECT_EQ(redis->stream(kLogKey), nullptr) << "it is not made by itself";
}

TEST_F(RedisFailureTest, AKeyOfAnotherTypeIsAFailure) {
  redis->SetText(kLogKey);
  const auto one = Start("one");
  Run(absl::Seconds(1));
  ASSERT_TRUE(one->failure);
  EXPECT_EQ(one->failure->kind, RedisLog::Failure::Kind::kConfiguration);
  EXPECT_THAT(one->failure->message,
              AllOf(HasSubstr("WRONGTYPE"), HasSubstr("choose another name")));
}

TEST_F(RedisFailureTest, ARoomWithLargerTextsThanEntriesMayHaveIsAFailure) {
  const auto one = Create("one");
  const ChatRoom largest({.text_bytes = RedisLog::kMaxTextBytes});
  one->log->SetRoom(largest, {});
  Run(absl::Milliseconds(1));
  EXPECT_FALSE(one->failure);
  const ChatRoom larger({.text_bytes = RedisLog::kMaxTextBytes + 1});
  one->log->SetRoom(larger, {});
  Run(absl::Milliseconds(1));
  ASSERT_TRUE(one->failure);
  EXPECT_THAT(one->failure->message, AllOf(HasSubstr("65536"), HasSubstr("65537")));
}

TEST_F(RedisFailureTest, AnEntryOfAnotherVersionIsAFailure) {
  const auto one = Create("one");
  redis->Add(kLogKey, 1, std::string("\3future", 7));
  Run(absl::Seconds(1));
  ASSERT_TRUE(one->failure);
  EXPECT_EQ(one->failure->kind, RedisLog::Failure::Kind::kEntry);
  EXPECT_THAT(one->failure->message,
              AllOf(HasSubstr("it has version 3, this program reads version 2; install the newest"),
                    HasSubstr("let only them write to this key")));
}

TEST_F(RedisFailureTest, ALogOfTheVersionWithoutSessionsIsAFailure) {
  redis->Add(kLogKey, 1, std::string("\1old", 4));
  const auto one = Start("one");
  Run(absl::Seconds(1));
  ASSERT_TRUE(one->failure);
  EXPECT_EQ(one->failure->kind, RedisLog::Failure::Kind::kEntry);
  EXPECT_THAT(one->failure->message,
              AllOf(HasSubstr("it has version 1, this program reads version 2"),
                    HasSubstr("delete its keys and start one with --create")));
}

TEST_F(RedisFailureTest, AnEntryOfAStrangerIsAFailure) {
  const auto one = Create("one");
  redis->AddOfStranger(kLogKey, {1'796'038'481'704, 0});
  Run(absl::Seconds(1));
  ASSERT_TRUE(one->failure);
  EXPECT_EQ(one->failure->kind, RedisLog::Failure::Kind::kEntry);
  EXPECT_THAT(one->failure->message, AllOf(HasSubstr("1796038481704-0"), HasSubstr("field d"),
                                           HasSubstr("let only chat servers write to this key")));
}

TEST_F(RedisFailureTest, AGreaterLastIdIsExplainedUntilItIsSetBack) {
  const auto one = Create("one");
  Run(absl::Seconds(1));
  redis->stream(kLogKey)->last_id = {1'796'038'481'704, 0};  // of an entry that was deleted
  Run(absl::Seconds(20));
  EXPECT_FALSE(one->failure);
  EXPECT_FALSE(one->log->MayAppend());
  const std::string advice =
      absl::StrCat("XSETID ", kLogKey, " ", ToString(redis->stream(kLogKey)->entries.back().id));
  EXPECT_THAT(one->notes, Contains(HasSubstr(advice)));
  redis->stream(kLogKey)->last_id = redis->stream(kLogKey)->entries.back().id;
  Run(absl::Seconds(10));
  EXPECT_TRUE(one->log->MayAppend());
  EXPECT_EQ(one->restarts, 0);
}

TEST_F(RedisFailureTest, PasswordsAreSentAndChecked) {
  redis.reset();
  redis.emplace(network.host("redis"), scheduler, Endpoint{"redis", 6379}, "secret");
  RedisLog::Options options;
  options.create = true;
  options.random = [] { return std::uint64_t{77}; };
  TestServer right(network.host("right"), scheduler, options, "secret");
  TestServer wrong(network.host("wrong"), scheduler, options, "other");
  TestServer none(network.host("none"), scheduler, options);
  Run(absl::Seconds(1));
  EXPECT_TRUE(right.log->ready());
  ASSERT_TRUE(wrong.failure);
  EXPECT_THAT(wrong.failure->message, HasSubstr("WRONGPASS"));
  EXPECT_THAT(wrong.failure->message, testing::Not(HasSubstr("other")));
  ASSERT_TRUE(none.failure);
  EXPECT_THAT(none.failure->message, AllOf(HasSubstr("NOAUTH"), HasSubstr("--log_password_file")));
}

TEST_F(RedisFailureTest, HostileBytesCloseBothConnections) {
  const auto one = Create("one");
  for (const char* const bytes : {"hello\r\n", "$99999999\r\n", "+OK\r\n", "*1\r\n*1\r\n+x\r\n"}) {
    const std::uint64_t connects = one->log->figures().connects;
    redis->SendBytes(bytes);
    Run(absl::Milliseconds(300));
    EXPECT_EQ(one->log->figures().connects, connects + 1) << bytes;
    one->Say("x");
    Run(absl::Seconds(5));
  }
  EXPECT_THAT(one->said, SizeIs(4));
  EXPECT_EQ(redis->connections(), 2u);
}

TEST_F(RedisFailureTest, AttemptsWaitLongerAndLonger) {
  redis.reset();
  const auto one = Start("one");
  Run(absl::Seconds(1));
  EXPECT_GE(one->log->figures().connects, 4u);
  Run(absl::Minutes(1));
  const std::uint64_t connects = one->log->figures().connects;
  Run(absl::Minutes(1));
  EXPECT_GE(one->log->figures().connects, connects + 29);
  EXPECT_LE(one->log->figures().connects, connects + 61);
}

}  // namespace
}  // namespace chathttp::redis

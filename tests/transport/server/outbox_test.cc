#include "chathttp/transport/server/outbox.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace chathttp {
namespace {

// Sends all pending output, `step` bytes at a time, and returns it.
std::string Drain(Outbox& outbox, const FanoutLog& log, std::size_t step) {
  std::string sent;
  WriteBatch batch;
  while (outbox.pending(log.end())) {
    outbox.Gather(log, log.end(), step, batch);
    EXPECT_GT(batch.bytes(), 0u);
    EXPECT_LE(batch.bytes(), step);
    for (const std::string_view piece : batch.pieces()) sent += piece;
    outbox.Advance(log.end(), batch.bytes());
  }
  return sent;
}

class OutboxTest : public ::testing::Test {
 protected:
  void Login() {
    outbox_.Reply(log_.end(), "<in>");
    outbox_.Follow(log_.end());
  }
  FanoutLog log_{1000};
  Outbox outbox_;
};

TEST_F(OutboxTest, RepliesGoInOrder) {
  outbox_.Reply(log_.end(), "<1>");
  outbox_.Reply(log_.end(), "<2>");
  EXPECT_EQ(outbox_.private_bytes(), 6u);
  EXPECT_EQ(Drain(outbox_, log_, 100), "<1><2>");
  EXPECT_EQ(outbox_.private_bytes(), 0u);
}

TEST_F(OutboxTest, BroadcastsBeforeLoginAreNotSent) {
  outbox_.Reply(log_.end(), "<hi>");
  log_.Append({"early"});
  Login();
  log_.Append({"late"});
  EXPECT_EQ(Drain(outbox_, log_, 100), "<hi><in>late");
}

TEST_F(OutboxTest, RepliesStandBetweenTheBroadcastsWhereTheyWereMade) {
  Login();
  log_.Append({"a"});
  outbox_.Reply(log_.end(), "<1>");
  log_.Append({"b"});
  outbox_.Reply(log_.end(), "<2>");
  outbox_.Reply(log_.end(), "<3>");
  log_.Append({"c"});
  EXPECT_EQ(Drain(outbox_, log_, 100), "<in>a<1>b<2><3>c");
}

TEST_F(OutboxTest, NothingBehindUnfollowIsSentButWhatWasBefore) {
  Login();
  log_.Append({"a"});
  outbox_.Unfollow(log_.end());
  log_.Append({"b"});
  EXPECT_EQ(Drain(outbox_, log_, 100), "<in>a");
}

TEST_F(OutboxTest, SecondLoginSkipsWhatWasSaidBetween) {
  Login();
  log_.Append({"a"});
  outbox_.Unfollow(log_.end());
  outbox_.Reply(log_.end(), "<out>");
  log_.Append({"between"});
  Login();
  log_.Append({"b"});
  EXPECT_EQ(Drain(outbox_, log_, 100), "<in>a<out><in>b");
}

TEST_F(OutboxTest, EverySizeOfWriteGivesTheSameBytes) {
  for (std::size_t step = 1; step <= 40; ++step) {
    FanoutLog log(16);
    Outbox outbox;
    outbox.Reply(log.end(), "<hi>");
    log.Append({"0123456789"});
    outbox.Reply(log.end(), "<in>");
    outbox.Follow(log.end());
    log.Append({"abcde"});
    outbox.Reply(log.end(), "<list>", std::make_shared<const std::string>("body"));
    log.Append({"fghij"});
    outbox.Unfollow(log.end());
    outbox.Reply(log.end(), "<out>");
    EXPECT_EQ(Drain(outbox, log, step), "<hi><in>abcde<list>bodyfghij<out>") << step;
  }
}

TEST_F(OutboxTest, LogsThatStartFarFromZeroAreSentTheSame) {
  for (const std::uint64_t start : {(std::uint64_t{1} << 32) - 12, (std::uint64_t{1} << 63) - 12}) {
    FanoutLog log(16, start);
    Outbox outbox;
    EXPECT_FALSE(outbox.pending(log.end()));
    outbox.Reply(log.end(), "<hi>");
    EXPECT_EQ(outbox.oldest_needed(), std::numeric_limits<std::uint64_t>::max());
    log.Append({"0123456789"});
    outbox.Reply(log.end(), "<in>");
    outbox.Follow(log.end());
    EXPECT_EQ(outbox.oldest_needed(), start + 10);
    log.Append({"abcde"});
    outbox.Unfollow(log.end());
    EXPECT_EQ(Drain(outbox, log, 3), "<hi><in>abcde") << start;
  }
}

TEST_F(OutboxTest, MoreRepliesThanOneBatchHoldsAreAllSent) {
  std::string expected;
  for (int i = 0; i < 200; ++i) {
    const std::string reply = absl::StrCat("<", i, ">");
    outbox_.Reply(log_.end(), reply);
    expected += reply;
  }
  EXPECT_EQ(Drain(outbox_, log_, 100'000), expected);
}

TEST_F(OutboxTest, OldestNeededIsTheFirstByteOfTheLogStillToBeSent) {
  constexpr std::uint64_t kNone = std::numeric_limits<std::uint64_t>::max();
  log_.Append({"0123456789"});
  outbox_.Reply(log_.end(), "<hi>");
  EXPECT_EQ(outbox_.oldest_needed(), kNone);
  Login();
  EXPECT_EQ(outbox_.oldest_needed(), 10u);
  log_.Append({"abc"});
  EXPECT_EQ(outbox_.oldest_needed(), 10u);
  Drain(outbox_, log_, 7);
  EXPECT_EQ(outbox_.oldest_needed(), 13u);
  log_.Append({"d"});
  outbox_.Unfollow(log_.end());
  EXPECT_EQ(outbox_.oldest_needed(), 13u);
  Drain(outbox_, log_, 7);
  EXPECT_EQ(outbox_.oldest_needed(), kNone);
}

TEST_F(OutboxTest, FollowerWithoutRepliesOwnsNoMemory) {
  Login();
  EXPECT_GT(outbox_.held_bytes(), 0u);
  Drain(outbox_, log_, 100);
  EXPECT_EQ(outbox_.held_bytes(), 0u);
  log_.Append({"abcdef"});
  EXPECT_EQ(outbox_.held_bytes(), 0u);
  EXPECT_EQ(Drain(outbox_, log_, 1), "abcdef");
  EXPECT_EQ(outbox_.held_bytes(), 0u);
}

TEST_F(OutboxTest, ReplyToAFollowerComesBetweenTheBroadcastsBeforeAndBehindIt) {
  Login();
  log_.Append({"abcdef"});
  Drain(outbox_, log_, 100);
  log_.Append({"gh"});
  outbox_.Reply(log_.end(), "<1>");
  log_.Append({"ij"});
  EXPECT_EQ(Drain(outbox_, log_, 1), "gh<1>ij");
}

TEST_F(OutboxTest, SharedBodyIsHeldOnlyUntilItIsSent) {
  const auto body = std::make_shared<const std::string>("body");
  outbox_.Reply(log_.end(), "<list>", body);
  EXPECT_TRUE(outbox_.HoldsOther(nullptr));
  EXPECT_FALSE(outbox_.HoldsOther(body));
  Drain(outbox_, log_, 3);
  EXPECT_FALSE(outbox_.HoldsOther(nullptr));
  EXPECT_EQ(body.use_count(), 1);
}

TEST_F(OutboxTest, OneThatNeverRunsEmptyForgetsWhatWasSent) {
  FanoutLog log(1 << 10);
  Outbox outbox;
  WriteBatch batch;
  const std::string reply(200, 'r');
  std::size_t most = 0;
  outbox.Reply(log.end(), reply);
  for (int i = 0; i < 10'000; ++i) {
    outbox.Reply(log.end(), reply);
    outbox.Gather(log, log.end(), reply.size(), batch);
    outbox.Advance(log.end(), batch.bytes());
    most = std::max(most, outbox.held_bytes());
  }
  EXPECT_EQ(outbox.replies(), 1u);
  EXPECT_LT(most, 2'000u);
  outbox.Advance(log.end(), reply.size());
  EXPECT_EQ(outbox.held_bytes(), 0u);
}

}  // namespace
}  // namespace chathttp

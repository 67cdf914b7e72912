#include "chathttp/transport/client/replay.h"

#include <optional>
#include <string>

#include "gtest/gtest.h"

namespace chathttp {
namespace {

constexpr std::string_view kReplayToken = "0123456789abcdef0123456789abcdef";
constexpr std::string_view kOtherToken = "f123456789abcdef0123456789abcdef";

ResponseView Reply(std::string_view session, std::uint64_t replay, std::uint64_t count) {
  ResponseView reply;
  reply.session = session;
  reply.replay = replay;
  reply.position = Position{7, count};
  return reply;
}

TEST(ReplayTest, LoginWithoutASessionHasNoPosition) {
  Replay replay;
  replay.Start(Reply("", 2, 10), "new");
  EXPECT_EQ(replay.position(), std::nullopt);
  EXPECT_TRUE(replay.Receive());
  EXPECT_TRUE(replay.Receive());
  EXPECT_FALSE(replay.Receive());
  EXPECT_EQ(replay.position(), std::nullopt);
}

TEST(ReplayTest, SessionThatWasNotAskedForOrHasNoPositionIsNone) {
  Replay replay;
  replay.Start(Reply(kReplayToken, 0, 10), "");
  EXPECT_EQ(replay.session(), "");
  ResponseView reply = Reply(kReplayToken, 0, 10);
  reply.position.reset();
  replay.Start(reply, "new");
  EXPECT_EQ(replay.session(), "");
  EXPECT_EQ(replay.position(), std::nullopt);
}

TEST(ReplayTest, EachBroadcastCountsOne) {
  Replay replay;
  replay.Start(Reply(kReplayToken, 0, 10), "new");
  EXPECT_EQ(replay.session(), kReplayToken);
  EXPECT_EQ(replay.position(), (Position{7, 10}));
  EXPECT_FALSE(replay.Receive());
  EXPECT_EQ(replay.position(), (Position{7, 11}));
}

// Broadcasts 7, 8 and 9 come; 10 is the own "entered", which nobody sends.
TEST(ReplayTest, HistoryEndsBehindTheOwnEntered) {
  Replay replay;
  replay.Start(Reply(kReplayToken, 3, 10), "new");
  for (const std::uint64_t count : {6u, 7u, 8u}) {
    EXPECT_EQ(replay.position(), (Position{7, count}));
    EXPECT_TRUE(replay.Receive());
  }
  EXPECT_EQ(replay.position(), (Position{7, 10}));
  EXPECT_FALSE(replay.Receive());
  EXPECT_EQ(replay.position(), (Position{7, 11}));
}

TEST(ReplayTest, ResumedSessionCountsUpToTheReply) {
  Replay replay;
  replay.Start(Reply(kReplayToken, 0, 10), "new");
  replay.Start(Reply(kReplayToken, 3, 15), kReplayToken);
  EXPECT_EQ(replay.left(), 3u);
  EXPECT_EQ(replay.position(), (Position{7, 12}));
  EXPECT_TRUE(replay.Receive());
  EXPECT_EQ(replay.position(), (Position{7, 13}));
}

// Lost behind 7: then 8, 9 and 11 come, and the own "entered" 10 does not.
TEST(ReplayTest, HistoryThatWasCutIsCompletedWithoutTheOwnEntered) {
  Replay replay;
  replay.Start(Reply(kReplayToken, 3, 10), "new");
  EXPECT_TRUE(replay.Receive());
  ASSERT_EQ(replay.position(), (Position{7, 7}));
  replay.Start(Reply(kReplayToken, 3, 11), kReplayToken);
  EXPECT_EQ(replay.position(), (Position{7, 7}));
  EXPECT_TRUE(replay.Receive());
  EXPECT_EQ(replay.position(), (Position{7, 8}));
  EXPECT_TRUE(replay.Receive());
  EXPECT_EQ(replay.position(), (Position{7, 10}));
  EXPECT_TRUE(replay.Receive());
  EXPECT_EQ(replay.position(), (Position{7, 11}));
  EXPECT_FALSE(replay.Receive());
}

TEST(ReplayTest, AnotherSessionForgetsTheEnteredOfTheFirst) {
  Replay replay;
  replay.Start(Reply(kReplayToken, 0, 10), "new");
  replay.Start(Reply(kOtherToken, 4, 12), kOtherToken);  // resumed, but begun elsewhere
  EXPECT_EQ(replay.position(), (Position{7, 8}));
}

TEST(ReplayTest, NewSessionInsteadOfTheLostOneHasItsOwnEntered) {
  Replay replay;
  replay.Start(Reply(kReplayToken, 0, 10), "new");
  replay.Start(Reply(kOtherToken, 1, 20), kReplayToken);
  EXPECT_EQ(replay.session(), kOtherToken);
  EXPECT_EQ(replay.position(), (Position{7, 18}));
  EXPECT_TRUE(replay.Receive());
  EXPECT_EQ(replay.position(), (Position{7, 20}));
}

TEST(ReplayTest, ReplayThatIsLongerThanTheRoomIsOldBeginsAtZero) {
  Replay replay;
  replay.Start(Reply(kReplayToken, 30, 10), "new");
  EXPECT_EQ(replay.position(), (Position{7, 0}));
}

TEST(ReplayTest, EpochIsThatOfTheReply) {
  Replay replay;
  replay.Start(Reply(kReplayToken, 0, 10), "new");
  ResponseView reply = Reply(kReplayToken, 2, 12);
  reply.position->epoch = 9;
  replay.Start(reply, kReplayToken);
  EXPECT_EQ(replay.position(), (Position{9, 10}));
}

}  // namespace
}  // namespace chathttp

// The oracle detects wrong replies and missing last words.
#include <string>

#include "tests/sim/oracle/fixture.h"

namespace chathttp::sim {
namespace {

using End = ConnectionRecord::End;
using ::testing::Contains;

TEST_F(OracleTest, MissingReplyBreaksOneReply) {
  room.List(alice);
  room.Finish();
  Erase(alice, "Online users:\nwitness\nalice\nRobert\n");
  EXPECT_THAT(Violated(), Contains("one-reply"));
}

TEST_F(OracleTest, SecondReplyBreaksOneReply) {
  room.Finish();
  Insert(bob, "one\n", 200, "OK...^.^");
  EXPECT_THAT(Violated(), Contains("one-reply"));
}

TEST_F(OracleTest, ReplyOfTheWrongKindBreaksOneReply) {
  room.Finish();
  const auto list = At(alice, "Online users:\nwitness\nalice\nbob\n");
  list->bytes = RecordBuilder::Response(400, "No list today", list->at);
  EXPECT_THAT(Violated(), Contains("one-reply"));
}

TEST_F(OracleTest, ReplyBeforeItsRequestBreaksOneReply) {
  room.Finish();
  room.sent(alice)[3].at += absl::Seconds(1);
  EXPECT_THAT(Violated(), Contains("one-reply"));
}

TEST_F(OracleTest, BytesThatAreNoResponseBreakOneReply) {
  room.Finish();
  std::string& bytes = At(bob, "one\n")->bytes;
  bytes.replace(bytes.find("Content_Length"), 14, "Content-Length");
  EXPECT_THAT(Violated(), Contains("one-reply"));
}

TEST_F(OracleTest, ReplyBehindAFatalOneBreaksOneReply) {
  room.Send(bob, kBadRequest, true);
  room.Conclude(bob);
  FinishAndExpectGood();
  room.heard(bob).push_back({RecordBuilder::Response(200, "OK...^.^", room.now()), room.now()});
  EXPECT_THAT(Violated(), Contains("one-reply"));
}

TEST_F(OracleTest, ReservedNameThatIsAcceptedBreaksOneReply) {
  room.Add(room.Connect("carol"), "Admin");
  room.Finish();
  EXPECT_THAT(Violated(), Contains("one-reply"));
}

TEST_F(OracleTest, MissingGreetingBreaksGreeting) {
  room.Finish();
  Erase(bob, "test");
  EXPECT_THAT(Violated(), Contains("greeting"));
}

TEST_F(OracleTest, SecondGreetingBreaksGreeting) {
  room.Finish();
  Insert(bob, "one\n", 202, "test");
  EXPECT_THAT(Violated(), Contains("greeting"));
}

TEST_F(OracleTest, NothingFromTheServerBreaksGreeting) {
  room.Connect("carol");
  room.Finish();
  room.heard(3).clear();
  EXPECT_THAT(Violated(), Contains("greeting"));
}

TEST_F(OracleTest, EndWithoutAReasonBreaksLastWords) {
  const std::size_t carol = room.Connect("carol");
  room.Conclude(carol);
  room.Finish();
  EXPECT_THAT(Violated(), Contains("last-words"));
}

TEST_F(OracleTest, LostLastWordBreaksLastWords) {
  room.Send(bob, kBadRequest, true);
  room.Conclude(bob);
  room.Finish();
  Erase(bob, "That is wrong");
  EXPECT_THAT(Violated(), Contains("last-words"));
}

TEST_F(OracleTest, ResetInsteadOfALastWordBreaksLastWords) {
  const std::size_t carol = room.Connect("carol");
  room.Send(carol, kBadRequest, true);
  room.Conclude(carol);
  room.Finish();
  Erase(carol, "That is wrong");
  room.connection(carol).end = End::kBroken;
  EXPECT_THAT(Violated(), Contains("last-words"));
}

TEST_F(OracleTest, LastWordCutShortBreaksLastWords) {
  room.Send(bob, kBadRequest, true);
  room.Conclude(bob);
  room.Finish();
  room.heard(bob).back().bytes.pop_back();
  EXPECT_THAT(Violated(), Contains("last-words"));
}

}  // namespace
}  // namespace chathttp::sim

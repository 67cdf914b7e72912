// The oracle detects wrong logins, logouts, names and lists.
#include <utility>

#include "tests/sim/oracle/fixture.h"

namespace chathttp::sim {
namespace {

using ::testing::Contains;

TEST_F(OracleTest, MissingLeftBreaksOneLeft) {
  room.Finish();
  for (const std::size_t c : {kWitness, alice}) Erase(c, Left("bob"));
  EXPECT_THAT(Violated(), Contains("one-left"));
}

TEST_F(OracleTest, MissingLeftOfALostConnectionBreaksOneLeft) {
  room.Close(room.Join("carol"));
  room.Finish();
  for (const std::size_t c : {kWitness, alice, bob}) Erase(c, Left("carol"));
  EXPECT_THAT(Violated(), Contains("one-left"));
}

TEST_F(OracleTest, SecondLeftBreaksOneLeft) {
  room.Broadcast(Left("bob"));
  room.Finish();
  EXPECT_THAT(Violated(), Contains("one-left"));
}

TEST_F(OracleTest, LeftWithoutCauseBreaksOneLeft) {
  room.Broadcast(Left("Robert"));
  room.Finish();
  EXPECT_THAT(Violated(), Contains("one-left"));
}

TEST_F(OracleTest, EvictionOfAMemberThatWasNotSlowBreaksOneLeft) {
  const std::size_t carol = room.Join("carol");
  room.Evict(carol);
  room.Finish();
  room.connection(carol).stopped_reading = true;
  EXPECT_THAT(Violated(), Contains("one-left"));
}

TEST_F(OracleTest, RefusalOfANameThatHadLeftBreaksHandover) {
  room.Wait(absl::Seconds(5));
  room.Add(room.Connect("carol"), "BOB", 401);
  room.Finish();
  EXPECT_THAT(Violated(), Contains("handover"));
}

TEST_F(OracleTest, RefusalOfANameThatNobodyHadBreaksUniqueNames) {
  room.Add(room.Connect("carol"), "carol", 401);
  room.Finish();
  EXPECT_THAT(Violated(), Contains("unique-names"));
}

TEST_F(OracleTest, SecondMemberOfANameBreaksUniqueNames) {
  room.Add(room.Connect("carol"), "ALICE");
  room.Finish();
  EXPECT_THAT(Violated(), Contains("unique-names"));
}

TEST_F(OracleTest, ListWithoutAMemberBreaksList) {
  room.Finish();
  const auto list = At(alice, "Online users:\nwitness\nalice\nbob\n");
  list->bytes = RecordBuilder::Response(200, "Online users:\nwitness\nalice\n", list->at);
  EXPECT_THAT(Violated(), Contains("list"));
}

TEST_F(OracleTest, ListInAnotherOrderBreaksList) {
  room.Finish();
  const auto list = At(alice, "Online users:\nwitness\nalice\nbob\n");
  list->bytes = RecordBuilder::Response(200, "Online users:\nwitness\nbob\nalice\n", list->at);
  EXPECT_THAT(Violated(), Contains("list"));
}

TEST_F(OracleTest, ListOfAnotherMomentBreaksList) {
  room.Finish();
  const auto list = At(alice, "Online users:\nwitness\nalice\nbob\n");
  std::swap(*list, *(list + 1));  // after bob's "left"
  EXPECT_THAT(Violated(), Contains("list"));
}

}  // namespace
}  // namespace chathttp::sim

// The oracle reports each corruption of the broadcasts by the name of its invariant.
#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "tests/sim/oracle/fixture.h"

namespace chathttp::sim {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;

TEST_F(OracleTest, GoodRecordHasNoViolation) {
  FinishAndExpectGood();
  std::uint64_t deliveries = 0;
  Judge(room.scenario(), room.Record(), &deliveries);
  EXPECT_EQ(deliveries, 8u + 7u + 4u);  // witness, alice, bob
}

TEST_F(OracleTest, CleanRecordOfAllKindsOfEndsHasNoViolation) {
  room.scenario().mode = Mode::kClean;
  const std::size_t carol = room.Join("carol");
  room.Close(carol);
  const std::size_t again = room.Join("carol");
  room.Send(again, kBadRequest, true);
  room.Conclude(again);
  room.Add(room.Connect("carol"), "ALICE", 401);
  room.Add(room.Connect("carol"), "no name", 400);
  room.Add(room.Connect("carol"), "server", 401);
  FinishAndExpectGood();
}

TEST_F(OracleTest, SwappedBroadcastsBreakOrder) {
  room.Finish();
  std::iter_swap(At(bob, "one\n"), At(bob, "two\n"));
  EXPECT_THAT(Violated(), Contains("order"));
}

TEST_F(OracleTest, DuplicateBroadcastBreaksOrder) {
  room.Finish();
  Insert(bob, "two\n", 200, "[ alice ] : one\n");
  EXPECT_THAT(Violated(), Contains("order"));
}

TEST_F(OracleTest, BroadcastLostInTheMiddleBreaksOrder) {
  room.Finish();
  Erase(bob, "one\n");
  EXPECT_THAT(Violated(), Contains("order"));
}

TEST_F(OracleTest, AlteredDatetimeBreaksOrder) {
  room.Finish();
  std::string& bytes = At(bob, "one\n")->bytes;
  ++bytes[bytes.find("\nDatetime: ") + 11];
  EXPECT_THAT(Violated(), Contains("order"));
}

TEST_F(OracleTest, DatetimeThatGoesBackWithoutAJumpBreaksOrder) {
  room.Finish();
  for (const std::size_t c : {kWitness, alice, bob}) {
    std::string& bytes = At(c, "two\n")->bytes;
    bytes.replace(bytes.find("1970"), 4, "1969");
  }
  EXPECT_THAT(Violated(), Contains("order"));
  room.record().wall_jumped = true;
  EXPECT_THAT(Violated(), IsEmpty());
}

TEST_F(OracleTest, MissingEndOfAWindowBreaksComplete) {
  room.Finish();
  Erase(bob, "four\n");
  EXPECT_THAT(Violated(), Contains("complete"));
}

TEST_F(OracleTest, MissingBroadcastBeforeALogoutBreaksComplete) {
  const std::size_t carol = room.Join("carol");
  room.Say(alice, "five");
  room.Leave(carol);
  room.Finish();
  Erase(carol, "five\n");
  EXPECT_THAT(Violated(), Contains("complete"));
}

TEST_F(OracleTest, ClosedHealthyMemberWasOwedWhatWasSaidLongBefore) {
  const std::size_t carol = room.Join("carol");
  room.Say(alice, "five");
  room.Wait(absl::Seconds(20));
  room.Close(carol);
  FinishAndExpectGood();
  Erase(carol, "five\n");
  EXPECT_THAT(Violated(), Contains("complete"));
}

TEST_F(OracleTest, FaultedMemberMayHearAPrefixOnly) {
  const std::size_t carol = room.Join("carol");
  room.Say(alice, "five");
  room.Wait(absl::Seconds(20));
  room.Close(carol);
  room.Finish();
  Erase(carol, "five\n");
  room.connection(carol).faulted = true;
  room.record().healed = room.now();
  EXPECT_THAT(Violated(), IsEmpty()) << messages;
}

TEST_F(OracleTest, FaultedMemberMustNotHearAGap) {
  const std::size_t carol = room.Join("carol");
  room.Say(alice, "five");
  room.Say(alice, "six");
  room.Close(carol);
  room.Finish();
  Erase(carol, "five\n");
  room.connection(carol).faulted = true;
  room.record().healed = room.now();
  EXPECT_THAT(Violated(), Contains("order"));
}

TEST_F(OracleTest, HealedMemberIsOwedEverything) {
  const std::size_t carol = room.Join("carol");
  room.Say(alice, "five");
  room.Wait(absl::Seconds(20));
  room.record().healed = room.now();
  room.Wait(absl::Seconds(20));
  room.Close(carol);
  room.Finish();
  Erase(carol, "five\n");
  room.connection(carol).faulted = true;
  EXPECT_THAT(Violated(), Contains("complete"));
}

TEST_F(OracleTest, ForgedMessageToOneBreaksInvention) {
  room.Finish();
  Insert(bob, "two\n", 200, "[ alice ] : forged\n");
  EXPECT_THAT(Violated(), Contains("invention"));
}

TEST_F(OracleTest, ForgedMessageToAllBreaksInvention) {
  room.Broadcast("[ alice ] : forged\n");
  room.Finish();
  EXPECT_THAT(Violated(), Contains("invention"));
}

TEST_F(OracleTest, EntryThatNobodyAskedForBreaksInvention) {
  room.Broadcast(Entered("carol"));
  room.Finish();
  EXPECT_THAT(Violated(), Contains("invention"));
}

TEST_F(OracleTest, EntryBeforeItsAddBreaksInvention) {
  room.Finish();
  for (RecordBuilder::Message& message : room.sent(bob)) message.at += absl::Seconds(2);
  EXPECT_THAT(Violated(), Contains("invention"));
}

TEST_F(OracleTest, LoginThatNobodySawBreaksInvention) {
  room.Join("carol");
  room.Finish();
  for (const std::size_t c : {kWitness, alice, bob}) Erase(c, Entered("carol"));
  EXPECT_THAT(Violated(), Contains("invention"));
}

TEST_F(OracleTest, MessageBeforeItsPostBreaksInvention) {
  room.Finish();
  room.sent(alice)[1].at += absl::Seconds(1);
  EXPECT_THAT(Violated(), Contains("invention"));
}

TEST_F(OracleTest, PostsInAnotherOrderBreakSenderOrder) {
  room.Finish();
  for (const std::size_t c : {kWitness, alice, bob}) {
    std::swap(At(c, "one\n")->bytes, At(c, "two\n")->bytes);
  }
  EXPECT_THAT(Violated(), Contains("sender-order"));
}

TEST_F(OracleTest, OwnEntryBreaksEnterSayLeave) {
  room.Finish();
  Insert(bob, "one\n", 200, Entered("bob"));
  EXPECT_THAT(Violated(), Contains("enter-say-leave"));
}

TEST_F(OracleTest, BroadcastBeforeLoginBreaksEnterSayLeave) {
  room.Finish();
  Insert(bob, "OK...^.^", 200, Entered("alice"));
  EXPECT_THAT(Violated(), Contains("enter-say-leave"));
}

TEST_F(OracleTest, MessageOfSomebodyWhoIsNotThereBreaksEnterSayLeave) {
  room.Broadcast("[ carol ] : boo\n");
  room.Finish();
  EXPECT_THAT(Violated(), Contains("enter-say-leave"));
}

TEST_F(OracleTest, BroadcastBehindALogoutBreaksNothingAfterLeave) {
  room.Finish();
  const auto again = room.Find(bob, "OK...^.^", room.Find(bob, "OK...^.^") + 1) + 1;
  const absl::Duration at = room.heard(bob)[again].at;
  room.heard(bob).insert(room.heard(bob).begin() + static_cast<std::ptrdiff_t>(again),
                         {RecordBuilder::Response(200, Left("bob"), at), at});
  EXPECT_THAT(Violated(), Contains("nothing-after-leave"));
}

TEST_F(OracleTest, LateBroadcastBreaksIsolation) {
  room.Finish();
  for (RecordBuilder::Message& message : room.heard(bob)) message.at += absl::Seconds(5);
  room.connection(bob).ended += absl::Seconds(5);
  EXPECT_THAT(Violated(), Contains("isolation"));
}

TEST_F(OracleTest, HostileRunsAreJudgedForSafetyOnly) {
  const std::size_t carol = room.Join("carol");
  room.Say(alice, "five");
  room.Wait(absl::Seconds(20));
  room.Close(carol);
  room.Finish();
  room.scenario().mode = Mode::kHostile;
  Erase(carol, "five\n");
  EXPECT_THAT(Violated(), IsEmpty()) << messages;
  Insert(carol, "test", 202, "test");
  EXPECT_THAT(Violated(), Contains("greeting"));
}

}  // namespace
}  // namespace chathttp::sim

// The oracle checks the server's memory, counters and leftovers.
#include <cstdint>
#include <string>

#include "tests/sim/oracle/fixture.h"

namespace chathttp::sim {
namespace {

using End = ConnectionRecord::End;
using ::testing::Contains;

TEST_F(OracleTest, TooMuchMemoryBreaksMemory) {
  room.Finish();
  room.record().max_server_bytes = 64 << 20;
  EXPECT_THAT(Violated(), Contains("memory"));
}

TEST_F(OracleTest, SlowConsumerThatStaysBreaksMemory) {
  room.record().options.backlog_bytes = 16 << 10;
  const std::size_t carol = room.Join("carol");
  const std::size_t heard = room.heard(carol).size();
  for (int i = 0; i < 40; ++i) room.Say(alice, std::string(4000, 'x'));
  room.Finish();
  room.heard(carol).resize(heard);
  room.connection(carol).end = End::kOpen;
  room.connection(carol).stopped_reading = true;
  EXPECT_THAT(Violated(), Contains("memory"));
}

TEST_F(OracleTest, MoreMembersThanTheLimitBreakMemory) {
  room.Finish();
  room.record().options.room.members = 2;
  EXPECT_THAT(Violated(), Contains("memory"));
}

TEST_F(OracleTest, TurnsWithoutEndBreakSpin) {
  room.Finish();
  room.record().server_turns = 10'000'000;
  EXPECT_THAT(Violated(), Contains("spin"));
}

TEST_F(OracleTest, TurnsWithoutWorkBreakSpin) {
  room.Finish();
  room.record().server_turns = 1000;
  room.record().wakeless_turns = 900;
  EXPECT_THAT(Violated(), Contains("spin"));
}

TEST_F(OracleTest, EachCounterThatIsOffByOneBreaksConservation) {
  room.Finish();
  const ServerStats good = room.record().stats;
  for (std::uint64_t ServerStats::*counter :
       {&ServerStats::accepted, &ServerStats::closed, &ServerStats::turned_away,
        &ServerStats::requests, &ServerStats::replies, &ServerStats::broadcasts,
        &ServerStats::logins, &ServerStats::evicted, &ServerStats::expired, &ServerStats::bytes_in,
        &ServerStats::bytes_out}) {
    for (const int off : {-1, 1}) {
      room.record().stats = good;
      room.record().stats.*counter += static_cast<std::uint64_t>(off);
      EXPECT_THAT(Violated(), Contains("conservation"));
    }
  }
}

TEST_F(OracleTest, MembersAndConnectionsThatAreOffByOneBreakConservation) {
  room.Finish();
  for (std::size_t WorldRecord::*count :
       {&WorldRecord::members_at_end, &WorldRecord::connections_at_end}) {
    for (const int off : {-1, 1}) {
      room.record().*count += static_cast<std::size_t>(off);
      EXPECT_THAT(Violated(), Contains("conservation"));
      room.record().*count -= static_cast<std::size_t>(off);
    }
  }
}

TEST_F(OracleTest, LeftoversBreakDrain) {
  room.Finish();
  for (std::size_t WorldRecord::*count :
       {&WorldRecord::leftover_descriptors, &WorldRecord::leftover_connections,
        &WorldRecord::leftover_timers}) {
    room.record().*count = 1;
    EXPECT_THAT(Violated(), Contains("drain"));
    room.record().*count = 0;
  }
}

TEST_F(OracleTest, ServerThatDoesNotStopBreaksDrain) {
  room.Finish();
  room.record().drained = false;
  EXPECT_THAT(Violated(), Contains("drain"));
}

TEST_F(OracleTest, MemberThatIsNotToldOfTheStopBreaksDrain) {
  room.Finish();
  Erase(bob, "Server is shutting down");
  EXPECT_THAT(Violated(), Contains("drain"));
}

}  // namespace
}  // namespace chathttp::sim

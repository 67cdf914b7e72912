// The oracle detects violations of time limits.
#include <string>

#include "tests/sim/oracle/fixture.h"

namespace chathttp::sim {
namespace {

using End = ConnectionRecord::End;
using ::testing::Contains;

class OracleTimeTest : public OracleTest {
 protected:
  // Sends the time-limit reply to a connection and ends it.
  void Expire(std::size_t connection, bool told = true) {
    if (told) room.Reply(connection, 400, "A request must come in time");
    room.Conclude(connection);
    ++room.record().stats.expired;
  }
};

TEST_F(OracleTimeTest, LimitsThatFireInTimeAreNoViolation) {
  const std::size_t silent = room.Connect("carol");
  room.Wait(absl::Seconds(10));
  Expire(silent);
  const std::size_t refused = room.Connect("carol");
  room.Add(refused, "alice", 401);
  room.Wait(absl::Seconds(120));
  Expire(refused);
  room.Send(bob, "POST h HTTP/1.1\n", false);
  room.Wait(absl::Seconds(20));
  Expire(bob);
  FinishAndExpectGood();
}

TEST_F(OracleTimeTest, EarlyLoginLimitBreaksTimeLimits) {
  const std::size_t silent = room.Connect("carol");
  room.Wait(absl::Seconds(9));
  Expire(silent);
  room.Finish();
  EXPECT_THAT(Violated(), Contains("time-limits"));
}

TEST_F(OracleTimeTest, EarlyRequestLimitBreaksTimeLimits) {
  room.Send(bob, "POST h HTTP/1.1\n", false);
  room.Wait(absl::Seconds(19));
  Expire(bob);
  room.Finish();
  EXPECT_THAT(Violated(), Contains("time-limits"));
}

TEST_F(OracleTimeTest, EarlyReloginLimitBreaksTimeLimits) {
  room.Leave(bob);
  room.Wait(absl::Seconds(100));
  Expire(bob);
  room.Finish();
  EXPECT_THAT(Violated(), Contains("time-limits"));
}

TEST_F(OracleTimeTest, MissingLoginLimitBreaksTimeLimits) {
  room.Connect("carol");
  room.Finish();
  EXPECT_THAT(Violated(), Contains("time-limits"));
}

TEST_F(OracleTimeTest, MissingRequestLimitBreaksTimeLimits) {
  room.Send(bob, "POST h HTTP/1.1\n", false);
  room.Finish();
  EXPECT_THAT(Violated(), Contains("time-limits"));
}

TEST_F(OracleTimeTest, MissingReloginLimitBreaksTimeLimits) {
  room.Leave(bob);
  room.Wait(absl::Seconds(120));
  room.Finish();
  EXPECT_THAT(Violated(), Contains("time-limits"));
}

TEST_F(OracleTimeTest, RequestServedBehindItsLimitBreaksTimeLimits) {
  const std::size_t late = room.Connect("carol");
  room.Wait(absl::Seconds(15));
  room.Add(late, "carol");
  room.Finish();
  EXPECT_THAT(Violated(), Contains("time-limits"));
}

TEST_F(OracleTimeTest, MemberThatTakesNothingForLongBreaksTimeLimits) {
  const std::size_t carol = room.Join("carol");
  const std::size_t heard = room.heard(carol).size();
  for (int i = 0; i < 30; ++i) room.Say(alice, std::string(4000, 'x'));
  room.Wait(absl::Seconds(90));
  room.Finish();
  room.heard(carol).resize(heard);
  room.connection(carol).end = End::kOpen;
  room.connection(carol).stopped_reading = true;
  EXPECT_THAT(Violated(), Contains("time-limits"));
}

}  // namespace
}  // namespace chathttp::sim

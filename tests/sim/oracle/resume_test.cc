// The oracle finds what is wrong with members that come back.
#include <algorithm>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "tests/sim/oracle/fixture.h"

namespace chathttp::sim {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using Kind = ServerEvent::Kind;

// Alice is lost and comes back, carol stays away, phone takes over from alice.
constexpr std::string_view kComings = R"(
seed 5
limit resumable 10s history 9
net * latency 5ms
clients bob
peers alice carol phone eve
@0      * connect
@100ms  bob add
@200ms  alice,carol add session
@300ms  bob say "one"
@1s     alice reset
@1s     carol close
@2s     bob say "two"
@2s     bob say "three"
@3s     alice resume
@4s     bob say "four"
@5s     phone resume of alice
@6s     phone say "five"
@7s     eve add history 3
@20s    bob say "six"
settle 5s
)";

class ResumeTest : public OracleTest {
 protected:
  void SetUp() override { Play(kComings); }

  // The connection on which somebody came back.
  ServerConnection& Return(std::size_t which) {
    for (const ReportedEvent& event : server().events) {
      if (event.kind != Kind::kReturned || which-- > 0) continue;
      for (ServerConnection& c : server().connections) {
        if (c.id == event.connection) return c;
      }
    }
    ADD_FAILURE() << "nobody came back";
    return server().connections.front();
  }
};

TEST_F(ResumeTest, AnotherReplayLineBreaksResume) {
  Replace(Return(0).out, "Replay: 2", "Replay: 3");
  EXPECT_THAT(Violated(), Contains("resume"));
  EXPECT_THAT(messages, HasSubstr("Replay: 2"));
}

TEST_F(ResumeTest, AnotherPositionBreaksResume) {
  std::string& out = Return(0).out;
  const std::size_t at = out.find('\n', out.find("Position: ")) - 1;
  ++out[at];
  EXPECT_THAT(Violated(), Contains("resume"));
}

TEST_F(ResumeTest, AnotherTokenBreaksResume) {
  std::string& out = Return(0).out;
  char& digit = out[out.find("Session: ") + 9];
  digit = digit == '0' ? '1' : '0';
  EXPECT_THAT(Violated(), Contains("resume"));
}

TEST_F(ResumeTest, AMissingBroadcastOfTheReplayBreaksOrder) {
  Replace(Return(0).out, "[ bob ] : two", "[ bob ] : tow");
  EXPECT_THAT(Violated(), Contains("invention"));
}

TEST_F(ResumeTest, ALateEndOfTheOldConnectionBreaksResume) {
  for (ServerConnection& c : server().connections) {
    if (c.reset && c.closed && &c != &Return(0)) c.closed->order += 1'000;
  }
  Return(0).closed->order += 1'000;
  EXPECT_THAT(Violated(), Contains("resume"));
}

TEST_F(ResumeTest, ALeftThatNobodyAwaitsBreaksQuiet) {
  ReportedEvent& away = Event(Kind::kAway, "carol");
  away.kind = Kind::kLeft;
  EXPECT_THAT(Violated(), Not(::testing::IsEmpty()));
}

TEST_F(ResumeTest, AnEarlyOrLateEndOfBeingAwayBreaksQuiet) {
  ReportedEvent& left = Event(Kind::kLeft, "carol");
  left.when.at -= absl::Milliseconds(1);
  EXPECT_THAT(Violated(), Contains("quiet"));
  left.when.at += absl::Seconds(1);
  EXPECT_THAT(Violated(), Contains("quiet"));
}

TEST_F(ResumeTest, ALineAboutSessionsForAStrangerBreaksStrangers) {
  std::string& out = ConnectionOf("bob").out;
  const std::size_t ok = out.find("OK...^.^");
  out.insert(ok - 1, "Position: 1.2\n");
  EXPECT_THAT(Violated(), Contains("strangers"));
}

TEST_F(ResumeTest, MoreHistoryThanIsDueBreaksResume) {
  Replace(ConnectionOf("eve").out, "Replay: 3", "Replay: 2");
  EXPECT_THAT(Violated(), Contains("resume"));
}

TEST_F(ResumeTest, ATokenInAnEventBreaksEvents) {
  const std::string& out = Return(0).out;
  const std::string token = out.substr(out.find("Session: ") + 9, 32);
  Event(Kind::kAway, "carol").reason = absl::StrCat("lost ", token);
  EXPECT_THAT(Violated(), Contains("events"));
  EXPECT_THAT(messages, HasSubstr("a token was told"));
}

TEST_F(ResumeTest, AReturnThatIsNotCountedBreaksConservation) {
  --server().stats.returns;
  EXPECT_THAT(Violated(), Contains("conservation"));
}

TEST_F(ResumeTest, APositionOfTwoBroadcastsBreaksEpoch) {
  ReportedEvent& entered = Event(Kind::kEntered, "eve");
  ++entered.broadcasts;
  EXPECT_THAT(Violated(), Contains("epoch"));
}

}  // namespace
}  // namespace chathttp::sim

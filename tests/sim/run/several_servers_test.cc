// Scenarios in which several servers share the room.
#include <string>

#include "absl/strings/str_cat.h"
#include "chathttp/sim/run/run.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chathttp::sim {
namespace {

using testing::IsEmpty;

TEST(SeveralServers, AMessageIsHeardAtEachServer) {
  const RunResult result = RunScenario(R"(
limit servers 3 log-delay 5ms
net bob via server2
net carol via server3
peers alice bob carol
@0    * connect
@1s   * add                     expect 200
@2s   alice say "Hi"            expect between 1us and 10ms 200 "[ alice ] : Hi"
@3s   carol list                expect 200 "*alice*"
expect * sees 1 message
)");
  EXPECT_THAT(result.violations, IsEmpty());
}

TEST(SeveralServers, ACutServerIsServedWhenItsLogIsBack) {
  const RunResult result = RunScenario(R"(
limit servers 2
net bob via server2
peers alice bob
@0    * connect
@1s   * add                     expect 200
@2s   server2 log-clog 1s
@2.1s bob say "late"            expect between 900ms and 901ms 200
@2.2s bob list                  expect between 800ms and 801ms 200
@2.3s alice say "now"           expect within 1ms 200
heal  @4s
expect alice hears "[ alice ] : now" "[ bob ] : late"
expect bob hears "[ bob ] : late"
expect effect log-clog
)");
  EXPECT_THAT(result.violations, IsEmpty());
}

TEST(SeveralServers, TheMembersOfAKilledServerLeaveOnce) {
  const RunResult result = RunScenario(R"(
limit servers 2 log-delay 5ms
net bob via server2
peers alice bob
@0    * connect
@1s   * add                     expect 200
@2s   server2 crash
@5s   server2 restart
@6s   bob connect               expect 202
@6s   bob add                   expect 200
@7s   bob list                  expect 200 "*alice*bob*"
heal  @8s
settle 5s
expect alice hears "bob has just left the chat room..." "bob has just entered the chat room..."
expect effect crash,restart
)");
  EXPECT_THAT(result.violations, IsEmpty());
}

TEST(SeveralServers, ARestartOfTheLogEmptiesTheRoom) {
  const RunResult result = RunScenario(R"(
limit servers 2
net bob via server2
peers alice bob
@0    * connect
@1s   * add                     expect 200
@2s   server log-restart
@3s   alice connect             expect 202
@3s   alice add "bob"           expect 200
@4s   alice list                expect 200 "Online users:\nbob\n"
heal  @5s
expect * hears "The room was restarted" x1
expect no * hears "bob has just left the chat room..."
)");
  EXPECT_THAT(result.violations, IsEmpty());
}

TEST(SeveralServers, AServerThatWasAwayTooLongGoesOnAsANewOne) {
  const RunResult result = RunScenario(R"(
limit servers 2 away 1s
net bob via server2
peers alice bob
@0    * connect
@1s   * add                     expect 200
@2s   server2 pause 3s
@2.5s bob say "Hello?"
@6s   bob connect               expect 202
@6s   bob add                   expect 200
heal  @7s
expect alice hears "bob has just left the chat room..." "bob has just entered the chat room..."
expect no alice hears "*Hello?"
expect bob hears "The server was away too long: connect again"
expect effect pause
)");
  EXPECT_THAT(result.violations, IsEmpty());
}

TEST(SeveralServers, OneServerWithALogIsOneWithout) {
  const std::string text = "peers alice\n@0 alice connect\n@1s alice add\n@2s alice say \"Hi\"\n";
  EXPECT_EQ(RunScenario(text).digest, RunScenario(absl::StrCat("limit servers 1\n", text)).digest);
}

}  // namespace
}  // namespace chathttp::sim

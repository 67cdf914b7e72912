// Scenarios in which the server's process ends and starts again.
#include "chathttp/sim/run/run.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chathttp::sim {

namespace {

using testing::IsEmpty;

TEST(Restart, ANewLifeHasAnEmptyRoom) {
  const RunResult result = RunScenario(R"(
peers alice bob
@0   alice,bob connect
@1s  alice,bob add        expect 200
@2s  server crash
@3s  server restart
@4s  bob connect          expect 202 "test"
@5s  bob add "alice"      expect 200
@6s  bob list             expect 200 "Online users:\nwitness\nalice\n"
@7s  bob say "again"
expect bob sees 1 message
expect effect crash,restart
)");
  EXPECT_THAT(result.violations, IsEmpty());
}

TEST(Restart, NobodyIsServedWithoutAServer) {
  const RunResult result = RunScenario(R"(
peers alice
@0   alice connect
@1s  alice add
@2s  server crash
@3s  alice connect
@4s  alice add
settle 5s
expect alice sees 0 messages
)");
  EXPECT_THAT(result.violations, IsEmpty());
}

TEST(Restart, AServerThatRunsIsKilledBefore) {
  const RunResult result = RunScenario(R"(
peers alice
@0   alice connect
@1s  alice add            expect 200
@2s  server restart
@3s  alice connect
@4s  alice add            expect 200
@5s  alice list           expect 200 "Online users:\nwitness\nalice\n"
)");
  EXPECT_THAT(result.violations, IsEmpty());
}

TEST(Restart, AServerThatHasStoppedStartsAgain) {
  const RunResult result = RunScenario(R"(
peers alice
@0   alice connect
@1s  alice add            expect 200
@2s  server stop
@9s  server restart
@10s alice connect
@11s alice add            expect 200
)");
  EXPECT_THAT(result.violations, IsEmpty());
}

TEST(Restart, WithAJournalTheRoomGoesOn) {
  const RunResult result = RunScenario(R"(
limit resumable 30s history 10
journal never
peers alice bob
@0    * connect
@1s   alice add session   expect 200
@1s   bob add             expect 200
@2s   alice say "before"
@3s   server crash
@4s   server restart
@5s   alice resume        expect 200 with Replay "3" Gap ""
@6s   bob connect         expect 202
@7s   bob add history 10  expect 200 with Replay "7"
@8s   bob list            expect 200 "Online users:\nalice\nwitness\nbob\n"
heal @9s
expect no * hears "alice has just left*"
expect alice hears "bob has just left the chat room..."
)");
  EXPECT_THAT(result.violations, IsEmpty());
}

}  // namespace
}  // namespace chathttp::sim

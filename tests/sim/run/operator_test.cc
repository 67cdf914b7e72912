// Scenarios with addresses, proxies, and an operator who gives commands and changes limits.
#include <string>

#include "chathttp/sim/run/run.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chathttp::sim {

namespace {

using testing::IsEmpty;

TEST(Addresses, PeersOfOneAddressShareItsConnections) {
  const RunResult result = RunScenario(R"(
limit per-address 1
net alice address 192.0.2.7
net bob address ::ffff:192.0.2.7
net carol address 192.0.2.8
net dave address 2001:db8::1
net erin address 2001:db8::2
net frank address 2001:db8:0:1::1
peers alice bob carol dave erin frank
@0   alice connect   expect 202 "test"
@1s  bob connect     expect 500 "Too many connections from your address: at most 1, got 2" then eof
@2s  carol connect   expect 202 "test"
@3s  dave connect    expect 202 "test"
@4s  erin connect    expect 500 "Too many connections from your address: at most 1, got 2" then eof
@5s  frank connect   expect 202 "test"
settle 1s
)");
  EXPECT_THAT(result.violations, IsEmpty());
}

TEST(Addresses, ExemptNetworksHaveNoLimit) {
  const RunResult result = RunScenario(R"(
limit per-address 1
exempt 192.0.2.0/24
net * address ::ffff:192.0.2.7
peers alice bob carol
@0   * connect   expect 202 "test"
@1s  admin "ban 192.0.2.7"
@2s  * add       expect 200
settle 1s
)");
  EXPECT_THAT(result.violations, IsEmpty());
}

TEST(Proxies, TheAddressOfTheHeaderCounts) {
  const RunResult result = RunScenario(R"(
limit per-address 1
net alice chunk 1..1 address 192.0.2.7 proxy v1
net bob chunk 1..1 address 192.0.2.7 proxy v2
net carol address 192.0.2.7 proxy local
net dave address 192.0.2.7 proxy unknown
clients alice bob
peers carol dave
@0   alice connect   expect 202 "test"
@1s  bob connect     expect 500 "Too many connections from your address: at most 1, got 2"
@2s  carol connect   expect 202 "test"
@3s  dave connect    expect 202 "test"
@4s  alice,carol,dave add   expect 200
settle 1s
)");
  EXPECT_THAT(result.violations, IsEmpty());
}

TEST(Proxies, TheGreetingWaitsForTheHeader) {
  const RunResult result = RunScenario(R"(
net alice proxy none
peers alice
@0   alice connect     expect between 2s and 2.1s 202 "test"
@1s  raw alice "PROXY TCP4 192.0.2.7 192.0.2.1 4711 9994\r"
@2s  raw alice "\nADD / HTTP/1.1\nUser_Agent: alice\n\n"
settle 1s
expect alice hears "test" "OK...^.^"
)");
  EXPECT_THAT(result.violations, IsEmpty());
}

TEST(Proxies, ABadOrMissingHeaderEndsTheConnection) {
  const RunResult result = RunScenario(R"(
net alice,bob,carol proxy none
net carol address 192.0.2.7
peers alice bob carol
@0   * connect
@1s  raw alice "GET / HTTP/1.1\n"
@6s  raw bob "PROXY TCP4 192.0.2.7 192.0.2.1 4711 9994\r\n"
@6s  raw carol "PROXY TCP4 192.0.2.7 192.0.2.1 4711 9994\r\n"
settle 1s
expect no * hears "*"
)");
  EXPECT_THAT(result.violations, IsEmpty());
}

TEST(Operator, AKickedMemberIsToldSoAndTheOthersHearThatItLeft) {
  const RunResult result = RunScenario(R"(
peers alice bob
@0   alice,bob connect
@0   alice,bob add
@1s  admin "kick BOB too loud"
@1s  bob say "one more thing"
@2s  admin "kick bob"
@3s  bob connect      expect 202
@3s  bob add          expect 200
settle 1s
expect bob hears "too loud"
expect alice hears "bob has just left the chat room..." "bob has just entered the chat room..."
expect alice sees 0 messages
)");
  EXPECT_THAT(result.violations, IsEmpty());
}

TEST(Operator, ABanEndsConnectionsAndRefusesOthersUntilItIsLifted) {
  const RunResult result = RunScenario(R"(
limit per-address 5
net bob address ::ffff:192.0.2.7
net carol address 192.0.2.8
peers alice bob carol
@0   * connect
@0   * add
@1s  admin "ban 198.51.100.0/24"
@2s  bob list         expect 200
@3s  admin "ban 192.0.2.7"
@3s  admin "ban 192.0.2.8 10s"
@4s  bob,carol connect   expect 500 "Your address is banned from this server" then eof
@5s  admin "unban ::ffff:192.0.2.7"
@6s  bob connect      expect 202 "test"
@7s  carol connect    expect 500 "Your address is banned from this server"
@14s carol connect    expect 202 "test"
settle 1s
)");
  EXPECT_THAT(result.violations, IsEmpty());
}

TEST(Operator, ADrainAcceptsNobodyAndEndsInTime) {
  const RunResult result = RunScenario(R"(
peers alice bob
@0   alice connect
@0   alice add
@1s  admin "drain 5s"
@2s  bob connect
@3s  alice list       expect 200
@9s  alice list
settle 1s
expect alice hears "Server is shutting down"
expect no bob hears "*"
)");
  EXPECT_THAT(result.violations, IsEmpty());
}

TEST(Reload, LimitsHoldFromThenOn) {
  const RunResult result = RunScenario(R"(
limit flood 1/1 per-address 1
net * address 192.0.2.7
peers alice bob carol
@0   alice connect
@0   alice add
@10s bob connect      expect 500
@10s alice list x3    expect within 2.1s 200
@20s server reload flood 100/100 per-address 2
@21s alice list x50   expect within 10ms 200
@22s bob connect      expect 202
@23s server reload per-address 3 refusals 0
@24s carol connect    expect 500 "Too many connections from your address: at most 2, got 3"
settle 1s
)");
  EXPECT_THAT(result.violations, IsEmpty());
}

}  // namespace
}  // namespace chathttp::sim

#include "chathttp/sim/scenario/parser.h"

#include <limits>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "chathttp/sim/scenario/scenario.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chathttp::sim {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Scenario Parse(std::string_view text) {
  absl::StatusOr<Scenario> scenario = ParseScenario(text, "test.chat");
  EXPECT_TRUE(scenario.ok()) << scenario.status();
  return scenario.ok() ? *std::move(scenario) : Scenario();
}

// The step of `line`, in a scenario with some participants.
Step ParseStep(std::string_view line) {
  const Scenario scenario =
      Parse(absl::StrCat("clients alice bob\npeers p[1..4]\n", std::string(line), "\n"));
  EXPECT_EQ(scenario.steps.size(), 1U);
  return scenario.steps.empty() ? Step() : scenario.steps.front();
}

TEST(ParserTest, AnEmptyTextIsAScenarioOfNobody) {
  const Scenario scenario = Parse("");
  EXPECT_EQ(scenario, Scenario());
  EXPECT_EQ(scenario.mode, Mode::kFaulty);
}

TEST(ParserTest, TheHeadIsTaken) {
  const Scenario scenario = Parse(
      "scenario a-name_1.2\n"
      "seed 18446744073709551615\n"
      "mode hostile\n"
      "heal @4s\n"
      "settle 30s\n");
  EXPECT_EQ(scenario.name, "a-name_1.2");
  EXPECT_EQ(scenario.seed, std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(scenario.mode, Mode::kHostile);
  EXPECT_EQ(scenario.heal, absl::Seconds(4));
  EXPECT_EQ(scenario.settle, absl::Seconds(30));
}

TEST(ParserTest, LimitsShareALineOrNot) {
  const Scenario scenario = Parse("limit backlog 64K login 2s\nlimit members 5\n");
  EXPECT_THAT(scenario.limits,
              ElementsAre(LimitSetting{"backlog", 65'536}, LimitSetting{"login", 2'000'000'000},
                          LimitSetting{"members", 5}));
}

TEST(ParserTest, NamesAreDeclaredOneByOneInListsAndInRanges) {
  const Scenario scenario = Parse("clients alice bob,carol d[1..3]\nclients e\npeers p\n");
  EXPECT_THAT(scenario.clients, ElementsAre("alice", "bob", "carol", "d1", "d2", "d3", "e"));
  EXPECT_THAT(scenario.peers, ElementsAre("p"));
}

TEST(ParserTest, NamesMayBeUsedBeforeTheyAreDeclared) {
  EXPECT_EQ(Parse("@1s alice connect\nclients alice\n").steps.size(), 1U);
}

TEST(ParserTest, ANetLineSaysOneDirection) {
  const Scenario scenario = Parse(
      "clients alice\n"
      "net server->alice latency 5ms chunk 1..700 sndbuf 4K rcvbuf 8K bandwidth 1M\n");
  ASSERT_EQ(scenario.nets.size(), 1U);
  const NetSetting& net = scenario.nets.front();
  EXPECT_EQ(net.from, "server");
  EXPECT_EQ(net.to, "alice");
  EXPECT_EQ(net.latency, FixedLatency(absl::Milliseconds(5)));
  EXPECT_EQ(net.min_chunk_bytes, 1);
  EXPECT_EQ(net.max_chunk_bytes, 700);
  EXPECT_EQ(net.send_buffer_bytes, 4096);
  EXPECT_EQ(net.receive_buffer_bytes, 8192);
  EXPECT_EQ(net.bytes_per_second, 1 << 20);
}

TEST(ParserTest, ANetLineWithoutArrowSaysBothDirections) {
  const Scenario scenario = Parse("clients alice\nnet * chunk 7\n");
  ASSERT_EQ(scenario.nets.size(), 2U);
  EXPECT_EQ(scenario.nets[0].from, "*");
  EXPECT_EQ(scenario.nets[0].to, "server");
  EXPECT_EQ(scenario.nets[1].from, "server");
  EXPECT_EQ(scenario.nets[1].to, "*");
  EXPECT_EQ(scenario.nets[1].min_chunk_bytes, 7);
  EXPECT_EQ(scenario.nets[1].max_chunk_bytes, 7);
}

Latency LatencyOf(std::string_view text) {
  const Scenario scenario =
      Parse(absl::StrCat("clients a\nnet a->server latency ", std::string(text), "\n"));
  return scenario.nets.empty() ? Latency() : scenario.nets.front().latency.value_or(Latency());
}

TEST(ParserTest, LatencyHasFourKinds) {
  using Kind = Latency::Kind;
  const absl::Duration ms = absl::Milliseconds(1);
  EXPECT_EQ(LatencyOf("0"), Latency());
  EXPECT_EQ(LatencyOf("uniform(1ms..20ms)"), UniformLatency(ms, 20 * ms));
  EXPECT_EQ(LatencyOf("exp(20ms)"), (Latency{Kind::kExponential, 20 * ms, {}}));
  EXPECT_EQ(LatencyOf("exp(20ms) min 1ms"), (Latency{Kind::kExponential, 20 * ms, ms}));
  EXPECT_EQ(LatencyOf("bimodal(1ms,200ms,5%)"), (Latency{Kind::kBimodal, ms, 200 * ms, 5}));
}

TEST(ParserTest, AStepHasTimeWhoAndVerb) {
  const Step step = ParseStep("@1.5s alice,p* pause-reading");
  EXPECT_EQ(step.line, 3);
  EXPECT_EQ(step.at, absl::Milliseconds(1500));
  EXPECT_EQ(step.who, "alice,p*");
  EXPECT_EQ(step.verb, Verb::kPauseReading);
  EXPECT_FALSE(step.expected);
}

TEST(ParserTest, AddMayTakeAnotherName) {
  EXPECT_EQ(ParseStep("@0 alice add").text, "");
  EXPECT_EQ(ParseStep("@0 p1 add \"AL\\x00ICE\"").text, std::string("AL\0ICE", 6));
}

TEST(ParserTest, SayMayBeRepeated) {
  const Step once = ParseStep("@0 alice say \"Hi\"");
  EXPECT_EQ(once.count, 1);
  const Step often = ParseStep("@0 alice say \"Hi\" x200 every 5ms");
  EXPECT_EQ(often.text, "Hi");
  EXPECT_EQ(often.count, 200);
  EXPECT_EQ(often.every, absl::Milliseconds(5));
  EXPECT_EQ(ParseStep("@0 alice list x3").count, 3);
}

TEST(ParserTest, RawNamesThePeerBehindTheVerb) {
  const Step step = ParseStep("@0 raw p[1..2] \"GET\\n\" expect 400 then eof");
  EXPECT_EQ(step.verb, Verb::kRaw);
  EXPECT_EQ(step.who, "p[1..2]");
  EXPECT_EQ(step.text, "GET\n");
  ASSERT_TRUE(step.expected);
  EXPECT_EQ(*step.expected, (Expectation{"", 400, std::nullopt, true}));
}

TEST(ParserTest, AnExpectationMayNameWhoseItIs) {
  const Step step = ParseStep("@0 alice,bob add expect bob 200 \"OK...^.^\"");
  ASSERT_TRUE(step.expected);
  EXPECT_EQ(*step.expected, (Expectation{"bob", 200, "OK...^.^", false}));
}

TEST(ParserTest, ATimeMayCountFromTheLineBefore) {
  const absl::StatusOr<Scenario> scenario = ParseScenario(
      "clients alice\n@1s alice connect\nwhen alice hears \"*\" after 9s do alice list\n"
      "@+20ms alice add\n@+0 alice list\n",
      "t.chat");
  ASSERT_TRUE(scenario.ok()) << scenario.status();
  EXPECT_EQ(scenario->steps[2].at, absl::Milliseconds(1020));
  EXPECT_EQ(scenario->steps[3].at, absl::Milliseconds(1020));
}

TEST(ParserTest, AReactionHasATriggerAndADelay) {
  const Step step = ParseStep("when bob hears \"*Hi\" each time after 20ms do alice say \"Hello\"");
  EXPECT_EQ(step.when, (Trigger{"bob", "*Hi", true}));
  EXPECT_EQ(step.at, absl::Milliseconds(20));
  EXPECT_EQ(step.who, "alice");
  EXPECT_EQ(step.verb, Verb::kSay);
}

TEST(ParserTest, ASpanOfOneDurationIsFixed) {
  const Step step = ParseStep("@0 alice say \"x\" x2 every 5ms..5ms stagger 1ms..2ms");
  EXPECT_EQ(step.every, absl::Milliseconds(5));
  EXPECT_EQ(step.max_every, absl::ZeroDuration());
  EXPECT_EQ(step.stagger, absl::Milliseconds(1));
  EXPECT_EQ(step.max_stagger, absl::Milliseconds(2));
}

TEST(ParserTest, LinksHaveTheirFaults) {
  const Step clog = ParseStep("@0 link alice->server clog 300ms");
  EXPECT_EQ(clog.verb, Verb::kClog);
  EXPECT_EQ(clog.who, "alice->server");
  EXPECT_EQ(clog.duration, absl::Milliseconds(300));
  EXPECT_EQ(ParseStep("@0 link server->* blackhole 5s").verb, Verb::kBlackhole);
  const Step bandwidth = ParseStep("@0 link p*->server bandwidth 1K for 3s");
  EXPECT_EQ(bandwidth.verb, Verb::kBandwidth);
  EXPECT_EQ(bandwidth.amount, 1024);
  EXPECT_EQ(bandwidth.duration, absl::Seconds(3));
  const Step latency = ParseStep("@0 link p*->server latency +2s for 3s");
  EXPECT_EQ(latency.verb, Verb::kDelay);
  EXPECT_EQ(latency.amount, 2'000'000'000);
}

TEST(ParserTest, SetsHaveTheirFaults) {
  const Step partition = ParseStep("@0 partition alice,p*|server,bob for 2s");
  EXPECT_EQ(partition.verb, Verb::kPartition);
  EXPECT_EQ(partition.who, "alice,p*|server,bob");
  EXPECT_EQ(partition.duration, absl::Seconds(2));
  const Step swizzle = ParseStep("@0 swizzle bob,p* over 2s");
  EXPECT_EQ(swizzle.verb, Verb::kSwizzle);
  EXPECT_EQ(swizzle.who, "bob,p*");
}

TEST(ParserTest, TheServerHasItsFaults) {
  EXPECT_EQ(ParseStep("@0 server wall -1h").amount, -3'600'000'000'000);
  const Step descriptors = ParseStep("@0 server descriptors 3 for 2s");
  EXPECT_EQ(descriptors.who, "server");
  EXPECT_EQ(descriptors.amount, 3);
  EXPECT_EQ(descriptors.duration, absl::Seconds(2));
  EXPECT_EQ(ParseStep("@0 server stop").verb, Verb::kStop);
}

TEST(ParserTest, AServerMayHaveAJournal) {
  EXPECT_EQ(Parse("").journal, std::nullopt);
  EXPECT_EQ(Parse("journal never").journal, (JournalSetting{.sync = JournalSetting::Sync::kNever}));
  EXPECT_EQ(Parse("journal 1s").journal, (JournalSetting{.sync = JournalSetting::Sync::kInterval}));
  EXPECT_EQ(Parse("journal always latency 5ms file 2K").journal,
            (JournalSetting{.sync = JournalSetting::Sync::kAlways,
                            .latency = absl::Milliseconds(5),
                            .file_bytes = 2 << 10}));
}

TEST(ParserTest, TheDiskOfAJournalHasItsFaults) {
  const Scenario scenario = Parse(
      "journal 1s\n@0 disk tear 7\n@0 disk flip\n@0 disk full for 2s\n@0 disk stall 3s\n"
      "@0 disk fail-sync\n@0 server power-cut\n@0 server repair\n");
  ASSERT_EQ(scenario.steps.size(), 7U);
  EXPECT_EQ(scenario.steps[0].verb, Verb::kDiskTear);
  EXPECT_EQ(scenario.steps[0].amount, 7);
  EXPECT_EQ(scenario.steps[1].verb, Verb::kDiskFlip);
  EXPECT_EQ(scenario.steps[2].verb, Verb::kDiskFull);
  EXPECT_EQ(scenario.steps[2].duration, absl::Seconds(2));
  EXPECT_EQ(scenario.steps[3].verb, Verb::kDiskStall);
  EXPECT_EQ(scenario.steps[3].duration, absl::Seconds(3));
  EXPECT_EQ(scenario.steps[4].verb, Verb::kDiskFailSync);
  EXPECT_EQ(scenario.steps[5].verb, Verb::kPowerCut);
  EXPECT_EQ(scenario.steps[6].verb, Verb::kRepair);
}

TEST(ParserTest, SeveralServersHaveNamesAndFaults) {
  const Scenario scenario = Parse(
      "limit servers 3 log-delay 5ms\nclients a b\nnet b via server3\n"
      "@1s server2 pause 2s\n@1s server3 log-latency +5ms for 1s\n@1s server log-restart\n");
  EXPECT_EQ(ServersOf(scenario), 3U);
  ASSERT_EQ(scenario.nets.size(), 2U);
  EXPECT_EQ(scenario.nets[0].via, "server3");
  EXPECT_EQ(scenario.nets[1].via, "");  // of the way back
  ASSERT_EQ(scenario.steps.size(), 3U);
  EXPECT_EQ(scenario.steps[0].who, "server2");
  EXPECT_EQ(scenario.steps[0].duration, absl::Seconds(2));
  EXPECT_EQ(scenario.steps[1].who, "server3");
  EXPECT_EQ(scenario.steps[1].amount, 5'000'000);
  EXPECT_EQ(scenario.steps[2].verb, Verb::kLogRestart);
}

TEST(ParserTest, StepsKeepTheOrderOfTheText) {
  const Scenario scenario = Parse("clients a\n@2s a connect\n@1s a reset\n@1s a close\n");
  ASSERT_EQ(scenario.steps.size(), 3U);
  EXPECT_EQ(scenario.steps[0].verb, Verb::kConnect);
  EXPECT_EQ(scenario.steps[1].verb, Verb::kReset);
  EXPECT_EQ(scenario.steps[2].verb, Verb::kClose);
}

TEST(ParserTest, FinalExpectationsAreTaken) {
  using Kind = FinalExpectation::Kind;
  const Scenario scenario = Parse(
      "clients alice\n"
      "expect server evicted 1\n"
      "expect server expired 2\n"
      "expect server turned-away 3\n"
      "expect alice sees 1 message\n"
      "expect * sees 200 messages\n"
      "expect effect clog,reset\n");
  EXPECT_THAT(scenario.expectations,
              ElementsAre(FinalExpectation{2, Kind::kEvicted, "", 1, {}},
                          FinalExpectation{3, Kind::kExpired, "", 2, {}},
                          FinalExpectation{4, Kind::kTurnedAway, "", 3, {}},
                          FinalExpectation{5, Kind::kSees, "alice", 1, {}},
                          FinalExpectation{6, Kind::kSees, "*", 200, {}},
                          FinalExpectation{7, Kind::kEffect, "", 0, {"clog", "reset"}}));
}

TEST(ParserTest, LinesMayEndAsOnOtherSystems) {
  EXPECT_EQ(Parse("seed 5\r\nclients alice # one\r\n\r\n").seed, 5U);
}

TEST(ParserTest, TheLastLineNeedsNoEnd) { EXPECT_EQ(Parse("seed 5").seed, 5U); }

TEST(ParserTest, ATextOfTheGreatestSizeIsRead) {
  std::string text(kMaxScenarioLines - 1, '\n');
  text += "#" + std::string(kMaxScenarioBytes - text.size() - 2, ' ') + "\n";
  EXPECT_THAT(Parse(text).steps, IsEmpty());
}

}  // namespace
}  // namespace chathttp::sim

#include "chathttp/sim/run/run.h"

#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chathttp::sim {

namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::Ge;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Key;
using testing::Not;
using testing::Pair;

testing::Matcher<const Violation&> Violates(const std::string& invariant,
                                            const std::string& message) {
  return AllOf(Field(&Violation::invariant, invariant),
               Field(&Violation::message, HasSubstr(message)));
}

constexpr char kConversation[] = R"(
scenario conversation
seed 7
mode clean
net * latency uniform(1ms..20ms) chunk 1..100
clients alice bob
peers carol
@0    * connect
@1s   alice add                       expect 200 "OK...^.^"
@2s   bob add
@2.5s carol add
@3s   alice say "Hello, everyone!"    expect 200 "[ alice ] : Hello, everyone!\n"
@4s   bob list                        expect 200 "Online users:\nwitness\nalice\nbob\ncarol\n"
@5s   carol say "Hi" x3 every 100ms
@6s   bob leave                       expect 200 "OK...^.^"
@7s   carol say "He is gone"
expect alice sees 5 messages
expect bob sees 4 messages
expect server evicted 0
)";

// Alice and carol post for ten seconds, with bob as a reader, while `fault` is active.
std::string Talk(const std::string& fault, const std::string& seed = "11") {
  return absl::StrCat("scenario talk\nseed ", seed, R"(
mode faulty
net * latency uniform(1ms..5ms)
clients alice bob
peers carol dave
@0    alice,bob,carol connect
@10ms alice,bob,carol add
@1s   alice say "one" x100 every 100ms
@1s   carol say "two" x100 every 100ms
)",
                      fault, "\nheal @20s\nsettle 90s\n");
}

TEST(Run, AConversationGoesWell) {
  const RunResult result = RunScenario(kConversation);
  EXPECT_THAT(result.violations, IsEmpty());
  EXPECT_GE(result.deliveries, 15U);
  EXPECT_GE(result.simulated, absl::Seconds(67));
  EXPECT_GE(result.checkpoints.size(), 67U);
}

TEST(Run, ATextThatDoesNotParseIsAViolation) {
  EXPECT_THAT(RunScenario("scenario broken\n@soon alice add\n").violations,
              ElementsAre(Violates("scenario", "scenario:2:1")));
}

TEST(Run, AnExpectationThatIsNotMetIsAViolation) {
  const RunResult result = RunScenario(absl::StrCat(kConversation, "expect bob sees 5 messages\n"));
  EXPECT_THAT(result.violations,
              ElementsAre(Violates("expectation", "expected 5 messages, got 4")));
}

TEST(Run, TheSameScenarioGivesTheSameDigests) {
  const std::string text = Talk("@2s swizzle * over 3s");
  const RunResult one = RunScenario(text);
  const RunResult other = RunScenario(text);
  EXPECT_EQ(one.digest, other.digest);
  EXPECT_EQ(one.checkpoints, other.checkpoints);
  EXPECT_EQ(one.events, other.events);
}

TEST(Run, RunsOnSeveralThreadsAreIndependent) {
  const std::string text = Talk("@2s swizzle * over 3s");
  const RunResult alone = RunScenario(text);
  std::vector<RunResult> results(2);
  std::vector<std::thread> threads;
  threads.reserve(results.size());
  for (RunResult& result : results) {
    threads.emplace_back([&result, &text] { result = RunScenario(text); });
  }
  for (std::thread& thread : threads) thread.join();
  for (const RunResult& result : results) {
    EXPECT_EQ(result.digest, alone.digest);
    EXPECT_EQ(result.marks, alone.marks);
  }
}

TEST(Run, AnotherSeedCutsStreamsElsewhere) {
  EXPECT_NE(RunScenario(Talk("", "1")).digest, RunScenario(Talk("", "2")).digest);
}

TEST(Run, AFaultWithoutEffectIsAViolation) {
  const RunResult result = RunScenario(Talk("@18s link dave->server clog 1s"));
  EXPECT_THAT(
      result.violations,
      ElementsAre(Violates("effect",
                           "an effect of clog of dave->server, got none: no byte was on its way")));
}

TEST(Run, FaultsMayBeAllowedToHaveNoEffect) {
  EXPECT_THAT(RunScenario(Talk("effects optional\n@18s link dave->server clog 1s")).violations,
              IsEmpty());
}

struct FaultCase {
  std::string word;
  std::string lines;
};

void PrintTo(const FaultCase& fault, std::ostream* out) { *out << fault.lines; }

class FaultTest : public testing::TestWithParam<FaultCase> {};

TEST_P(FaultTest, TakesEffectAndIsHealed) {
  const RunResult result = RunScenario(Talk(GetParam().lines));
  EXPECT_THAT(result.violations, IsEmpty());
  EXPECT_THAT(result.effects, Contains(Pair(GetParam().word, Ge(1U))));
}

INSTANTIATE_TEST_SUITE_P(
    Run, FaultTest,
    testing::Values(
        FaultCase{"pause-reading", "@2s bob pause-reading\n@5s bob resume-reading"},
        FaultCase{"reset", "@2s carol reset\n@4s carol connect\n@5s carol add"},
        FaultCase{"reset", "@2s bob reset\n@4s bob connect\n@5s bob add"},
        FaultCase{"clog", "@2s link alice->server clog 3s"},
        FaultCase{"clog", "@2s link server->* clog 1h"},
        FaultCase{"blackhole", "@2s link server->carol blackhole 3s"},
        FaultCase{"blackhole", "@9s link dave->server blackhole 3s\n@10s dave connect"},
        FaultCase{"bandwidth", "@2s link server->bob bandwidth 100 for 1h"},
        FaultCase{"latency", "@2s link carol->server latency +10s for 1h"},
        FaultCase{"latency", "@9s link server->dave latency +20m for 1h\n@10s dave connect"},
        FaultCase{"cut", "@2s link carol->server cut\n@4s carol connect\n@5s carol add"},
        FaultCase{"partition", "@2s partition alice,bob|server,carol for 3s"},
        FaultCase{"swizzle", "@2s swizzle * over 4s"}, FaultCase{"wall", "@2s server wall -1h"},
        FaultCase{"descriptors", "@2s server descriptors 1 for 10s\n@3s dave connect"}),
    [](const testing::TestParamInfo<FaultCase>& fault) {
      std::string name = absl::StrCat(fault.param.word, fault.index);
      std::erase(name, '-');
      return name;
    });

TEST(Run, OverlappingFaultsEndOneByOne) {
  const RunResult result = RunScenario(
      Talk("@2s link alice->server clog 3s\n@3s link alice->server clog 4s\n"
           "@3s link alice->server blackhole 2s\n@4s link alice->server latency +1s for 5s"));
  EXPECT_THAT(result.violations, IsEmpty());
}

TEST(Run, WhoConnectsThroughABlackHoleIsLate) {
  const RunResult result = RunScenario(
      Talk("@2s link dave->server blackhole 10s\n@3s dave connect\n@3s dave add expect 200"));
  EXPECT_THAT(result.violations, IsEmpty());
}

TEST(Run, WhoReconnectsIsAMemberAgain) {
  const RunResult result =
      RunScenario(Talk("@0 dave connect\n@1s dave add\n@2s dave reset\n"
                       "@4s dave connect\n@5s dave add expect 200 \"OK...^.^\""));
  EXPECT_THAT(result.violations, IsEmpty());
}

TEST(Run, ASlowConsumerIsEvicted) {
  const RunResult result = RunScenario(R"(
scenario slow
mode faulty
limit backlog 32K
net * rcvbuf 4K sndbuf 4K
clients alice
peers bob
@0  * connect
@1s * add
@2s bob pause-reading
@3s alice say "To be or not to be" x400 every 1ms
@9s bob resume-reading
expect server evicted 1
expect alice sees 400 messages
)");
  EXPECT_THAT(result.violations, IsEmpty());
}

TEST(Run, ManyClientsMayActAtOneInstant) {
  const RunResult result = RunScenario(R"(
scenario crowd
mode clean
limit backlog 4M
clients c[1..200]
@0  * connect
@1s * add
@2s * say "Hi"
settle 10s
expect * sees 200 messages
)");
  EXPECT_THAT(result.violations, IsEmpty());
}

TEST(Run, AnEndlessWriteIsStuck) {
  RunOptions options;
  options.max_port_bytes = 100'000;
  const RunResult result = RunScenario(Talk(""), options);
  EXPECT_THAT(result.violations, ElementsAre(Violates("stuck", "an endless write")));
}

TEST(Run, AServerMayStopInTheMiddle) {
  const RunResult result = RunScenario(R"(
scenario stop
mode clean
net * latency 10ms
clients alice
peers bob carol
@0  alice,bob connect
@1s alice,bob add
@2s server stop
@3s carol connect
)");
  EXPECT_THAT(result.violations, IsEmpty());
}

TEST(Run, HostileFaultsOutlastTheRun) {
  const RunResult result = RunScenario(R"(
scenario hostile
mode hostile
limit stall 2s
clients alice
peers bob
@0  * connect
@1s * add
@2s link server->bob clog 100h
@3s alice say "Anyone there?" x100 every 10ms
)");
  EXPECT_THAT(result.violations, IsEmpty());
  EXPECT_THAT(result.effects, Contains(Pair("clog", Ge(1U))));
}

TEST(Run, SpuriousNoticesComeUnlessTheModeIsClean) {
  EXPECT_THAT(RunScenario(Talk("")).effects, Contains(Pair("spurious", Ge(1U))));
  EXPECT_THAT(RunScenario(kConversation).effects, Not(Contains(Key("spurious"))));
}

TEST(Run, SixteenMembersTalkForAnHour) {
  const RunResult result = RunScenario(R"(
scenario hour
mode clean
net * latency exp(10ms) min 1ms chunk 100..1400
clients c[1..8]
peers p[1..8]
@0  * connect
@1s * add
@2s * say "tick" x225 every 16s
expect * sees 3600 messages
)");
  EXPECT_THAT(result.violations, IsEmpty());
  EXPECT_GE(result.simulated, absl::Hours(1) - absl::Seconds(20));
  EXPECT_GE(result.deliveries, 16U * 3600);
}

TEST(Trace, TellsWhatCrossesThePorts) {
  std::vector<std::string> lines;
  RunOptions options;
  options.trace = [&](const TraceEvent& event) {
    if (event.who == "carol") lines.push_back(absl::StrCat(event.what, " ", event.detail));
  };
  RunScenario(R"(
scenario trace
mode faulty
peers carol
@0  carol connect
@1s carol add
@2s link carol->server clog 3s
@2s carol say "Hi"
@6s carol close
)",
              options);
  EXPECT_THAT(lines,
              ElementsAre("connecting ", "connected ", "received 202 test", "sent ADD carol ",
                          "received 200 OK...^.^", "fault clog", "sent POST carol Hi",
                          "fault-over clog", "received 200 [ carol ] : Hi", "closed "));
}

TEST(Trace, TellsWhyTheServerEndedAConnection) {
  std::vector<std::string> lines;
  RunOptions options;
  options.trace = [&](const TraceEvent& event) {
    if (event.who != "server" || !event.peer.empty()) return;
    lines.push_back(
        absl::StrCat(absl::FormatDuration(event.at), " ", event.what, " ", event.detail));
  };
  RunScenario(R"(
mode faulty
limit login 2s
peers alice bob carol
@0  alice,bob connect
@1s bob add
@1s alice close
@3s server restart
@4s carol connect
@5s server stop
settle 5s
)",
              options);
  EXPECT_THAT(lines, ElementsAre("1s ended alice: end of stream", "3s restart ", "5s stop "));
}

TEST(Trace, TellsWhatTheServerReadsAndWrites) {
  std::vector<std::string> lines;
  RunOptions options;
  options.trace = [&](const TraceEvent& event) {
    if (event.peer != "carol") return;
    lines.push_back(
        absl::StrCat(absl::FormatDuration(event.at), " ", event.what, " ", event.detail));
  };
  const char scenario[] = R"(
scenario trace
mode clean
net * latency 10ms
peers carol
@0  carol connect
@1s carol add
@2s carol say "Hi"
@3s carol close
)";
  const RunResult traced = RunScenario(scenario, options);
  EXPECT_THAT(lines.size(), 5U);
  EXPECT_THAT(lines[1], testing::ContainsRegex("^1.01.*s read ADD carol $"));
  EXPECT_THAT(lines[4], testing::ContainsRegex("^2.01.*s wrote 200 . carol . : Hi$"));
  EXPECT_EQ(traced.digest, RunScenario(scenario).digest);
}

}  // namespace
}  // namespace chathttp::sim

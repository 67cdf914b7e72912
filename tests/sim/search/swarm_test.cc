#include "chathttp/sim/search/swarm.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "chathttp/sim/scenario/grammar.h"
#include "chathttp/sim/scenario/parser.h"
#include "chathttp/sim/search/generator.h"
#include "chathttp/sim/search/report.h"
#include "chathttp/sim/search/seeds.h"
#include "chathttp/transport/ports/mark.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chathttp::sim {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

SeedResult ResultOf(std::uint64_t seed, const std::vector<Violation>& violations = {}) {
  SeedResult result;
  result.seed = seed;
  result.run.digest = seed * 17;
  result.run.events = 10 * seed;
  result.run.deliveries = seed;
  result.run.simulated = absl::Seconds(seed);
  result.run.effects["clog"] = seed;
  result.run.marks["throttled"] = 1;
  result.run.violations = violations;
  return result;
}

std::vector<std::uint64_t> SeedsOf(const Swarm& swarm) {
  std::vector<std::uint64_t> seeds;
  for (const Finding& finding : swarm.findings) seeds.push_back(finding.seed);
  return seeds;
}

Swarm SwarmOf(std::uint64_t first, std::uint64_t last) {
  Swarm swarm;
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    const std::vector<Violation> odd = {{"order", "odd"}};
    swarm.Add(ResultOf(seed, seed % 2 == 1 ? odd : std::vector<Violation>()));
  }
  return swarm;
}

TEST(Swarm, SumsUp) {
  const Swarm swarm = SwarmOf(1, 3);
  EXPECT_EQ(swarm.scenarios, 3U);
  EXPECT_EQ(swarm.events, 60U);
  EXPECT_EQ(swarm.deliveries, 6U);
  EXPECT_EQ(swarm.simulated, absl::Seconds(6));
  EXPECT_EQ(swarm.effects.at("clog"), 6U);
  EXPECT_EQ(swarm.marks.at("throttled"), 3U);
  EXPECT_THAT(SeedsOf(swarm), ElementsAre(1, 3));
}

TEST(Swarm, PartsMakeTheWhole) {
  const Swarm whole = SwarmOf(1, 9);
  Swarm merged = SwarmOf(1, 4);
  merged.Merge(SwarmOf(5, 9));
  EXPECT_EQ(DescribeSwarm(merged), DescribeSwarm(whole));
  EXPECT_EQ(DescribeCensus(merged), DescribeCensus(whole));
  EXPECT_EQ(SeedsOf(merged), SeedsOf(whole));
}

TEST(Swarm, TheDigestKnowsEachRun) {
  Swarm swarm = SwarmOf(1, 3);
  SeedResult other = ResultOf(3);
  other.run.digest = 1;
  Swarm different = SwarmOf(1, 2);
  different.Add(other);
  EXPECT_NE(swarm.digest, different.digest);
}

TEST(Coverage, WhatWasNeverReachedIsAGap) {
  const std::vector<std::string> gaps = CoverageGaps(SwarmOf(1, 1));
  EXPECT_THAT(gaps, Contains("effect reset"));
  EXPECT_THAT(gaps, Contains("mark guard-reached"));
  EXPECT_THAT(gaps, Not(Contains("effect clog")));
  EXPECT_THAT(gaps, Not(Contains("mark throttled")));
}

TEST(Coverage, IsJudgedOnlyIfAsked) {
  Swarm swarm;
  swarm.Add(ResultOf(1));
  EXPECT_EQ(VerdictOf(swarm, true), Verdict::kGap);
  EXPECT_EQ(VerdictOf(swarm, false), Verdict::kOk);
}

TEST(Verdicts, NondeterminismIsWorseThanAll) {
  EXPECT_EQ(VerdictOf(std::vector<Violation>{}), Verdict::kOk);
  EXPECT_EQ(VerdictOf(std::vector<Violation>{{"order", ""}}), Verdict::kBroken);
  EXPECT_EQ(VerdictOf(std::vector<Violation>{{"order", ""}, {kDeterminism, ""}}),
            Verdict::kNondeterministic);
  EXPECT_EQ(Worse(Verdict::kGap, Verdict::kBroken), Verdict::kBroken);
  EXPECT_EQ(Worse(Verdict::kNondeterministic, Verdict::kGap), Verdict::kNondeterministic);
}

TEST(BreaksAlike, AnExpectationFailsInTheSameWay) {
  const auto scenario = [](const std::string& lines) {
    return *ParseScenario("peers a b\n@0 * connect\n@0 * add\n" + lines, "test");
  };
  const Scenario twice = scenario("@1s a say \"x\"\n@2s a say \"y\"\nexpect b sees 9 messages\n");
  const Violation violation = sim::Run(twice).violations.front();
  EXPECT_TRUE(BreaksAlike(twice, violation));
  EXPECT_TRUE(BreaksAlike(scenario("@1s a say \"x\"\nexpect b sees 9 messages\n"), violation));
  EXPECT_FALSE(BreaksAlike(scenario("expect b sees 9 messages\n"), violation));
  EXPECT_FALSE(BreaksAlike(scenario("@1s a say \"x\"\nexpect a hears \"y\"\n"), violation));
}

TEST(BreaksAlike, TheNearestResponseDoesNotMatter) {
  const auto scenario = [](const std::string& lines) {
    return *ParseScenario("peers a\n@0 a connect\n" + lines + "expect a hears \"Hello\"\n", "test");
  };
  const Violation violation =
      sim::Run(scenario("@0 a add\n@1s a say \"Help\"\n")).violations.front();
  EXPECT_THAT(violation.message, testing::HasSubstr("nearest \"[ a ] : Help"));
  EXPECT_TRUE(BreaksAlike(scenario(""), violation));
}

TEST(RunSeed, IsTheSameAgain) {
  const SeedResult one = RunSeed(3, std::nullopt);
  const SeedResult again = RunSeed(3, std::nullopt);
  EXPECT_EQ(one.run.digest, again.run.digest);
  EXPECT_EQ(one.run.events, again.run.events);
  EXPECT_EQ(one.run.marks, again.run.marks);
}

TEST(RunSeed, KeepsTheMode) { EXPECT_EQ(RunSeed(3, Mode::kHostile).mode, Mode::kHostile); }

TEST(Report, AFindingIsALineForEachInvariant) {
  const Finding finding{7, {{"order", "one"}, {"list", "two"}, {"order", "three"}}};
  EXPECT_EQ(DescribeFinding(finding), "seed 7: order: one\nseed 7: list: two\n");
}

TEST(Report, ATestSnippetHoldsTheScenario) {
  const std::string snippet = TestSnippet("Seed7", Generate(7));
  EXPECT_THAT(snippet, HasSubstr("TEST(Scenario, Seed7)"));
  EXPECT_THAT(snippet, HasSubstr("RunScenario(R\"chat(\nscenario seed-7\n"));
}

TEST(Report, AFileSaysWhatItBreaks) {
  EXPECT_THAT(AsFile(Generate(7), {{"order", "alice#0", 5}}, "a.chat"),
              testing::StartsWith("# order: line 7: alice#0\n"
                                  "# replay it with: chat_sim run a.chat\nscenario seed-7\n"));
}

TEST(Report, AViolationSaysWhereAndEscapesBytes) {
  EXPECT_EQ(Describe({"order", "got \x1b[2J", 12, "alice", absl::Seconds(1)}),
            "order: line 12: alice at 1s: got \\x1b[2J");
  EXPECT_EQ(Describe({"order", "lost", 12, "", absl::Seconds(1), "a_test.cc", 40}),
            "order: a_test.cc:40: line 12: at 1s: lost");
  EXPECT_EQ(Describe({"order", "lost"}), "order: lost");
}

TEST(Report, AReplayNamesTheModeIfItWasGiven) {
  EXPECT_EQ(ReplayOf(17, std::nullopt), "chat_sim trace 17");
  EXPECT_EQ(ReplayOf(17, Mode::kHostile), "chat_sim trace --mode=hostile 17");
}

TEST(Seeds, AreANumberOrARange) {
  EXPECT_EQ(ParseSeeds("1..4096"), (SeedRange{1, 4096}));
  EXPECT_EQ(ParseSeeds("17"), (SeedRange{17, 17}));
  for (const char* wrong :
       {"", "x", "2..1", "1..", "..2", "-1", "1..2..3", "18446744073709551616"}) {
    EXPECT_EQ(ParseSeeds(wrong), std::nullopt) << wrong;
  }
}

TEST(Modes, AreTheWordsOfTheLanguage) {
  EXPECT_EQ(ParseMode("hostile"), Mode::kHostile);
  EXPECT_EQ(ParseMode("Hostile"), std::nullopt);
}

}  // namespace
}  // namespace chathttp::sim

#include "chathttp/sim/search/shrinker.h"

#include <algorithm>
#include <cstddef>
#include <string>

#include "chathttp/sim/scenario/parser.h"
#include "chathttp/sim/scenario/printer.h"
#include "chathttp/sim/search/generator.h"
#include "chathttp/sim/search/shrinker_cast.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chathttp::sim {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

Scenario Parse(const std::string& text) {
  absl::StatusOr<Scenario> scenario = ParseScenario(text, "test");
  EXPECT_TRUE(scenario.ok()) << scenario.status().message();
  return scenario.ok() ? *std::move(scenario) : Scenario();
}

bool Has(const Scenario& scenario, Verb verb) {
  return std::any_of(scenario.steps.begin(), scenario.steps.end(),
                     [&](const Step& step) { return step.verb == verb; });
}

// The first seed whose scenario has both verbs.
Scenario GenerateWith(Verb one, Verb other) {
  for (std::uint64_t seed = 1;; ++seed) {
    Scenario scenario = Generate(seed);
    if (Has(scenario, one) && Has(scenario, other)) return scenario;
  }
}

TEST(Shrinker, LeavesOnlyTheLinesThatMatter) {
  const Scenario shrunk =
      Shrink(GenerateWith(Verb::kReset, Verb::kSwizzle), [](const Scenario& candidate) {
        return Has(candidate, Verb::kReset) && Has(candidate, Verb::kSwizzle);
      });
  EXPECT_THAT(shrunk.steps, SizeIs(2));
  EXPECT_THAT(shrunk.nets, IsEmpty());
  EXPECT_THAT(shrunk.limits, IsEmpty());
  EXPECT_EQ(shrunk.clients.size() + shrunk.peers.size(), 1U);
}

TEST(Shrinker, LeavesAsFewServersAsAFaultOfTheirLogNeeds) {
  const Scenario shrunk =
      Shrink(GenerateWith(Verb::kLogClog, Verb::kPause),
             [](const Scenario& candidate) { return Has(candidate, Verb::kLogClog); });
  EXPECT_THAT(shrunk.steps, SizeIs(1));
  EXPECT_EQ(shrunk.steps.front().who, "server");
  EXPECT_THAT(shrunk.nets, IsEmpty());
  EXPECT_THAT(shrunk.limits, SizeIs(1));
  EXPECT_EQ(ServersOf(shrunk), 2U);
}

TEST(Shrinker, MakesNumbersAsSmallAsTheyMayBe) {
  const Scenario scenario = Parse(
      "clients alice\n"
      "@1.234s alice say \"some text\" x837 every 13ms\n");
  const Scenario shrunk = Shrink(scenario, [](const Scenario& candidate) {
    return !candidate.steps.empty() && candidate.steps[0].count >= 100;
  });
  ASSERT_THAT(shrunk.steps, SizeIs(1));
  EXPECT_EQ(shrunk.steps[0].count, 100);
  EXPECT_EQ(shrunk.steps[0].at, absl::ZeroDuration());
  EXPECT_EQ(shrunk.steps[0].every, absl::ZeroDuration());
  EXPECT_EQ(shrunk.steps[0].text.size(), 1U);
}

TEST(Shrinker, MakesReactionsAsSimpleAsTheyMayBe) {
  const Scenario scenario = Parse(
      "clients alice bob\n"
      "@1s alice say \"some text\" x5 every 5ms..13ms stagger 2ms..3ms\n"
      "when bob hears \"*text*\" each time after 1.25s do alice list\n");
  const Scenario shrunk = Shrink(scenario, [](const Scenario& candidate) {
    return candidate.steps.size() == 2 && candidate.steps[1].when &&
           candidate.steps[0].count >= 2 && candidate.clients.size() == 2;
  });
  EXPECT_EQ(PrintStep(shrunk.steps[0]), "@0      alice say \"x\" x2");
  EXPECT_EQ(PrintStep(shrunk.steps[1]), "when bob hears \"*\" do alice list");
}

TEST(Shrinker, TakesWholeRequestsOutOfRawBytes) {
  const Scenario scenario = Parse(
      "peers bob\n"
      "@0 raw bob \"GET h HTTP/1.1\\nUser_Agent: a\\n\\nADD h HTTP/1.1\\nUser_Agent: b\\n\\n"
      "GET h HTTP/1.1\\nUser_Agent: c\\n\\n\"\n");
  const Scenario shrunk = Shrink(scenario, [](const Scenario& candidate) {
    return !candidate.steps.empty() &&
           candidate.steps[0].text.find("ADD h HTTP/1.1\nUser_Agent: b\n\n") != std::string::npos;
  });
  EXPECT_EQ(shrunk.steps[0].text, "ADD h HTTP/1.1\nUser_Agent: b\n\n");
}

TEST(Shrinker, MovesStepsTogether) {
  const Scenario scenario = Parse(
      "clients alice bob\n"
      "@3s alice connect\n"
      "@7s bob connect\n");
  const Scenario shrunk =
      Shrink(scenario, [](const Scenario& candidate) { return candidate.clients.size() == 2; });
  EXPECT_THAT(shrunk.steps, IsEmpty());
  const Scenario kept = Shrink(scenario, [](const Scenario& candidate) {
    return !candidate.steps.empty() && candidate.clients.size() == 2 &&
           ExpandNames(candidate.steps.back().who, candidate.clients).back() == "bob";
  });
  ASSERT_THAT(kept.steps, SizeIs(1));
  EXPECT_EQ(kept.steps[0].at, absl::ZeroDuration());
}

TEST(Shrinker, KeepsThePredicate) {
  const auto long_text = [](const Scenario& candidate) {
    return PrintScenario(candidate).size() % 7 == 3;
  };
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Scenario scenario = Generate(seed);
    if (!long_text(scenario)) continue;
    EXPECT_TRUE(long_text(Shrink(scenario, long_text))) << "seed " << seed;
  }
}

TEST(Shrinker, GivesBackWhatCannotShrink) {
  const Scenario scenario = Generate(5);
  EXPECT_EQ(Shrink(scenario, [&](const Scenario& candidate) { return candidate == scenario; }),
            scenario);
}

TEST(Shrinker, AsksNoMoreOftenThanItMay) {
  std::size_t asked = 0;
  const Scenario shrunk = Shrink(
      Generate(9),
      [&](const Scenario&) {
        ++asked;
        return true;
      },
      3);
  EXPECT_EQ(asked, 3U);
}

TEST(Shrinker, AsksOnlyAboutScenariosThatCanBeRead) {
  const Scenario shrunk = Shrink(Generate(11), [](const Scenario& candidate) {
    EXPECT_TRUE(ParseScenario(PrintScenario(candidate), "candidate").ok());
    return candidate.steps.size() % 3 != 0;
  });
  EXPECT_NE(shrunk.steps.size() % 3, 0u);
}

TEST(Shrinker, IsAFunctionOfScenarioAndPredicate) {
  const auto has_many = [](const Scenario& candidate) { return candidate.steps.size() > 4; };
  EXPECT_EQ(Shrink(Generate(13), has_many), Shrink(Generate(13), has_many));
}

TEST(Cast, WithoutSomebodyNothingIsLeftThatOnlyTheyDo) {
  const Scenario scenario = Parse(
      "clients alice\npeers bob\n"
      "net bob latency 1ms\n"
      "@0 alice,bob connect\n"
      "@1s bob add\n"
      "@1s link bob->server clog 1s\n"
      "@1s partition alice,bob|server for 1s\n"
      "@1s swizzle bob over 1s\n"
      "when bob hears \"*\" do alice list\n"
      "when alice,bob hears \"*\" do bob list\n"
      "expect bob sees 1 messages\n");
  const Scenario without = Without(scenario, "bob");
  EXPECT_THAT(without.peers, IsEmpty());
  EXPECT_THAT(without.nets, IsEmpty());
  EXPECT_THAT(without.expectations, IsEmpty());
  ASSERT_THAT(without.steps, SizeIs(2));
  EXPECT_EQ(without.steps[0].who, "alice");
  EXPECT_EQ(without.steps[1].who, "alice|server");
}

TEST(Cast, WithoutSomebodyOfARangeTheOthersAreLeft) {
  const Scenario without = Without(Parse("clients d[1..5]\n@1s d[1..5] list\n"), "d2");
  ASSERT_THAT(without.steps, SizeIs(1));
  EXPECT_EQ(without.steps[0].who, "d1,d[3..5]");
}

TEST(Cast, StepsThatDifferInWhoOnlyAreJoined) {
  const Scenario joined =
      Joined(Parse("clients alice bob carol\n"
                   "@0 alice connect\n"
                   "@0 bob connect\n"
                   "@1s carol connect\n"));
  ASSERT_THAT(joined.steps, SizeIs(2));
  EXPECT_EQ(joined.steps[0].who, "alice,bob");
}

}  // namespace
}  // namespace chathttp::sim

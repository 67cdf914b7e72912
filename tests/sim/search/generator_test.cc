#include "chathttp/sim/search/generator.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "chathttp/sim/network/digest.h"
#include "chathttp/sim/scenario/grammar.h"
#include "chathttp/sim/scenario/parser.h"
#include "chathttp/sim/scenario/printer.h"
#include "chathttp/sim/search/generator_plan.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chathttp::sim {
namespace {

constexpr std::uint64_t kSeeds = 2'000;

// How many of kSeeds seeds satisfy the predicate.
template <class Property>
std::size_t CountSeeds(Property property) {
  std::size_t count = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) count += property(seed) ? 1 : 0;
  return count;
}

bool HasFault(const Scenario& scenario) {
  for (const Step& step : scenario.steps) {
    if (ShapeOf(step.verb).fault) return true;
  }
  return false;
}

TEST(Generator, IsAFunctionOfTheSeed) {
  EXPECT_EQ(Generate(7), Generate(7));
  EXPECT_NE(Generate(7), Generate(8));
}

TEST(Generator, EachTextMeansWhatWasGenerated) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    const Scenario generated = Generate(seed);
    absl::StatusOr<Scenario> read = ParseScenario(PrintScenario(generated), "generated");
    ASSERT_TRUE(read.ok()) << "seed " << seed << ": " << read.status().message();
    for (Step& step : read->steps) step.line = 0;
    ASSERT_EQ(*read, generated) << "seed " << seed;
  }
}

// The scenario does not depend on the compiler, such as on the order of evaluation of arguments.
TEST(Generator, TheTextsAreTheSameEverywhere) {
  Digest digest;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    digest.AddBytes(PrintScenario(Generate(seed, std::nullopt)));
  }
  EXPECT_EQ(digest.value(), 8842264711845487921U);
}

TEST(Generator, AQuarterOfTheSeedsIsClean) {
  const std::size_t clean =
      CountSeeds([](std::uint64_t seed) { return Generate(seed).mode == Mode::kClean; });
  EXPECT_NEAR(static_cast<double>(clean), kSeeds * 0.25, kSeeds * 0.05);
}

TEST(Generator, SomeSeedsAreHostile) {
  const std::size_t hostile =
      CountSeeds([](std::uint64_t seed) { return Generate(seed).mode == Mode::kHostile; });
  EXPECT_NEAR(static_cast<double>(hostile), kSeeds * 0.125, kSeeds * 0.033);
}

TEST(Generator, CleanSeedsHaveNoFaults) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    ASSERT_FALSE(HasFault(Generate(seed, Mode::kClean))) << "seed " << seed;
  }
}

TEST(Generator, AModeThatIsGivenHolds) {
  for (const Mode mode : {Mode::kClean, Mode::kFaulty, Mode::kHostile}) {
    EXPECT_EQ(Generate(3, mode).mode, mode);
  }
}

TEST(Generator, EachFamilyIsOffForAboutHalfOfTheSeeds) {
  for (std::size_t family = 0; family < kFamilies; ++family) {
    const std::size_t on =
        CountSeeds([&](std::uint64_t seed) { return MakePlan(seed, Mode::kFaulty).on[family]; });
    EXPECT_NEAR(static_cast<double>(on), kSeeds * 0.5, kSeeds * 0.05) << "family " << family;
  }
}

TEST(Generator, EachVerbHappens) {
  std::array<std::size_t, 40> seen = {};
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    for (const Step& step : Generate(seed).steps) ++seen[static_cast<std::size_t>(step.verb)];
  }
  for (const VerbShape& shape : Verbs()) {
    EXPECT_GT(seen[static_cast<std::size_t>(shape.verb)], 0U) << shape.word;
  }
}

TEST(Generator, SomeSeedsHaveSessions) {
  const std::size_t with_sessions =
      CountSeeds([](std::uint64_t seed) { return !Generate(seed).sessions.empty(); });
  EXPECT_NEAR(static_cast<double>(with_sessions), kSeeds * 0.2, kSeeds * 0.06);
}

TEST(Generator, AThirdOfTheRoomsOfOneServerHasReturns) {
  std::size_t one_server = 0;
  std::size_t with_returns = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const Scenario scenario = Generate(seed);
    if (ServersOf(scenario) > 1) continue;
    ++one_server;
    with_returns += LimitOr(scenario, "resumable", 0) > 0 ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(with_returns) / static_cast<double>(one_server), 1.0 / 3, 0.06);
}

TEST(Generator, AThirdOfTheRoomsOfOneServerHasAJournal) {
  std::size_t one_server = 0;
  std::map<JournalSetting::Sync, std::size_t> journals;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const Scenario scenario = Generate(seed);
    if (ServersOf(scenario) > 1) continue;
    ++one_server;
    if (scenario.journal) ++journals[scenario.journal->sync];
  }
  const auto part = [&](JournalSetting::Sync sync) {
    return static_cast<double>(journals[sync]) / static_cast<double>(one_server);
  };
  EXPECT_NEAR(part(JournalSetting::Sync::kAlways), 1.0 / 6, 0.05);
  EXPECT_NEAR(part(JournalSetting::Sync::kInterval), 1.0 / 12, 0.04);
  EXPECT_NEAR(part(JournalSetting::Sync::kNever), 1.0 / 12, 0.04);
}

TEST(Generator, CastsAreOfTwoToSixteenAndCrowdsOf64To200) {
  std::array<std::size_t, 18> casts = {};
  std::size_t crowds = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const Scenario scenario = Generate(seed);
    const Plan plan = MakePlan(seed, std::nullopt);
    const std::size_t cast = plan.names.size();
    // Some members of one address may be there besides, and one that goes from server to server.
    const std::size_t near = ExpandNames("near*", scenario.peers).size();
    const std::size_t roamers = ExpandNames("roamer*", scenario.peers).size();
    ASSERT_EQ(scenario.Participants().size(), cast + plan.crowd.size() + near + roamers);
    ASSERT_GE(cast, 2U);
    ASSERT_LE(cast, 16U);
    ++casts[cast];
    if (plan.crowd.empty()) continue;
    ++crowds;
    ASSERT_GE(plan.crowd.size(), 64U);
    ASSERT_LE(plan.crowd.size(), 200U);
  }
  for (std::size_t cast = 2; cast <= 16; ++cast) EXPECT_GT(casts[cast], 0U) << cast;
  EXPECT_NEAR(static_cast<double>(crowds), kSeeds * 0.01, kSeeds * 0.006);
}

TEST(Generator, MembersReturnToOtherServersInSomeRoomsWithSeveral) {
  std::size_t several = 0;
  std::size_t with_roamer = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const Scenario scenario = Generate(seed);
    if (ServersOf(scenario) == 1) continue;
    ++several;
    const auto returns = [](const Step& step) {
      return step.verb == Verb::kResume && step.session.of.starts_with("roamer") &&
             step.session.of != step.who;
    };
    with_roamer += std::any_of(scenario.steps.begin(), scenario.steps.end(), returns) ? 1 : 0;
  }
  EXPECT_GT(with_roamer * 5, several);
}

TEST(Generator, StepsAreInOrderOfTime) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    absl::Duration last;
    for (const Step& step : Generate(seed).steps) {
      ASSERT_GE(step.at, last) << "seed " << seed;
      last = step.at;
    }
  }
}

}  // namespace
}  // namespace chathttp::sim

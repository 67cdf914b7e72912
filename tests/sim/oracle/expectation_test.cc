// The oracle checks the expectations of a scenario.
#include <optional>
#include <string>
#include <utility>

#include "tests/sim/oracle/fixture.h"

namespace chathttp::sim {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;

class ExpectationTest : public OracleTest {
 protected:
  void SetUp() override { Play(kConversation); }

  // Expects a reply to the step with this verb and text.
  void Expect(Verb verb, const std::string& who, const std::string& text, int code,
              std::optional<std::string> entity = std::nullopt, bool then_end = false) {
    for (Step& step : scenario.steps) {
      if (step.verb != verb || step.text != text || !step.who.ends_with(who)) continue;
      step.expected.emplace();
      step.expected->code = code;
      step.expected->entity = std::move(entity);
      step.expected->then_end = then_end;
      return;
    }
    ADD_FAILURE() << "there is no such step";
  }
};

TEST_F(ExpectationTest, RepliesAsExpectedAreNoViolation) {
  Expect(Verb::kConnect, "*", "", 202, "test");
  Expect(Verb::kAdd, "bob", "", 200, "OK...^.^");
  Expect(Verb::kAdd, "carol", "alice", 401);
  Expect(Verb::kSay, "alice", "two", 200, "[ alice ] : two\n");
  Expect(Verb::kList, "alice", "", 200);
  Expect(Verb::kLeave, "bob", "", 200);
  Expect(Verb::kRaw, "carol", "POST h HTTP/1.1\nUser_Agent : carol\n", 400, std::nullopt, true);
  EXPECT_THAT(Violated(), IsEmpty()) << messages;
}

TEST_F(ExpectationTest, AnotherCodeIsReported) {
  Expect(Verb::kAdd, "bob", "", 401);
  EXPECT_THAT(Violated(), Contains("expectation"));
}

TEST_F(ExpectationTest, AnotherEntityIsReported) {
  Expect(Verb::kSay, "alice", "two", 200, "[ alice ] : too\n");
  EXPECT_THAT(Violated(), Contains("expectation"));
}

TEST_F(ExpectationTest, AnEndThatDoesNotComeIsReported) {
  Expect(Verb::kSay, "alice", "two", 200, std::nullopt, true);
  EXPECT_THAT(Violated(), Contains("expectation"));
}

TEST_F(ExpectationTest, AStepThatWasNeverTakenIsReported) {
  Step step = scenario.steps.front();
  step.verb = Verb::kSay;
  step.who = "alice";
  step.text = "never";
  step.expected.emplace();
  step.expected->code = 200;
  scenario.steps.push_back(step);
  EXPECT_THAT(Violated(), Contains("expectation"));
}

TEST_F(ExpectationTest, FinalCountsAreCompared) {
  using Kind = FinalExpectation::Kind;
  const auto expect = [&](Kind kind, std::int64_t count) {
    FinalExpectation expected;
    expected.kind = kind;
    expected.who = "bob";
    expected.count = count;
    scenario.expectations = {expected};
    return Violated();
  };
  EXPECT_THAT(expect(Kind::kSees, 4), IsEmpty()) << messages;
  EXPECT_THAT(expect(Kind::kSees, 5), Contains("expectation"));
  for (const Kind kind : {Kind::kEvicted, Kind::kExpired, Kind::kTurnedAway}) {
    EXPECT_THAT(expect(kind, 0), IsEmpty()) << messages;
    EXPECT_THAT(expect(kind, 1), Contains("expectation"));
  }
}

TEST_F(ExpectationTest, AFaultWithoutEffectIsReported) {
  FinalExpectation expected;
  expected.kind = FinalExpectation::Kind::kEffect;
  expected.effects = {"clog"};
  scenario.expectations = {expected};
  EXPECT_THAT(Violated(), Contains("effect"));
  record.effects["clog"] = 1;
  EXPECT_THAT(Violated(), IsEmpty()) << messages;
}

}  // namespace
}  // namespace chathttp::sim

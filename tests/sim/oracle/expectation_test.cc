// The oracle checks the expectations of a scenario and the events that clients report to users.
#include <optional>
#include <string>
#include <utility>

#include "tests/sim/oracle/fixture.h"

namespace chathttp::sim {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;

class OracleExpectationTest : public OracleTest {
 protected:
  void Expect(Verb verb, std::string who, std::string text, int code,
              std::optional<std::string> entity = std::nullopt, bool then_end = false) {
    Step step;
    step.at = absl::Seconds(1);
    step.verb = verb;
    step.who = std::move(who);
    step.text = std::move(text);
    step.expected.emplace();
    step.expected->code = code;
    step.expected->entity = std::move(entity);
    step.expected->then_end = then_end;
    room.scenario().steps.push_back(step);
  }
};

TEST_F(OracleExpectationTest, RepliesAsExpectedAreNoViolation) {
  Expect(Verb::kConnect, "bob", "", 202, "test");
  Expect(Verb::kAdd, "bob", "", 200, "OK...^.^");
  Expect(Verb::kSay, "alice", "two", 200, "[ alice ] : two\n");
  Expect(Verb::kList, "alice", "", 200);
  Expect(Verb::kLeave, "bob", "", 200);
  room.Send(bob, kBadRequest, true);
  room.Conclude(bob);
  Expect(Verb::kRaw, "bob", std::string(kBadRequest), 400, std::nullopt, true);
  FinishAndExpectGood();
}

TEST_F(OracleExpectationTest, OtherCodeIsReported) {
  Expect(Verb::kAdd, "bob", "", 401);
  room.Finish();
  EXPECT_THAT(Violated(), Contains("expectation"));
}

TEST_F(OracleExpectationTest, OtherEntityIsReported) {
  Expect(Verb::kSay, "alice", "two", 200, "[ alice ] : too\n");
  room.Finish();
  EXPECT_THAT(Violated(), Contains("expectation"));
}

TEST_F(OracleExpectationTest, EndThatDoesNotComeIsReported) {
  Expect(Verb::kSay, "alice", "two", 200, std::nullopt, true);
  room.Finish();
  EXPECT_THAT(Violated(), Contains("expectation"));
}

TEST_F(OracleExpectationTest, StepThatWasNeverTakenIsReported) {
  Expect(Verb::kSay, "alice", "never", 200);
  room.Finish();
  EXPECT_THAT(Violated(), Contains("expectation"));
}

TEST_F(OracleExpectationTest, FinalCountsAreCompared) {
  using Kind = FinalExpectation::Kind;
  const auto expect = [&](Kind kind, std::int64_t count) {
    FinalExpectation expected;
    expected.kind = kind;
    expected.who = "bob";
    expected.count = count;
    room.scenario().expectations = {expected};
    return Violated();
  };
  room.Finish();
  EXPECT_THAT(expect(Kind::kSees, 4), IsEmpty());
  EXPECT_THAT(expect(Kind::kSees, 5), Contains("expectation"));
  for (const Kind kind : {Kind::kEvicted, Kind::kExpired, Kind::kTurnedAway}) {
    EXPECT_THAT(expect(kind, 0), IsEmpty());
    EXPECT_THAT(expect(kind, 1), Contains("expectation"));
  }
}

TEST_F(OracleExpectationTest, FaultWithoutEffectIsReported) {
  FinalExpectation expected;
  expected.kind = FinalExpectation::Kind::kEffect;
  expected.effects = {"clog"};
  room.scenario().expectations = {expected};
  room.Finish();
  EXPECT_THAT(Violated(), Contains("effect"));
  room.record().effects["clog"] = 1;
  EXPECT_THAT(Violated(), IsEmpty());
}

TEST_F(OracleExpectationTest, StoryOfAClientIsComparedWithItsBytes) {
  room.record().stories = {
      {"bob",
       {"message alice: one", "message alice: two", "own bob: three", "message alice: four"}}};
  FinishAndExpectGood();
  room.record().stories[0].lines[2] = "message bob: three";
  EXPECT_THAT(Violated(), Contains("order"));
}

}  // namespace
}  // namespace chathttp::sim

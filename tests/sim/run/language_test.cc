// What the words of the scenario language do in a run.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "chathttp/sim/run/run.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chathttp::sim {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// Alice, a client, and bob, a peer, are members from 1 s on.
std::string Room(const std::string& lines) {
  return absl::StrCat(
      "mode faulty\nclients alice\npeers bob carol\n"
      "@0 alice,bob connect\n@1s alice,bob add\n",
      lines, "\nsettle 20s\n");
}

testing::Matcher<const Violation&> Fails(int line, const std::string& message) {
  return AllOf(Field(&Violation::invariant, "expectation"), Field(&Violation::line, line),
               Field(&Violation::message, HasSubstr(message)));
}

std::vector<Violation> ViolationsOf(const std::string& lines) {
  return RunScenario(Room(lines)).violations;
}

// "TIME WHO" for each event `what`.
std::vector<std::string> TimesOf(const std::string& text, const std::string& what) {
  std::vector<std::string> times;
  RunOptions options;
  options.trace = [&](const TraceEvent& event) {
    if (event.what != what || event.who == "witness" || event.at < absl::Milliseconds(1500)) return;
    times.push_back(absl::StrCat(absl::FormatDuration(event.at), " ", event.who));
  };
  EXPECT_THAT(RunScenario(text, options).violations, IsEmpty());
  return times;
}

// ---- Reactions --------------------------------------------------------------------------------

TEST(Reaction, HappensAtTheInstantOfTheResponse) {
  EXPECT_THAT(TimesOf(Room("when bob hears \"[ alice ] : Hi\" do bob say \"Hello\" expect 200\n"
                           "@2s alice say \"Hi\""),
                      "sent"),
              ElementsAre("2s alice", "2s bob"));
}

TEST(Reaction, OfAClientComesLaterIfItSaysSo) {
  EXPECT_THAT(TimesOf(Room("when alice hears \"[ bob ] : *\" after 30ms do alice list\n"
                           "@2s bob say \"Hi\"\n@2.5s bob say \"Hi\""),
                      "sent"),
              ElementsAre("2s bob", "2.03s alice", "2.5s bob"));
}

TEST(Reaction, HappensEachTimeIfItSaysSo) {
  EXPECT_THAT(TimesOf(Room("when alice hears \"[ bob ] : *\" each time do alice list\n"
                           "@2s bob say \"Hi\" x2 every 1s"),
                      "sent"),
              ElementsAre("2s bob", "2s alice", "3s bob", "3s alice"));
}

TEST(Reaction, MayBeAFault) {
  const RunResult result =
      RunScenario(Room("when bob hears \"*Hi\" do link server->bob clog 2s\n"
                       "@2s alice say \"Hi\"\n@2.5s alice say \"Are you there?\"\nheal @10s"));
  EXPECT_THAT(result.violations, IsEmpty());
  EXPECT_EQ(result.effects.at("clog"), 1U);
}

TEST(Reaction, IsNoFaultAfterHeal) {
  const RunResult result =
      RunScenario(Room("effects optional\nwhen bob hears \"*Hi\" do bob reset\n"
                       "@2s alice say \"Hi\"\nheal @1.5s\nexpect server evicted 0"));
  EXPECT_THAT(result.violations, IsEmpty());
  EXPECT_EQ(result.effects.at("reset"), 0U);
}

TEST(Reaction, WithAnExpectationMustHappen) {
  EXPECT_THAT(ViolationsOf("when bob hears \"never\" do bob list expect 200"),
              ElementsAre(Fails(6, "expected bob to hear \"never\", got no such response")));
}

TEST(Reaction, MayAnswerItselfForeverWithinTheRun) {
  EXPECT_THAT(
      ViolationsOf("when bob hears \"[ alice ] : *\" each time after 1s do bob say \"x\"\n"
                   "when alice hears \"[ bob ] : *\" each time after 1s do alice say \"y\"\n"
                   "@2s alice say \"y\"\nexpect alice hears \"[ bob ] : x\" x10"),
      IsEmpty());
}

// ---- Times ------------------------------------------------------------------------------------

TEST(Times, CountFromTheLineBefore) {
  EXPECT_THAT(TimesOf(Room("@2s alice list\n@+20ms bob list\n@+20ms alice list"), "sent"),
              ElementsAre("2s alice", "2.02s bob", "2.04s alice"));
}

TEST(Times, OfRepetitionsAreDrawnFromTheSeed) {
  const std::string text = Room("@2s alice list x50 every 5ms..20ms");
  const std::vector<std::string> times = TimesOf(text, "sent");
  EXPECT_THAT(times, SizeIs(50));
  EXPECT_EQ(TimesOf(text, "sent"), times);
  EXPECT_NE(TimesOf("seed 2\n" + text, "sent"), times);
  EXPECT_LT(times.back(), "3.002");
  EXPECT_GT(times.back(), "2.245");
}

TEST(Times, OfRepetitionsOutliveTheDeletionOfOtherLines) {
  const std::vector<std::string> times = TimesOf(Room("@2s alice list x5 every 5ms..20ms"), "sent");
  EXPECT_EQ(
      TimesOf(Room("@1.2s bob list x5 every 5ms..20ms\n@2s alice list x5 every 5ms..20ms"), "sent"),
      times);
}

TEST(Times, OfParticipantsAreStaggered) {
  EXPECT_THAT(TimesOf(Room("@2s alice,bob list x2 every 1s stagger 10ms"), "sent"),
              ElementsAre("2s alice", "2.01s bob", "3s alice", "3.01s bob"));
}

// ---- Expectations -----------------------------------------------------------------------------

TEST(Expect, AReplyInTime) {
  EXPECT_THAT(ViolationsOf("net server->bob latency 300ms\n@2s bob list expect within 310ms 200\n"
                           "@5s bob list expect between 100ms and 1s 200"),
              IsEmpty());
  EXPECT_THAT(ViolationsOf("net server->bob latency 300ms\n@2s bob list expect within 299ms 200\n"
                           "@5s bob list expect between 1s and 2s 200"),
              ElementsAre(Fails(7, "expected a reply within 299ms, got it after 300."),
                          Fails(8, "expected a reply between 1s and 2s, got it after 300.")));
}

TEST(Expect, ALimitOfTime) {
  EXPECT_THAT(ViolationsOf("limit request 3s\n"
                           "@2s raw bob \"GET h\" expect between 3s and 3.1s 400 then eof"),
              IsEmpty());
}

TEST(Expect, HeaderFields) {
  EXPECT_THAT(ViolationsOf("@2s alice list expect 200 with Datetime \"1970-01-01*\" Server \"*\""),
              IsEmpty());
  EXPECT_THAT(ViolationsOf("@2s alice list expect 200 with Server \"Apache\""),
              ElementsAre(Fails(6, "expected Server \"Apache\", got \"")));
}

TEST(Expect, SaysWhatItGot) {
  EXPECT_THAT(ViolationsOf("@2s alice list expect 200 \"nobody\\n\"\n@3s carol list expect 200"),
              ElementsAre(Fails(6, "expected 200 \"nobody\\n\", got 200 \"Online users:"),
                          Fails(7, "expected 200, got no request")));
}

struct Hearing {
  std::string line;
  std::string message;  // empty: holds
};

void PrintTo(const Hearing& hearing, std::ostream* out) { *out << hearing.line; }

class HearsTest : public testing::TestWithParam<Hearing> {};

// Bob hears: test, OK...^.^, his list, One, Two, One. Alice has left before the second One.
TEST_P(HearsTest, IsJudged) {
  const std::vector<Violation> violations = ViolationsOf(
      absl::StrCat("@2s bob list\n@3s bob say \"One\"\n@4s bob say \"Two\"\n@5s alice leave\n"
                   "@6s bob say \"One\"\n",
                   GetParam().line));
  if (GetParam().message.empty()) {
    EXPECT_THAT(violations, IsEmpty());
  } else {
    EXPECT_THAT(violations, ElementsAre(Fails(11, GetParam().message)));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Expect, HearsTest,
    testing::Values(Hearing{"expect bob hears \"[ bob ] : One\"", ""},
                    Hearing{"expect bob hears \"*: One\\n\"", ""},
                    Hearing{"expect bob hears \"[ bob ] : On\"", "expected \"[ bob ] : On\", got "},
                    Hearing{"expect bob hears \"*One\" x2", ""},
                    Hearing{"expect alice hears \"*One\" x2",
                            "expected \"*One\" 2 times, got it 1 times"},
                    Hearing{"expect bob hears \"*One\" \"*Two\" \"*One\"", ""},
                    Hearing{"expect alice hears \"*Two\" \"*One\"",
                            "expected \"*One\" behind \"*Two\", got it only before that"},
                    Hearing{"expect alice hears in any order \"*Two\" \"*One\"", ""},
                    Hearing{"expect alice hears in any order \"*One\" \"*One\"",
                            "expected \"*One\", got it only 1 times"},
                    Hearing{"expect no alice hears \"Online users:*\"", ""},
                    Hearing{"expect no * hears \"Online users:*\"", "expected nobody to hear"},
                    Hearing{"expect exactly one of alice,bob hears \"Online users:*\"", ""},
                    Hearing{"expect exactly one of alice,bob hears \"*One\"",
                            "expected exactly one to hear \"*One\", got: alice and bob did"},
                    Hearing{"expect carol hears \"*\"", "expected \"*\", got no response"}));

}  // namespace
}  // namespace chathttp::sim

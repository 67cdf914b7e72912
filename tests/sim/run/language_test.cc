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

TEST(Reaction, MustHappen) {
  const auto never = ElementsAre(Fails(6, "expected bob to hear \"never\", got no such response"));
  EXPECT_THAT(ViolationsOf("when bob hears \"never\" do bob list"), never);
  EXPECT_THAT(ViolationsOf("when bob hears \"never\" do bob list expect 200\neffects optional"),
              never);
  EXPECT_THAT(ViolationsOf("when bob hears \"never\" do bob list\neffects optional"), IsEmpty());
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

TEST(Expect, ATextAsHearsDoes) {
  EXPECT_THAT(ViolationsOf("@2s bob say \"Hi\" expect 200 \"[ bob ] : Hi\"\n"
                           "@3s bob say \"Hi\" expect 200 \"[ * ] : Hi\"\n"
                           "@4s bob say \"Hi\" expect 200 \"[ bob ] : Hi\\n\""),
              IsEmpty());
  EXPECT_THAT(ViolationsOf("@2s bob say \"Hi\" expect 200 \"Hi\""),
              ElementsAre(Fails(6, "expected 200 \"Hi\", got 200 \"[ bob ] : Hi\\n\"")));
}

TEST(Expect, SaysWhyThereIsNoRequest) {
  EXPECT_THAT(
      ViolationsOf("limit text 2\n@2s carol list expect 200\n@3s alice say \"Hello\" expect 200\n"
                   "@4s alice leave\n@5s alice say \"Hi\" expect 200\n@6s bob shutdown-write\n"
                   "@7s bob list expect 200"),
      ElementsAre(
          Fails(7, "expected 200, got no request: not connected, it was never told to connect"),
          Fails(8, "expected 200, got no request: the client refused it, "),
          Fails(10, "expected 200, got no request: not connected, it closed the connection at 4s"),
          Fails(12, "expected 200, got no request: its side of the stream ended at 6s")));
}

TEST(Expect, SaysWhatASessionWaitsFor) {
  EXPECT_THAT(RunScenario("sessions sam\n@0 sam connect\n@1s sam add\n@2s server crash\n"
                          "@3s sam say \"Hi\" expect 200\nsettle 5s\n")
                  .violations,
              ElementsAre(Fails(5,
                                "expected 200, got no request: still waiting for a connection, "
                                "it could not connect at ")));
}

TEST(Expect, SaysThatTheConnectionEndedBeforeTheReply) {
  EXPECT_THAT(
      ViolationsOf("net bob latency 1s\n@10s bob list expect 200\n@10.5s bob reset"),
      ElementsAre(Fails(7, "expected 200, got no reply: it closed the connection at 10.5")));
}

TEST(Expect, CountsShowTheOthersAsWell) {
  EXPECT_THAT(
      ViolationsOf("expect server evicted 1\nexpect alice sees 1 message"),
      ElementsAre(Fails(6, "expected server evicted 1, got 0 (and expired 0, turned-away 0)"),
                  Fails(7, "expected 1 message, got 0")));
}

// ---- Reports ----------------------------------------------------------------------------------

TEST(Report, NamesEachLineOfTheScenarioThatFails) {
  std::string lines;
  for (int i = 0; i < 12; ++i) absl::StrAppend(&lines, "expect bob sees 7 messages\n");
  const std::vector<Violation> violations = ViolationsOf(lines);
  ASSERT_THAT(violations, SizeIs(12));
  for (int i = 0; i < 12; ++i) EXPECT_EQ(violations[static_cast<std::size_t>(i)].line, 6 + i);
}

TEST(Report, CountsWhatItLeavesOutOfALine) {
  const std::vector<Violation> violations =
      ViolationsOf("@2s bob list x25 every 10ms expect 401\n@1.5s alice list expect 401");
  ASSERT_THAT(violations, SizeIs(12));
  EXPECT_THAT(violations[0], Fails(6, "expected 401, got 200"));
  EXPECT_THAT(violations[10], Fails(6, "... and 15 more"));
  EXPECT_THAT(violations[11], Fails(7, "expected 401, got 200"));
  for (std::size_t i = 1; i < 10; ++i) EXPECT_LT(violations[i - 1].at, violations[i].at);
}

TEST(Report, ComesInTheOrderOfCauses) {
  std::vector<Violation> violations = {{"expectation", "d", 5, "bob", absl::Seconds(1)},
                                       {"expectation", "c", 3},
                                       {"drain", "b"},
                                       {"order", "a", 0, "bob", absl::Seconds(2)},
                                       {"list", "0", 0, "bob", absl::Seconds(1)}};
  SortViolations(violations);
  std::string order;
  for (const Violation& violation : violations) order += violation.message;
  EXPECT_EQ(order, "0abcd");
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
                    Hearing{"expect bob hears \"[ bob ] : On\"",
                            "expected \"[ bob ] : On\", got no such response, the nearest "
                            "\"[ bob ] : One\\n\" at 3s"},
                    Hearing{"expect bob hears \"*One\" x2", ""},
                    Hearing{"expect alice hears \"*One\" x2",
                            "expected \"*One\" 2 times, got it once"},
                    Hearing{"expect bob hears \"*One\" \"*Two\" \"*One\"", ""},
                    Hearing{"expect alice hears \"*Two\" \"*One\"",
                            "expected \"*One\" behind \"*Two\", got it only before that"},
                    Hearing{"expect alice hears in any order \"*Two\" \"*One\"", ""},
                    Hearing{"expect alice hears in any order \"*One\" \"*One\"",
                            "expected \"*One\", got it only once"},
                    Hearing{"expect no alice hears \"Online users:*\"", ""},
                    Hearing{"expect no * hears \"Online users:*\"", "expected nobody to hear"},
                    Hearing{"expect exactly one of alice,bob hears \"Online users:*\"", ""},
                    Hearing{"expect exactly one of alice,bob hears \"*One\"",
                            "expected exactly one to hear \"*One\", got: alice and bob did"},
                    Hearing{"expect carol hears \"*\"", "expected \"*\", got no response"}));

}  // namespace
}  // namespace chathttp::sim

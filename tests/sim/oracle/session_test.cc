// The oracle checks what real sessions send and report. Each test corrupts the record of a correct
// session in one place, or shows a record that is correct.
#include <string>
#include <variant>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/sim/oracle/client_journal.h"

namespace chathttp::sim {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Call = SessionCall::Kind;
using Event = SessionEvent::Kind;
using Port = PortEvent::Kind;

constexpr absl::Duration kMoment = absl::Nanoseconds(1);
constexpr char kLost[] = "server closed the connection";

class OracleSessionTest : public ::testing::Test {
 protected:
  // The message of the violation; empty if there is none.
  std::string Problem() {
    const std::vector<Violation> violations = ViolationsOf(sam);
    if (violations.empty()) return "";
    EXPECT_EQ(violations.front().invariant, "session");
    return violations.front().message;
  }

  // A loss with a text in flight and one that waits, up to the wait for the next attempt.
  void LoseTwoTexts() {
    sam.Join();
    sam.Make(Call::kSay, "1");
    sam.Make(Call::kSay, "2");
    sam.Send("POST", "1");
    sam.Lose();
    sam.Report({.kind = Event::kMaybeDelivered, .text = "1"});
    sam.Report({.kind = Event::kReconnecting, .duration = absl::Seconds(1), .reason = kLost});
  }
  void ComeBack(absl::Duration after) {
    sam.Wait(after);
    sam.RunTimer(after);
    sam.Greet();
    sam.LogIn(true);
  }
  // A login that is refused because the name is taken.
  void RefuseName() {
    sam.Send("ADD");
    sam.Hear(401, "Error...T.T");
  }

  SessionJournal sam;
};

TEST_F(OracleSessionTest, CorrectSessionIsNoViolation) {
  LoseTwoTexts();
  ComeBack(absl::Seconds(1));
  sam.Send("POST", "2");
  sam.Answer("2");
  sam.Say("3");
  sam.Make(Call::kLeave);
  sam.Send("DELETE");
  sam.Hear(200, "OK...^.^");
  sam.Use({.kind = Port::kReleased});
  sam.Report({.kind = Event::kEnded, .ending = ClientEvent::Ending::kLeft});
  sam.Make(Call::kDestroy);
  EXPECT_THAT(Problem(), IsEmpty());
}

TEST_F(OracleSessionTest, TextThatIsSaidTwiceIsAViolation) {
  LoseTwoTexts();
  ComeBack(absl::Seconds(1));
  sam.Send("POST", "1");
  EXPECT_THAT(Problem(), HasSubstr("sent \"1"));
}

TEST_F(OracleSessionTest, WaitingTextThatIsNotSentIsAViolation) {
  LoseTwoTexts();
  ComeBack(absl::Seconds(1));
  sam.Wait(kMoment);
  sam.Destroy();
  EXPECT_THAT(Problem(), HasSubstr("did not send POST \"2\""));
}

TEST_F(OracleSessionTest, TextWithoutAnOutcomeIsAViolation) {
  sam.Join();
  sam.Make(Call::kSay, "1");
  sam.Send("POST", "1");
  sam.Lose();
  sam.Report({.kind = Event::kReconnecting, .duration = absl::Seconds(1), .reason = kLost});
  EXPECT_THAT(Problem(), HasSubstr("expected: maybe_delivered \"1\""));
}

TEST_F(OracleSessionTest, UnsentTextsAreReportedAtTheEnd) {
  LoseTwoTexts();
  sam.Make(Call::kLeave);
  sam.Report({.kind = Event::kUnsent, .text = "2"});
  sam.Report({.kind = Event::kEnded, .ending = ClientEvent::Ending::kLeft});
  sam.Make(Call::kDestroy);
  EXPECT_THAT(Problem(), IsEmpty());
  sam.entries().erase(sam.entries().end() - 3);
  EXPECT_THAT(Problem(), HasSubstr("expected: unsent \"2\""));
}

TEST_F(OracleSessionTest, TextsThatAreDroppedAreReportedAndTheOneInFlightStays) {
  sam.Join();
  for (const char* const text : {"1", "2", "3"}) sam.Make(Call::kSay, text);
  sam.Send("POST", "1");
  sam.Make(Call::kDropWaiting);
  sam.Report({.kind = Event::kUnsent, .text = "2"});
  sam.Report({.kind = Event::kUnsent, .text = "3"});
  sam.Answer("1");
  sam.Destroy();
  EXPECT_THAT(Problem(), IsEmpty());
  std::erase_if(sam.entries(), [](const ClientEntry& entry) {
    const auto* const reported = std::get_if<ReportedSessionEvent>(&entry.what);
    return reported != nullptr && reported->text == "3";
  });
  EXPECT_THAT(Problem(), HasSubstr("did not report: unsent \"3\""));
}

TEST_F(OracleSessionTest, DisconnectEndsTheAttemptsAndKeepsTheTextsThatWait) {
  LoseTwoTexts();
  sam.Make(Call::kDisconnect);
  sam.Wait(absl::Seconds(2));
  sam.Make(Call::kDropWaiting);
  sam.Report({.kind = Event::kUnsent, .text = "2"});
  sam.Make(Call::kDestroy);
  EXPECT_THAT(Problem(), IsEmpty());
}

TEST_F(OracleSessionTest, AttemptAfterADisconnectIsAViolation) {
  LoseTwoTexts();
  sam.Make(Call::kDisconnect);
  sam.Wait(absl::Seconds(1));
  sam.RunTimer(absl::Seconds(1));
  sam.Use({.kind = Port::kAttempt});
  EXPECT_FALSE(Problem().empty());
}

TEST_F(OracleSessionTest, TwoRequestsInFlightAreAViolation) {
  sam.Join();
  sam.Make(Call::kSay, "1");
  sam.Make(Call::kSay, "2");
  sam.SendBytes(sam.RequestBytes("POST", "1") + sam.RequestBytes("POST", "2"));
  EXPECT_THAT(Problem(), HasSubstr("bytes to its port"));
}

TEST_F(OracleSessionTest, NextAttemptIsMadeAtItsTime) {
  for (const absl::Duration shift : {-kMoment, absl::ZeroDuration(), kMoment}) {
    sam = SessionJournal();
    LoseTwoTexts();
    ComeBack(absl::Seconds(1) + shift);
    sam.Send("POST", "2");
    sam.Destroy();
    EXPECT_EQ(Problem().empty(), shift == absl::ZeroDuration()) << shift;
  }
}

TEST_F(OracleSessionTest, WaitsGrowWithinTheirBounds) {
  for (const int second_wait : {0, 1, 2, 3}) {
    sam = SessionJournal();
    LoseTwoTexts();
    ComeBack(absl::Seconds(1));
    sam.Send("POST", "2");
    sam.Answer("2");
    sam.Lose();
    sam.Report(
        {.kind = Event::kReconnecting, .duration = absl::Seconds(second_wait), .reason = kLost});
    sam.Make(Call::kDestroy);
    EXPECT_EQ(Problem().empty(), second_wait == 1 || second_wait == 2) << second_wait;
  }
}

TEST_F(OracleSessionTest, SteadyLoginResetsTheWait) {
  LoseTwoTexts();
  ComeBack(absl::Seconds(1));
  sam.Send("POST", "2");
  sam.Answer("2");
  sam.Wait(absl::Seconds(10));
  sam.Lose();
  sam.Report({.kind = Event::kReconnecting, .duration = absl::Seconds(2), .reason = kLost});
  EXPECT_THAT(Problem(), HasSubstr("expected: reconnecting because of"));
}

TEST_F(OracleSessionTest, TakenNameIsTriedThreeTimes) {
  LoseTwoTexts();
  sam.Wait(absl::Seconds(1));
  sam.RunTimer(absl::Seconds(1));
  sam.Greet();
  absl::Duration now = absl::Seconds(1);
  for (const int wait : {2, 4}) {
    RefuseName();
    sam.Report({.kind = Event::kReconnecting,
                .duration = absl::Seconds(wait),
                .reason = "the name is taken"});
    sam.Use({.kind = Port::kRead, .status = IoStatus::kWouldBlock});
    sam.Wait(absl::Seconds(wait));
    now += absl::Seconds(wait);
    sam.RunTimer(now);
  }
  RefuseName();
  sam.ReportOf(
      {.kind = Event::kNameRefused, .code = 401, .name = "alice", .reason = "Error...T.T"});
  sam.Use({.kind = Port::kRead, .status = IoStatus::kWouldBlock});
  sam.Destroy();
  EXPECT_THAT(Problem(), IsEmpty());
}

TEST_F(OracleSessionTest, NameThatIsRefusedTooEarlyIsAViolation) {
  LoseTwoTexts();
  sam.Wait(absl::Seconds(1));
  sam.RunTimer(absl::Seconds(1));
  sam.Greet();
  RefuseName();
  sam.ReportOf(
      {.kind = Event::kNameRefused, .code = 401, .name = "alice", .reason = "Error...T.T"});
  EXPECT_THAT(Problem(), HasSubstr("expected: reconnecting"));
}

TEST_F(OracleSessionTest, SilenceIsProbedAtItsTime) {
  for (const absl::Duration shift : {-kMoment, absl::ZeroDuration(), kMoment}) {
    sam = SessionJournal();
    sam.Join();
    sam.Wait(absl::Seconds(60) + shift);
    sam.RunTimer(absl::Seconds(60) + shift);
    sam.Send("GET");
    sam.Hear(200, "Online users:\nalice\n");
    sam.ReportOf({.kind = Event::kList, .names = {"alice"}});
    sam.Report({.kind = Event::kLag});
    sam.Use({.kind = Port::kRead, .status = IoStatus::kWouldBlock});
    sam.Destroy();
    EXPECT_EQ(Problem().empty(), shift == absl::ZeroDuration()) << shift << Problem();
  }
}

TEST_F(OracleSessionTest, MissingProbeIsAViolation) {
  sam.Join();
  sam.Wait(absl::Seconds(60) + kMoment);
  sam.Make(Call::kList);
  sam.Wait(kMoment);
  sam.Destroy();
  EXPECT_THAT(Problem(), HasSubstr("did not give a sign of life at 1m"));
}

TEST_F(OracleSessionTest, ListThatIsAskedForIsToldFromAProbe) {
  for (const bool asked : {true, false}) {
    sam = SessionJournal();
    sam.Join();
    sam.Make(Call::kList);
    sam.Send("GET");
    sam.Hear(200, "Online users:\nalice\n");
    sam.ReportOf({.kind = Event::kList, .asked = asked, .names = {"alice"}});
    sam.Report({.kind = Event::kLag});
    sam.Use({.kind = Port::kRead, .status = IoStatus::kWouldBlock});
    sam.Destroy();
    EXPECT_EQ(Problem().empty(), asked);
  }
}

TEST_F(OracleSessionTest, NoAnswerIsALoss) {
  sam.Join();
  sam.Make(Call::kSay, "1");
  sam.Send("POST", "1");
  sam.Wait(absl::Seconds(30));
  sam.RunTimer(absl::Seconds(30));
  sam.Use({.kind = Port::kRead, .status = IoStatus::kWouldBlock});
  sam.Use({.kind = Port::kReleased});
  sam.Report({.kind = Event::kDropped, .reason = "no answer within 30s"});
  sam.Report({.kind = Event::kMaybeDelivered, .text = "1"});
  sam.Report({.kind = Event::kReconnecting,
              .duration = absl::Seconds(1),
              .reason = "no answer within 30s"});
  sam.Make(Call::kDestroy);
  EXPECT_THAT(Problem(), IsEmpty());
}

TEST_F(OracleSessionTest, LeaveEndsAtItsLimit) {
  for (const bool late : {false, true}) {
    sam = SessionJournal();
    sam.Join();
    sam.Make(Call::kLeave);
    sam.Send("DELETE");
    sam.Wait(absl::Seconds(5));
    if (late) sam.Wait(kMoment);
    sam.RunTimer(absl::Seconds(5));
    sam.Use({.kind = Port::kReleased});
    sam.Report({.kind = Event::kEnded, .ending = ClientEvent::Ending::kLeft});
    sam.Make(Call::kDestroy);
    EXPECT_EQ(Problem().empty(), !late);
  }
}

TEST_F(OracleSessionTest, LagIsTheTimeOfTheReply) {
  for (const absl::Duration lag : {absl::ZeroDuration(), absl::Seconds(2)}) {
    sam = SessionJournal();
    sam.Join();
    sam.Make(Call::kSay, "1");
    sam.Send("POST", "1");
    sam.Wait(absl::Seconds(2));
    sam.Answer("1");
    std::get<ReportedSessionEvent>((sam.entries().end() - 2)->what).duration = lag;
    sam.Destroy();
    EXPECT_EQ(Problem().empty(), lag == absl::Seconds(2));
  }
}

TEST_F(OracleSessionTest, FirstFailureIsNotRetried) {
  sam.Make(Call::kConnect);
  sam.Greet();
  sam.HearEnd();
  sam.Use({.kind = Port::kReleased});
  sam.Report({.kind = Event::kClosed, .reason = kLost});
  sam.Make(Call::kDestroy);
  EXPECT_THAT(Problem(), IsEmpty());
}

TEST_F(OracleSessionTest, CallsAreRefusedForTheRightReasons) {
  const auto precondition = absl::FailedPreconditionError("no");
  sam.record().session_options.max_waiting = 1;
  sam.Make(Call::kLogin, "alice", precondition);  // never connected
  sam.Make(Call::kReconnect, "", precondition);
  sam.Make(Call::kSay, "early", precondition);
  sam.Join();
  sam.Make(Call::kLogin, "bob", precondition);
  sam.Make(Call::kLogin, "a b", absl::InvalidArgumentError("no"));
  sam.Make(Call::kSay, "a\nb", absl::InvalidArgumentError("no"));
  sam.Make(Call::kSay, "1");
  sam.Make(Call::kSay, "2");
  sam.Make(Call::kSay, "3", absl::ResourceExhaustedError("no"));
  sam.Make(Call::kList, "", absl::ResourceExhaustedError("no"));
  sam.Make(Call::kLeave);
  sam.Make(Call::kSay, "late", precondition);
  sam.Send("POST", "1");
  sam.Destroy();
  EXPECT_THAT(Problem(), IsEmpty());
  sam.record().session_options.max_waiting = 2;
  EXPECT_THAT(Problem(), HasSubstr("gave RESOURCE_EXHAUSTED, expected OK"));
}

}  // namespace
}  // namespace chathttp::sim

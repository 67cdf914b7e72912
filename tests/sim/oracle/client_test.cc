// The oracle checks what real clients send and report. Each test corrupts the record of a correct
// client in one place, or shows a record that is correct.
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/sim/oracle/client_journal.h"

namespace chathttp::sim {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Call = ClientCall::Kind;
using Ending = ClientEvent::Ending;
using Event = ClientEvent::Kind;
using Port = PortEvent::Kind;

constexpr absl::Duration kMoment = absl::Nanoseconds(1);

std::string NameList(int members) {
  std::string list = "Online users:\n";
  for (int i = 0; i < members; ++i) absl::StrAppend(&list, "m", i, "\n");
  return list;
}

class OracleClientTest : public ::testing::Test {
 protected:
  // The message of the violation; empty if there is none.
  std::string Problem() {
    const std::vector<Violation> violations = ViolationsOf(alice);
    if (violations.empty()) return "";
    EXPECT_EQ(violations.front().invariant, "client");
    return violations.front().message;
  }

  void Erase(std::size_t from_end) {
    alice.entries().erase(alice.entries().end() - static_cast<std::ptrdiff_t>(from_end));
  }
  void NoMoreInput() { alice.Use({.kind = Port::kRead, .status = IoStatus::kWouldBlock}); }

  ClientJournal alice;
};

// ---- Events -----------------------------------------------------------------------------------

TEST_F(OracleClientTest, CorrectClientIsNoViolation) {
  alice.Join();
  alice.Wait(absl::Seconds(40));
  alice.Say("one");
  alice.Hear(200, "bob has just entered the chat room...\n");
  alice.ReportOf({.kind = Event::kEntered, .name = "bob"});
  alice.Hear(200, "[ bob ] : hi\n");
  alice.ReportOf({.kind = Event::kMessage, .name = "bob", .text = "hi"});
  alice.Hear(200, "bob has just left the chat room...\n");
  alice.ReportOf({.kind = Event::kLeft, .name = "bob"});
  NoMoreInput();
  alice.Wait(absl::Seconds(1));
  alice.Make(Call::kList);
  alice.Send("GET");
  alice.Hear(200, NameList(2));
  alice.ReportOf({.kind = Event::kList, .names = {"m0", "m1"}});
  alice.Make(Call::kLeave);
  alice.Send("DELETE");
  alice.Hear(200, "OK...^.^");
  alice.Use({.kind = Port::kReleased});
  alice.ReportOf({.kind = Event::kClosed, .ending = Ending::kLeft});
  EXPECT_THAT(Problem(), IsEmpty());
}

TEST_F(OracleClientTest, EventThatIsNotReportedIsAViolation) {
  alice.Join();
  alice.Hear(200, "[ bob ] : hi\n");
  NoMoreInput();
  EXPECT_THAT(Problem(), HasSubstr("did not report: message bob \"hi\""));
}

TEST_F(OracleClientTest, EventThatIsReportedTwiceIsAViolation) {
  alice.Join();
  alice.Say("one");
  alice.Report(alice.Last<ReportedClientEvent>());
  EXPECT_THAT(Problem(), HasSubstr("without cause"));
}

TEST_F(OracleClientTest, EventThatIsReportedLateIsAViolation) {
  alice.Join();
  alice.Hear(200, "[ bob ] : hi\n");
  const absl::Time heard = alice.wall();
  alice.Wait(kMoment);
  alice.Report({.kind = Event::kMessage, .name = "bob", .text = "hi", .time = heard});
  EXPECT_THAT(Problem(), HasSubstr("did not report"));
}

TEST_F(OracleClientTest, EachFieldOfAMessageIsCompared) {
  const std::vector<std::function<void(ReportedClientEvent&)>> corruptions = {
      [](ReportedClientEvent& event) { event.kind = Event::kNotice; },
      [](ReportedClientEvent& event) { event.name = "Alice"; },
      [](ReportedClientEvent& event) { event.text += "!"; },
      [](ReportedClientEvent& event) { event.own = false; },
      [](ReportedClientEvent& event) { event.time.reset(); },
      [](ReportedClientEvent& event) { *event.time += absl::Seconds(1); },
  };
  for (const auto& corrupt : corruptions) {
    alice = ClientJournal();
    alice.Join();
    alice.Say("one");
    corrupt(alice.Last<ReportedClientEvent>());
    EXPECT_THAT(Problem(), HasSubstr("; expected: message alice \"one\", own, of "));
  }
}

TEST_F(OracleClientTest, EachFieldOfARefusalIsCompared) {
  const std::vector<std::function<void(ReportedClientEvent&)>> corruptions = {
      [](ReportedClientEvent& event) { event.code = 200; },
      [](ReportedClientEvent& event) { event.reason = "no"; },
      [](ReportedClientEvent& event) { event.kind = Event::kLoginRefused; },
  };
  for (const auto& corrupt : corruptions) {
    alice = ClientJournal();
    alice.Join();
    alice.Make(Call::kSay, "one");
    alice.Send("POST", "one");
    alice.Hear(400, "Too loud");
    alice.ReportOf({.kind = Event::kRefused, .code = 400, .reason = "Too loud"});
    NoMoreInput();
    alice.Drop();
    EXPECT_THAT(Problem(), IsEmpty());
    corrupt(std::get<ReportedClientEvent>((alice.entries().end() - 4)->what));
    EXPECT_THAT(Problem(), HasSubstr("expected: refused 400"));
  }
}

TEST_F(OracleClientTest, ListWithoutItsLastNameIsAViolation) {
  alice.Join();
  alice.Make(Call::kList);
  alice.Send("GET");
  alice.Hear(200, NameList(3));
  alice.ReportOf({.kind = Event::kList, .names = {"m0", "m1"}});
  EXPECT_THAT(Problem(), HasSubstr("expected: list m0,m1,m2"));
}

TEST_F(OracleClientTest, EqualTextOfSomebodyElseIsNotOwn) {
  alice.Join();
  alice.Make(Call::kSay, "one");
  alice.Send("POST", "one");
  alice.Hear(200, "[ bob ] : one\n");
  alice.ReportOf({.kind = Event::kMessage, .own = true, .name = "bob", .text = "one"});
  EXPECT_THAT(Problem(), HasSubstr("expected: message bob \"one\", of"));
}

TEST_F(OracleClientTest, LoginIsReportedForTheReplyToTheAddOnly) {
  alice.Greet();
  alice.Make(Call::kLogin, "alice");
  alice.Send("ADD");
  alice.ReportOf({.kind = Event::kLoggedIn, .name = "alice"});
  EXPECT_THAT(Problem(), HasSubstr("without cause"));
}

TEST_F(OracleClientTest, RefusedLoginLeavesTheConnectionOpenForAnother) {
  alice.Greet();
  alice.Make(Call::kLogin, "alice");
  alice.Send("ADD");
  alice.Hear(401, "Error...T.T");
  alice.ReportOf({.kind = Event::kLoginRefused, .code = 401, .reason = "Error...T.T"});
  NoMoreInput();
  alice.Make(Call::kLogin, "Alice2");
  alice.Send("ADD");
  alice.Hear(200, "OK...^.^");
  alice.ReportOf({.kind = Event::kLoggedIn, .name = "Alice2"});
  NoMoreInput();
  alice.Drop();
  EXPECT_THAT(Problem(), IsEmpty());
}

// ---- Sending ----------------------------------------------------------------------------------

TEST_F(OracleClientTest, CallThatIsNotSentAtOnceIsAViolation) {
  alice.Join();
  alice.Make(Call::kSay, "one");
  alice.Wait(kMoment);
  alice.Send("POST", "one");
  EXPECT_THAT(Problem(), HasSubstr("did not send POST \"one\""));
}

TEST_F(OracleClientTest, LeaveThatIsNotSentIsAViolation) {
  alice.Join();
  alice.Make(Call::kLeave);
  EXPECT_THAT(Problem(), HasSubstr("did not send DELETE"));
}

TEST_F(OracleClientTest, RequestThatNobodyAskedForIsAViolation) {
  alice.Join();
  alice.Send("GET");
  EXPECT_THAT(Problem(), HasSubstr("bytes to its port, expected 0 with 0 requests in flight"));
}

TEST_F(OracleClientTest, RequestThatIsSentTwiceIsAViolation) {
  alice.Join();
  alice.Make(Call::kSay, "one");
  alice.SendBytes(alice.RequestBytes("POST", "one") + alice.RequestBytes("POST", "one"));
  EXPECT_THAT(Problem(), HasSubstr("bytes to its port"));
}

TEST_F(OracleClientTest, RequestsOutOfOrderAreAViolation) {
  alice.Join();
  alice.Make(Call::kSay, "one");
  alice.Make(Call::kSay, "two");
  alice.SendBytes(alice.RequestBytes("POST", "two") + alice.RequestBytes("POST", "one"));
  EXPECT_THAT(Problem(), HasSubstr("sent \"two"));
}

TEST_F(OracleClientTest, EachByteOfARequestIsCompared) {
  for (const std::string part : {"Datetime: 2", "User_Agent: a", "Host: s", "Accept: t",
                                 "Content_Length: 4", "Content_Type: t", "one\n"}) {
    alice = ClientJournal();
    alice.Join();
    alice.Make(Call::kSay, "one");
    std::string bytes = alice.RequestBytes("POST", "one");
    bytes[bytes.find(part) + part.size() - 1] = '9';
    alice.SendBytes(bytes);
    EXPECT_THAT(Problem(), HasSubstr("sent \"9")) << part;
  }
}

TEST_F(OracleClientTest, DatetimeOfAnEarlierSecondIsAViolation) {
  alice.Join();
  alice.Make(Call::kSay, "one");
  const std::string stale = alice.RequestBytes("POST", "one");
  Erase(1);
  alice.Wait(absl::Seconds(1));
  alice.Make(Call::kSay, "one");
  alice.SendBytes(stale);
  EXPECT_THAT(Problem(), HasSubstr("sent"));
  alice.record().simulated = false;  // then the exact time is not known
  EXPECT_THAT(Problem(), Not(HasSubstr("sent")));
}

TEST_F(OracleClientTest, RequestsWaitWhileTheMostAreInFlight) {
  alice.record().client_options.max_in_flight = 2;
  alice.Join();
  for (const char* const text : {"1", "2", "3"}) alice.Make(Call::kSay, text);
  alice.SendBytes(alice.RequestBytes("POST", "1") + alice.RequestBytes("POST", "2"));
  alice.Wait(kMoment);
  alice.Hear(200, "[ alice ] : 1\n");
  alice.ReportOf({.kind = Event::kMessage, .own = true, .name = "alice", .text = "1"});
  alice.Send("POST", "3");
  NoMoreInput();
  alice.Drop();
  EXPECT_THAT(Problem(), IsEmpty());
}

TEST_F(OracleClientTest, OneRequestInFlightTooManyIsAViolation) {
  alice.record().client_options.max_in_flight = 2;
  alice.Join();
  std::string bytes;
  for (const char* const text : {"1", "2", "3"}) {
    alice.Make(Call::kSay, text);
    bytes += alice.RequestBytes("POST", text);
  }
  alice.SendBytes(bytes);
  EXPECT_THAT(Problem(), HasSubstr("with 2 requests in flight"));
}

TEST_F(OracleClientTest, OneRequestInFlightTooFewIsAViolation) {
  alice.record().client_options.max_in_flight = 2;
  alice.Join();
  alice.Make(Call::kSay, "1");
  alice.Make(Call::kSay, "2");
  alice.Send("POST", "1");
  EXPECT_THAT(Problem(), HasSubstr("expected"));
}

TEST_F(OracleClientTest, PartOfARequestIsFollowedByTheRestOnceThereIsRoom) {
  for (const bool goes_on : {true, false}) {
    alice = ClientJournal();
    alice.Join();
    alice.Make(Call::kSay, "one");
    alice.Send("POST", "one");
    PortEvent& write = alice.Last<PortEvent>();
    const std::size_t rest = 10;
    write.bytes -= rest;
    alice.Use({.kind = Port::kWritable});
    if (goes_on) alice.Use({.kind = Port::kWrite, .bytes = rest, .offered_bytes = rest});
    alice.Wait(kMoment);
    alice.Drop();
    EXPECT_EQ(Problem(), goes_on ? "" : "did not go on with sending");
  }
}

TEST_F(OracleClientTest, OriginalServerGetsOneRequestAtATime) {
  for (const bool pipelined : {true, false}) {
    alice = ClientJournal();
    alice.Join();
    std::string& received = alice.connection().received.bytes;
    const std::string_view name = "Server: chathttp/1.0";
    const std::string_view original = "Server: Python Socket Server";
    received.replace(received.find(name), name.size(), original);
    // The first read takes the longer line.
    std::get<PortEvent>(alice.entries()[4].what).bytes += original.size() - name.size();
    alice.Make(Call::kSay, "1");
    alice.Make(Call::kSay, "2");
    alice.SendBytes(alice.RequestBytes("POST", "1") +
                    (pipelined ? alice.RequestBytes("POST", "2") : ""));
    alice.Drop();
    EXPECT_EQ(Problem().empty(), !pipelined);
  }
}

TEST_F(OracleClientTest, NothingIsSentBeforeTheGreeting) {
  alice.Connect();
  alice.Make(Call::kLogin, "alice", absl::FailedPreconditionError("not connected"));
  alice.Send("ADD");
  EXPECT_THAT(Problem(), HasSubstr("expected 0"));
}

// ---- Calls that are refused -------------------------------------------------------------------

TEST_F(OracleClientTest, CallsAreRefusedForTheRightReasons) {
  const std::string longest(alice.record().client_options.limits.text_bytes - 1, 'x');
  alice.Make(Call::kSay, "x", absl::FailedPreconditionError("not logged in"));
  alice.Make(Call::kSay, "", absl::InvalidArgumentError("blank"));
  alice.Greet();
  alice.Make(Call::kConnect, "", absl::FailedPreconditionError("connected"));
  for (const char* const name : {"", "a b", "Root", "123456789012345678901234567890123"}) {
    alice.Make(Call::kLogin, name, absl::InvalidArgumentError("name"));
  }
  alice.Make(Call::kList, "", absl::FailedPreconditionError("not logged in"));
  alice.Make(Call::kSay, "a\nb", absl::InvalidArgumentError("line"));
  alice.Make(Call::kSay, longest + "x", absl::InvalidArgumentError("long"));
  alice.Drop();
  EXPECT_THAT(Problem(), IsEmpty());
}

TEST_F(OracleClientTest, OtherStatusOfACallIsAViolation) {
  const std::vector<std::pair<ClientCall, std::string>> calls = {
      {{.kind = Call::kConnect}, "expected FAILED_PRECONDITION"},
      {{.kind = Call::kLogin, .text = "root"}, "expected INVALID_ARGUMENT"},
      {{.kind = Call::kLogin, .text = "bob", .status = absl::InvalidArgumentError("x")},
       "expected OK"},
      {{.kind = Call::kSay, .text = "early"}, "expected FAILED_PRECONDITION"},
      {{.kind = Call::kSay, .text = "a\x7f"}, "expected INVALID_ARGUMENT"},
      {{.kind = Call::kList}, "expected FAILED_PRECONDITION"},
      {{.kind = Call::kList, .status = absl::FailedPreconditionError("")}, "without a reason"},
  };
  for (const auto& [call, expected] : calls) {
    alice = ClientJournal();
    alice.Greet();
    alice.Make(call.kind, call.text, call.status);
    EXPECT_THAT(Problem(), HasSubstr(expected));
  }
}

TEST_F(OracleClientTest, NoMoreRequestsMayWaitThanTheLimit) {
  alice.record().client_options.max_waiting = 2;
  alice.Join();
  alice.Make(Call::kSay, "1");
  alice.Make(Call::kList);
  alice.Make(Call::kSay, "3", absl::ResourceExhaustedError("full"));
  alice.SendBytes(alice.RequestBytes("POST", "1") + alice.RequestBytes("GET", ""));
  alice.Drop();
  EXPECT_THAT(Problem(), IsEmpty());
  alice.record().client_options.max_waiting = 3;
  EXPECT_THAT(Problem(), HasSubstr("gave RESOURCE_EXHAUSTED, expected OK"));
}

// ---- Reading ----------------------------------------------------------------------------------

TEST_F(OracleClientTest, InputIsReadToItsEnd) {
  alice.Join();
  alice.Hear(200, "[ bob ] : hi\n");
  alice.ReportOf({.kind = Event::kMessage, .name = "bob", .text = "hi"});
  alice.Wait(kMoment);
  alice.Drop();
  EXPECT_THAT(Problem(), HasSubstr("did not read its input"));
}

TEST_F(OracleClientTest, NothingIsReadWhileReadingIsStopped) {
  for (const bool reads : {false, true}) {
    alice = ClientJournal();
    alice.Join();
    alice.SetReading(false);
    if (reads) {
      alice.Hear(200, "[ bob ] : hi\n");
    } else {
      alice.Use({.kind = Port::kReadable});
    }
    alice.Wait(absl::Seconds(100));
    alice.Drop();
    EXPECT_EQ(Problem().empty(), !reads);
  }
}

TEST_F(OracleClientTest, InputIsReadWhenReadingIsResumed) {
  alice.Join();
  alice.SetReading(false);
  alice.Use({.kind = Port::kReadable});
  alice.SetReading(true);
  alice.Wait(kMoment);
  alice.Drop();
  EXPECT_THAT(Problem(), HasSubstr("did not read its input"));
}

// ---- Ends -------------------------------------------------------------------------------------

TEST_F(OracleClientTest, LimitsOfTimeStrikeExactlyAtTheirTime) {
  const auto attempt = [](ClientJournal& client) {
    client.Connect();
    client.entries().pop_back();  // not connected yet
  };
  const auto connect = [](ClientJournal& client) { client.Connect(); };
  const auto say = [](ClientJournal& client) {
    client.Join();
    client.Make(Call::kSay, "one");
    client.Send("POST", "one");
  };
  struct Limit {
    std::function<void(ClientJournal&)> begin;
    absl::Duration limit;
    Ending ending;
    std::string reason;
  };
  const std::vector<Limit> limits = {
      {attempt, absl::Seconds(10), Ending::kCannotConnect, "no connection within 10s"},
      {connect, absl::Seconds(10), Ending::kCannotConnect, "no greeting within 10s"},
      {say, absl::Seconds(30), Ending::kLost, "no answer within 30s"},
  };
  for (const Limit& limit : limits) {
    for (const absl::Duration shift : {-kMoment, absl::ZeroDuration(), kMoment}) {
      alice = ClientJournal();
      limit.begin(alice);
      alice.Wait(limit.limit + shift);
      alice.Close(limit.ending, limit.reason);
      EXPECT_EQ(Problem().empty(), shift == absl::ZeroDuration()) << limit.reason << shift;
    }
  }
}

TEST_F(OracleClientTest, LimitThatNeverStrikesIsAViolation) {
  alice.Join();
  alice.Make(Call::kSay, "one");
  alice.Send("POST", "one");
  alice.Wait(absl::Seconds(30) + kMoment);
  alice.Drop();
  EXPECT_THAT(Problem(), HasSubstr("did not end at 30s: no answer within 30s"));
}

TEST_F(OracleClientTest, LimitMayStrikeAsLateAsATurnStarts) {
  alice.record().max_wake_delay = absl::Milliseconds(1);
  alice.Connect();
  alice.Wait(absl::Seconds(10) + absl::Milliseconds(1));
  alice.Close(Ending::kCannotConnect, "no greeting within 10s");
  EXPECT_THAT(Problem(), IsEmpty());
}

TEST_F(OracleClientTest, HealthyConnectionThatIsDroppedIsAViolation) {
  alice.Join();
  alice.Wait(absl::Seconds(31));
  alice.Close(Ending::kLost, "no answer within 30s");
  EXPECT_THAT(Problem(), HasSubstr("without cause: closed lost"));
}

TEST_F(OracleClientTest, ReplyLimitDoesNotApplyWhileReadingIsStopped) {
  alice.Join();
  alice.Make(Call::kSay, "one");
  alice.Send("POST", "one");
  alice.SetReading(false);
  alice.Wait(absl::Seconds(100));
  alice.SetReading(true);
  alice.Wait(absl::Seconds(30));
  alice.Close(Ending::kLost, "no answer within 30s");
  EXPECT_THAT(Problem(), IsEmpty());
}

TEST_F(OracleClientTest, ServersLastWordsAreTheReasonOfTheEnd) {
  for (const Ending ending : {Ending::kRefused, Ending::kLost}) {
    alice = ClientJournal();
    alice.Join();
    alice.Hear(500, "Server is shutting down");
    alice.HearEnd();
    const bool told = ending == Ending::kRefused;
    alice.Close(ending, told ? "Server is shutting down" : "server closed the connection");
    EXPECT_EQ(Problem().empty(), told);
  }
}

TEST_F(OracleClientTest, RefusedTextIsNotTheReasonOfTheEnd) {
  alice.Join();
  alice.Make(Call::kSay, "one");
  alice.Send("POST", "one");
  alice.Hear(400, "Too loud");
  alice.ReportOf({.kind = Event::kRefused, .code = 400, .reason = "Too loud"});
  alice.HearEnd();
  alice.Close(Ending::kLost, "server closed the connection");
  EXPECT_THAT(Problem(), IsEmpty());
}

TEST_F(OracleClientTest, ErrorInPlaceOfTheGreetingIsARefusal) {
  alice.Connect();
  alice.Hear(500, "Server is full");
  alice.Use({.kind = Port::kReleased});
  alice.ReportOf({.kind = Event::kClosed, .ending = Ending::kRefused, .reason = "Server is full"});
  EXPECT_THAT(Problem(), IsEmpty());
  alice.Last<ReportedClientEvent>().ending = Ending::kCannotConnect;
  EXPECT_THAT(Problem(), HasSubstr("expected: closed refused"));
}

TEST_F(OracleClientTest, RefusedAttemptIsReportedWithItsReason) {
  alice.Connect();
  alice.entries().pop_back();
  alice.Use({.kind = Port::kRefused, .reason = "connection refused"});
  alice.Report(
      {.kind = Event::kClosed, .ending = Ending::kCannotConnect, .reason = "connection refused"});
  EXPECT_THAT(Problem(), IsEmpty());
  alice.Last<ReportedClientEvent>().reason = "";
  EXPECT_THAT(Problem(), HasSubstr("expected: closed cannot connect because of"));
}

TEST_F(OracleClientTest, EndIsReportedOnce) {
  alice.Join();
  alice.HearEnd();
  alice.Close(Ending::kLost, "server closed the connection");
  EXPECT_THAT(Problem(), IsEmpty());
  alice.Report(alice.Last<ReportedClientEvent>());
  EXPECT_THAT(Problem(), HasSubstr("without cause"));
}

TEST_F(OracleClientTest, EndThatIsNotReportedIsAViolation) {
  alice.Join();
  alice.HearEnd();
  alice.Use({.kind = Port::kReleased});
  EXPECT_THAT(Problem(), HasSubstr("did not report: closed lost"));
}

TEST_F(OracleClientTest, EventAfterDropIsAViolation) {
  alice.Join();
  alice.Drop();
  alice.Report({.kind = Event::kClosed, .reason = "dropped"});
  EXPECT_THAT(Problem(), HasSubstr("without cause"));
}

TEST_F(OracleClientTest, ConnectionThatIsKeptAfterItsEndIsAViolation) {
  alice.Join();
  alice.Make(Call::kDrop);
  EXPECT_THAT(Problem(), HasSubstr("kept its connection"));
}

TEST_F(OracleClientTest, LeaveWithoutALoginEndsAtOnce) {
  alice.Greet();
  alice.Make(Call::kLeave);
  alice.Close(Ending::kLeft, "");
  EXPECT_THAT(Problem(), IsEmpty());
}

TEST_F(OracleClientTest, ClientIsNotJudgedBehindABrokenResponse) {
  alice.Join();
  alice.connection().received.bytes += "HTTP/2\n\n";
  alice.Use({.kind = Port::kRead, .bytes = 8});
  alice.Close(Ending::kLost, "not a ChatHTTP server");
  EXPECT_THAT(Problem(), IsEmpty());
}

}  // namespace
}  // namespace chathttp::sim

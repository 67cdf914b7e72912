#include "apps/console/app.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "apps/console/commands.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/apps/console/app_world.h"

namespace chathttp {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

ConsoleOptions Given() { return {.host = "127.0.0.1", .port = 9994, .user = "Alice"}; }

// ---- Logging in -------------------------------------------------------------------------------

TEST(LoginTest, UserAloneIsEnoughToConnectAtOnce) {
  AppWorld world({.user = "Alice"}, 80, 24);
  EXPECT_THAT(world.network.connects, ElementsAre("127.0.0.1:9994"));
  EXPECT_THAT(world.Screen(), HasSubstr("Connecting to 127.0.0.1:9994..."));
  world.EnterRoom();
  EXPECT_THAT(world.server.logins, ElementsAre("Alice"));
  EXPECT_THAT(world.Screen(), HasSubstr("Alice ─ connected"));
}

TEST(LoginTest, MissingNameIsAskedFor) {
  AppWorld world({}, 80, 24);
  world.server.Open();
  EXPECT_THAT(world.network.connects, IsEmpty());
  world.Type("Bob\r");
  EXPECT_THAT(world.network.connects, ElementsAre("127.0.0.1:9994"));
  EXPECT_THAT(world.server.logins, ElementsAre("Bob"));
}

TEST(LoginTest, TabAndArrowsMoveBetweenTheFields) {
  AppWorld world({}, 80, 24);
  world.Type("Bob\t\x15other.host\t\x15");  // host
  world.Type("70\r");
  EXPECT_THAT(world.network.connects, ElementsAre("other.host:70"));
  AppWorld back({}, 80, 24);
  back.Type("Bob\x1b[A\x15");  // Up: the port
  back.Type("71\x1b[Z\x15h\x1b[B\x1b[B!\x7f\r");
  EXPECT_THAT(back.network.connects, ElementsAre("h:71"));
}

TEST(LoginTest, AFieldThatIsWrongGetsItsError) {
  AppWorld world({}, 80, 24);
  world.Type("Al ice\r");
  EXPECT_THAT(world.Screen(), HasSubstr("User name cannot contain space"));
  world.Type("\x1b[A\x15nine\r");
  EXPECT_THAT(world.Screen(), HasSubstr("Port must be a number from 1 to 65535, got \"nine\""));
  world.Type("\x1b[A\x15\r");
  EXPECT_THAT(world.Screen(), HasSubstr("Host cannot be empty"));
  EXPECT_THAT(world.network.connects, IsEmpty());
}

TEST(LoginTest, ANameThatWasGivenWrongIsToldAtOnce) {
  AppWorld world({.user = "Al ice"}, 80, 24);
  EXPECT_THAT(world.Screen(), HasSubstr("User name cannot contain space"));
  EXPECT_THAT(world.network.connects, IsEmpty());
}

TEST(LoginTest, AnotherNameAfterARefusalNeedsNoNewConnection) {
  AppWorld world(Given(), 80, 24);
  world.server.login_code = 401;
  world.EnterRoom();
  EXPECT_THAT(world.Screen(), HasSubstr("User Name Exist: Alice is taken"));
  world.server.login_code = 200;
  world.Type("2\r");
  EXPECT_THAT(world.network.connects, ElementsAre("127.0.0.1:9994"));
  EXPECT_THAT(world.server.logins, ElementsAre("Alice", "Alice2"));
}

TEST(LoginTest, AnotherServerAfterARefusalNeedsOne) {
  AppWorld world(Given(), 80, 24);
  world.server.login_code = 401;
  world.EnterRoom();
  world.Type(
      "\x1b[A\x15"
      "80\r");
  EXPECT_THAT(world.network.connects, ElementsAre("127.0.0.1:9994", "127.0.0.1:80"));
}

TEST(LoginTest, AFailureIsShownAndCanBeTriedAgain) {
  AppWorld world({}, 80, 24);
  world.network.refuses = true;
  world.Type("Alice\r");
  EXPECT_THAT(world.Screen(), HasSubstr("Connect Failed: "));
  world.Type("\r");
  EXPECT_EQ(world.network.connects.size(), 2u);
}

TEST(LoginTest, EscapeStopsAnAttemptToConnect) {
  AppWorld world(Given(), 80, 24);
  EXPECT_THAT(world.Screen(), HasSubstr("Esc stop"));
  world.Type("\x1b");
  EXPECT_THAT(world.Screen(), HasSubstr("The attempt was stopped"));
  EXPECT_FALSE(world.ended);
  world.EnterRoom();
  EXPECT_THAT(world.server.logins, IsEmpty());
  world.Type("\r");
  EXPECT_THAT(world.server.logins, ElementsAre("Alice"));
}

TEST(LoginTest, EditStopsALoginWithTheOldName) {
  AppWorld world(Given(), 80, 24);
  world.Type("\t\x1b[Z");
  EXPECT_THAT(world.Screen(), HasSubstr("Connecting"));
  world.Type("2");
  EXPECT_THAT(world.Screen(), HasSubstr("The attempt was stopped"));
  world.Type("\r");
  world.EnterRoom();
  EXPECT_THAT(world.server.logins, ElementsAre("Alice2"));
}

TEST(LoginTest, ConnectionThatEndsWhileTheNameIsTypedLeavesTheFocus) {
  AppWorld world(Given(), 80, 24);
  world.server.login_code = 401;
  world.EnterRoom();
  world.Type("2");
  world.server.HangUp();
  world.RunToNextFrame();
  EXPECT_THAT(world.Screen(), HasSubstr("Connect Failed: "));
  world.server.login_code = 200;
  world.Type("3\r");
  EXPECT_EQ(world.server.logins.back(), "Alice23");
}

// ---- The chat ---------------------------------------------------------------------------------

class ChatTest : public ::testing::Test {
 protected:
  ChatTest() { world_.EnterRoom({"Bob", "Soros"}); }

  AppWorld world_{Given(), 100, 24};
};

TEST_F(ChatTest, TheListIsAskedForAtTheLogin) {
  EXPECT_EQ(world_.server.lists, 1);
  EXPECT_THAT(world_.Screen(), HasSubstr("3 online"));
}

TEST_F(ChatTest, SaidLineStandsOnTheScreenAtOnceUntilItIsConfirmed) {
  world_.Type("hello\r");
  EXPECT_THAT(world_.server.texts, ElementsAre("hello"));
  EXPECT_THAT(world_.Screen(), Not(HasSubstr("> hello")));
  EXPECT_THAT(world_.Screen(), HasSubstr("  ...        Alice  hello"));
  world_.Say("Bob", "in between");
  EXPECT_THAT(world_.Screen(), HasSubstr("Bob  in between"));
  EXPECT_THAT(world_.Screen(), HasSubstr("  ...        Alice  hello"));
  world_.Confirm();
  EXPECT_THAT(world_.Screen(), HasSubstr("00:00        Alice  hello"));
  EXPECT_THAT(world_.Screen(), Not(HasSubstr("...")));
}

TEST_F(ChatTest, LagCountsWhileATextWaits) {
  world_.Type("hello\r");
  world_.scheduler.RunFor(absl::Seconds(25));
  EXPECT_THAT(world_.Screen(), HasSubstr("lag 24.0 s"));
}

TEST_F(ChatTest, ABlankLineSaysNothing) {
  world_.Type("   \r\r");
  EXPECT_THAT(world_.server.texts, IsEmpty());
}

TEST_F(ChatTest, OneTextIsOnTheWayAtATime) {
  world_.Type("one\rtwo\rthree\r");
  EXPECT_THAT(world_.Screen(), HasSubstr("connected, 3 unsent"));
  EXPECT_THAT(world_.server.texts, ElementsAre("one"));
  world_.Say("Bob", "one");
  EXPECT_THAT(world_.server.texts, ElementsAre("one"));
  world_.Confirm();
  EXPECT_THAT(world_.server.texts, ElementsAre("one", "two"));
  world_.server.Refuse("too fast");
  world_.RunToNextFrame();
  EXPECT_THAT(world_.server.texts, ElementsAre("one", "two", "three"));
  EXPECT_THAT(world_.Screen(), HasSubstr("Refused: too fast: two"));
}

TEST_F(ChatTest, ATextThatIsTooLongIsToldBeforeItIsSentAndKept) {
  const std::string text(4100, 'x');
  world_.Type(text);
  EXPECT_THAT(world_.Screen(), HasSubstr("5 bytes too long"));
  world_.Type("\r");
  EXPECT_THAT(world_.Screen(), HasSubstr("Text cannot be longer than 4095 bytes, got 4100"));
  EXPECT_THAT(world_.server.texts, IsEmpty());
  world_.Type("\x7f\x7f\x7f\x7f\x7f\r");
  EXPECT_THAT(world_.server.texts, ElementsAre(text.substr(5)));
}

TEST_F(ChatTest, HistoryKeepsTheDraft) {
  world_.Type("one\rdra\x1b[A");
  EXPECT_THAT(world_.Screen(), HasSubstr("> one"));
  world_.Type(
      "\x1b[B"
      "ft\r");
  EXPECT_THAT(world_.server.texts, ElementsAre("one"));
  world_.Confirm();
  EXPECT_THAT(world_.server.texts, ElementsAre("one", "draft"));
}

TEST_F(ChatTest, TabCompletesWhoSpokeLast) {
  world_.Say("Soros", "hi");
  world_.Type("\thello\r");
  EXPECT_THAT(world_.server.texts, ElementsAre("Soros: hello"));
}

TEST_F(ChatTest, TabOffersNobodyHisOwnName) {
  world_.Say("Alice", "me");
  world_.Type("al\t");
  EXPECT_THAT(world_.Screen(), HasSubstr("> al\n"));
}

TEST_F(ChatTest, TwoSlashesSayATextThatBeginsWithOne) {
  world_.Type("//users\r");
  EXPECT_THAT(world_.server.texts, ElementsAre("/users"));
  EXPECT_EQ(world_.server.lists, 1);
}

TEST_F(ChatTest, UsersShowsTheListThatWasAskedFor) {
  EXPECT_THAT(world_.Screen(), Not(HasSubstr("online:")));  // the login asked for the first
  world_.Type("/users\r");
  EXPECT_EQ(world_.server.lists, 2);
  EXPECT_THAT(world_.Screen(), HasSubstr("3 online: Bob Soros Alice"));
}

TEST_F(ChatTest, AListThatNobodyAskedForIsNotPrinted) {
  world_.server.Reply(200, "Online users:\nBob\nAlice\n");
  world_.RunToNextFrame();
  EXPECT_THAT(world_.Screen(), Not(HasSubstr("online:")));
  EXPECT_THAT(world_.Screen(), HasSubstr("2 online"));
}

TEST_F(ChatTest, HelpListsTheCommands) {
  world_.Type("/help\r");
  for (const auto& command : kChatCommands) {
    EXPECT_THAT(world_.Screen(), HasSubstr(std::string(command.name)));
  }
}

TEST_F(ChatTest, ClearClears) {
  world_.Say("Bob", "hello");
  world_.Type("/clear\r");
  EXPECT_THAT(world_.Screen(), Not(HasSubstr("hello")));
}

TEST_F(ChatTest, ReconnectShowsConnectedOnlyAfterTheLogin) {
  world_.server.Mute();
  world_.Type("/reconnect\r");
  EXPECT_EQ(world_.network.connects.size(), 2u);
  EXPECT_THAT(world_.Screen(), HasSubstr("reconnecting"));
  EXPECT_THAT(world_.Screen(), Not(HasSubstr("online")));
  world_.EnterRoom({"Zoe"});
  EXPECT_THAT(world_.Screen(), HasSubstr("Alice ─ connected"));
  EXPECT_THAT(world_.Screen(), HasSubstr("2 online"));
}

TEST_F(ChatTest, AnUnknownCommandIsToldWithTheNearestOne) {
  world_.Type("/usres\r");
  EXPECT_THAT(world_.Screen(), HasSubstr("No such command: /usres (did you mean /users?)"));
  world_.Type("/xyzzy\r");
  EXPECT_THAT(world_.Screen(), HasSubstr("No such command: /xyzzy (/help lists them)"));
  EXPECT_THAT(world_.server.texts, IsEmpty());
}

TEST_F(ChatTest, WhoComesAndGoesIsShownAndCounted) {
  world_.server.Enter("Zoe");
  world_.server.Leave("Bob");
  world_.server.Leave("Soros");
  world_.RunToNextFrame();
  EXPECT_THAT(world_.Screen(), HasSubstr("Zoe has entered"));
  EXPECT_THAT(world_.Screen(), HasSubstr("Bob has left"));
  EXPECT_THAT(world_.Screen(), HasSubstr("2 online"));
}

TEST_F(ChatTest, F2HidesTheUsers) {
  EXPECT_THAT(world_.Screen(), HasSubstr("│ Soros"));
  world_.Type("\x1bOQ");
  EXPECT_THAT(world_.Screen(), Not(HasSubstr("│")));
  world_.Type("\x1bOQ");
  EXPECT_THAT(world_.Screen(), HasSubstr("│ Soros"));
}

TEST_F(ChatTest, TheUsersAreHiddenBelow80Columns) {
  world_.Resize(79, 24);
  EXPECT_THAT(world_.Screen(), Not(HasSubstr("│")));
}

TEST_F(ChatTest, AMentionRingsTheBellOnlyIfWanted) {
  ConsoleOptions options = Given();
  options.bell = true;
  AppWorld loud(options, 80, 24);
  loud.EnterRoom();
  loud.Say("Bob", "malice alicea");
  loud.Type("Alice\r");
  loud.Confirm();
  EXPECT_EQ(loud.terminal.screen.bells(), 0);
  loud.Say("Bob", "hi alice!");
  EXPECT_EQ(loud.terminal.screen.bells(), 1);
  world_.Say("Bob", "hi alice!");
  EXPECT_EQ(world_.terminal.screen.bells(), 0);
}

TEST_F(ChatTest, WhatIsHostileIsShownAndDrivesNothing) {
  world_.Type("x\r");
  world_.server.Refuse("no\x1b]0;title\x07");
  world_.Say("Bob", "a\x1b[2J\r\nb\x07\u009B\u202E\xFF");
  EXPECT_THAT(world_.terminal.screen.complaints(), IsEmpty());
  EXPECT_EQ(world_.terminal.screen.bells(), 0);
  EXPECT_THAT(world_.Screen(), HasSubstr("a\\x1b[2J\\x0d\\x0ab\\x07\\u009b\\u202e\\xff"));
}

// ---- Pasting ----------------------------------------------------------------------------------

TEST_F(ChatTest, OneLineThatIsPastedGoesIntoTheLine) {
  world_.Type("say \x1b[200~hello\n\x1b[201~!\r");
  EXPECT_THAT(world_.server.texts, ElementsAre("say hello!"));
}

TEST_F(ChatTest, SeveralLinesAreConfirmedAndThenSaidOneByOne) {
  world_.Type("draft\x1b[200~one\n\ntwo\n\x1b[201~");
  EXPECT_THAT(world_.Screen(), HasSubstr("2 lines pasted"));
  EXPECT_THAT(world_.server.texts, IsEmpty());
  world_.Type("\r");
  EXPECT_THAT(world_.server.texts, ElementsAre("one"));
  world_.Confirm();
  EXPECT_THAT(world_.server.texts, ElementsAre("one", "two"));
  EXPECT_THAT(world_.Screen(), HasSubstr("> draft"));
}

TEST_F(ChatTest, EscapeDropsWhatWasPastedAndNamesIt) {
  world_.Type("\x1b[200~one\ntwo\x1b[201~\x1b");
  EXPECT_THAT(world_.Screen(), HasSubstr("2 pasted lines were dropped, the first: \"one\""));
  world_.Type("\r");
  EXPECT_THAT(world_.server.texts, IsEmpty());
}

TEST_F(ChatTest, KeyboardWorksAgainBehindAPasteWithoutItsEndMark) {
  world_.Type("\x1b[200~one\ntwo");
  world_.Type("\r");
  EXPECT_THAT(world_.server.texts, IsEmpty());
  world_.scheduler.RunFor(kPasteLimit);
  EXPECT_THAT(world_.Screen(), HasSubstr("2 lines pasted"));
  world_.Type("\r");
  EXPECT_THAT(world_.server.texts, ElementsAre("one"));
}

TEST_F(ChatTest, PasteThatIsTooLongIsRefusedWithItsSize) {
  const std::string line(99, 'x');
  std::string huge;
  while (huge.size() <= kMaxPasteBytes) huge += line + "\n";
  world_.Type("draft\x1b[200~" + huge + "\x1b[201~");
  EXPECT_THAT(world_.Screen(), HasSubstr("Paste of 65600 bytes dropped"));
  EXPECT_THAT(world_.Screen(), HasSubstr("> draft"));
  EXPECT_THAT(world_.server.texts, IsEmpty());
}

TEST_F(ChatTest, SecondPasteJoinsTheOneThatWaits) {
  world_.Type("\x1b[200~one\ntwo\x1b[201~\x1b[200~three\x1b[201~");
  EXPECT_THAT(world_.Screen(), HasSubstr("3 lines pasted"));
}

TEST_F(ChatTest, LateShortRestOfAPasteDoesNotConfirmIt) {
  world_.Type("\x1b[200~one\rtwo\r");
  world_.scheduler.RunFor(kPasteLimit);
  world_.Type("three\r");
  world_.scheduler.RunFor(kPasteLimit);
  EXPECT_THAT(world_.server.texts, IsEmpty());
  EXPECT_THAT(world_.Screen(), HasSubstr("3 lines pasted"));
}

TEST_F(ChatTest, SecondPasteThatIsRefusedIsReportedAndTheFirstStays) {
  world_.Type("\x1b[200~one\ntwo\x1b[201~");
  world_.Type("\x1b[200~" + std::string(kMaxPasteBytes + 1, 'x') + "\x1b[201~");
  EXPECT_THAT(world_.Screen(), HasSubstr("Paste of 65537 bytes dropped"));
  EXPECT_THAT(world_.Screen(), HasSubstr("2 lines pasted"));
  world_.Type("\x1b[200~a\x03z\x1b[201~");
  EXPECT_THAT(world_.Screen(), HasSubstr("Line 3 of the paste cannot be sent"));
  EXPECT_THAT(world_.Screen(), HasSubstr("2 lines pasted"));
}

TEST_F(ChatTest, PastedLinesThatFindTheQueueFullStayPasted) {
  std::string lines;
  for (int i = 0; i < 600; ++i) lines += "x\n";
  world_.Type("\x1b[200~" + lines + "\x1b[201~");
  world_.Type("\r");  // one is on the way, 599 of at most 1000 wait
  world_.Type("\x1b[200~" + lines + "\x1b[201~");
  world_.Type("\r");
  EXPECT_THAT(world_.Screen(), HasSubstr("199 lines pasted"));
  EXPECT_THAT(world_.Screen(), HasSubstr("at most 1000 texts may wait"));
  world_.Type("\x1b[21~\x1b[21~");  // leaving at once
  const std::string& report = world_.app.unsent_report();
  EXPECT_THAT(report, HasSubstr("Perhaps not delivered: x\n"));
  EXPECT_EQ(std::count(report.begin(), report.end(), '\n'), 1200);
}

TEST_F(ChatTest, TypingDoesNotConfirmAPaste) {
  world_.Type("\x1b[200~one\ntwo\x1b[201~yes");
  EXPECT_THAT(world_.Screen(), HasSubstr("2 lines pasted"));
  EXPECT_THAT(world_.Screen(), Not(HasSubstr("> yes")));
}

TEST_F(ChatTest, APasteThatCannotBeSaidIsToldWithItsLine) {
  world_.Type("\x1b[200~one\ntw\x1bo\x1b[201~");
  EXPECT_THAT(world_.Screen(), HasSubstr("Line 2 of the paste cannot be sent: Text cannot"));
}

TEST_F(ChatTest, ControlCDropsTheWaitingTextsAndNamesEach) {
  world_.Type("\x1b[200~one\ntwo\nthree\x1b[201~\r");
  world_.Type("\x03");
  world_.Confirm();
  EXPECT_THAT(world_.server.texts, ElementsAre("one"));
  EXPECT_THAT(world_.Screen(), HasSubstr("Not sent: two"));
  EXPECT_THAT(world_.Screen(), HasSubstr("Not sent: three"));
}

TEST_F(ChatTest, UpBringsBackTheLineThatControlCCleared) {
  world_.Type("hello\x03\x1b[A");
  EXPECT_THAT(world_.Screen(), HasSubstr("> hello"));
}

// ---- Losing and finding the connection --------------------------------------------------------

TEST_F(ChatTest, ALossIsShownAndCountedDown) {
  world_.Crash();
  EXPECT_THAT(world_.Screen(), HasSubstr("Connection lost: server closed the connection"));
  EXPECT_THAT(world_.Screen(), HasSubstr("reconnecting in 1 s"));
  EXPECT_THAT(world_.Screen(), Not(HasSubstr("online")));
  world_.scheduler.RunFor(absl::Seconds(2));
  EXPECT_THAT(world_.Screen(), HasSubstr("Cannot come back yet: "));
  EXPECT_THAT(world_.Screen(), HasSubstr("reconnecting in 2 s"));
  world_.network.refuses = false;
  world_.scheduler.RunFor(absl::Seconds(2));
  EXPECT_THAT(world_.Screen(), HasSubstr("Back in the room as Alice"));
  EXPECT_THAT(world_.Screen(), HasSubstr("Alice ─ connected"));
}

TEST_F(ChatTest, ATextInDoubtIsTold) {
  world_.Type("one\rtwo\r");
  world_.Crash();
  EXPECT_THAT(world_.Screen(), HasSubstr("Perhaps not delivered: one"));
  EXPECT_THAT(world_.Screen(), HasSubstr("reconnecting in 1 s, 1 unsent"));
  world_.network.refuses = false;
  world_.scheduler.RunFor(absl::Seconds(2));
  EXPECT_THAT(world_.server.texts, ElementsAre("one", "two"));
}

TEST_F(ChatTest, TextsThatWaitForAnotherServerAreNamed) {
  world_.Type("one\rtwo\r");
  world_.server.login_code = 400;
  world_.server.HangUp();
  world_.scheduler.RunFor(absl::Seconds(2));
  EXPECT_THAT(world_.Screen(), HasSubstr("Login refused"));
  world_.server.login_code = 200;
  world_.Type(
      "\r\x1b[A\x15"
      "70\r");
  EXPECT_THAT(world_.Screen(), HasSubstr("Not sent: two"));
  EXPECT_THAT(world_.server.texts, ElementsAre("one"));
}

TEST_F(ChatTest, NameThatIsRefusedAfterALossIsAskedForAndTheLinesStay) {
  world_.Say("Bob", "before");
  world_.server.login_code = 400;
  world_.server.login_reason = "Names with A are closed today";
  world_.server.HangUp();
  world_.Type("half a l");
  world_.scheduler.RunFor(absl::Seconds(2));
  EXPECT_THAT(world_.Screen(), HasSubstr("Login refused: Names with A are closed today"));
  world_.Type("ine");  // still typed for the line
  EXPECT_THAT(world_.Screen(), Not(HasSubstr("Aliceine")));
  world_.server.login_code = 200;
  world_.Type("\r2\r");
  EXPECT_EQ(world_.server.logins.back(), "Alice2");
  EXPECT_THAT(world_.Screen(), HasSubstr("before"));
  EXPECT_THAT(world_.Screen(), HasSubstr("Alice2 ─ connected"));
  EXPECT_THAT(world_.Screen(), HasSubstr("> half a line"));
}

TEST_F(ChatTest, TakenNameAfterALossIsShownAtOnce) {
  world_.server.login_code = 401;
  world_.server.HangUp();
  world_.scheduler.RunFor(absl::Seconds(2));
  EXPECT_THAT(world_.Screen(), HasSubstr("Cannot come back yet: the name is taken"));
  EXPECT_THAT(world_.Screen(), HasSubstr("reconnecting in "));
}

// ---- Leaving ----------------------------------------------------------------------------------

TEST_F(ChatTest, QuitAndF10AndControlDLeave) {
  for (const std::string_view keys : {"/quit\r", "\x1b[21~", "\x04"}) {
    AppWorld world(Given(), 80, 24);
    world.EnterRoom();
    world.Type(keys);
    EXPECT_EQ(world.server.logouts, 1) << keys;
    EXPECT_TRUE(world.ended);
    EXPECT_EQ(world.app.unsent_report(), "");
  }
}

TEST_F(ChatTest, ControlDInALineDeletes) {
  world_.Type("ab\x01\x04\r");
  EXPECT_EQ(world_.server.logouts, 0);
  EXPECT_THAT(world_.server.texts, ElementsAre("b"));
}

TEST_F(ChatTest, ControlCClearsTheLineAndTwiceLeaves) {
  world_.Type("hello\x03");
  EXPECT_THAT(world_.Screen(), Not(HasSubstr("hello")));
  world_.Type("\x03");
  EXPECT_THAT(world_.Screen(), HasSubstr("^C again leaves"));
  EXPECT_EQ(world_.server.logouts, 0);
  world_.Type("\x03");
  EXPECT_EQ(world_.server.logouts, 1);
}

TEST_F(ChatTest, AKeyInBetweenMakesItOnceAgain) {
  world_.Type("\x03x\x7f\x03");
  EXPECT_EQ(world_.server.logouts, 0);
}

TEST_F(ChatTest, WhatWaitsIsSaidBeforeOneLeaves) {
  world_.Type("one\rtwo\rthree\r/quit\r");
  EXPECT_THAT(world_.Screen(), HasSubstr("leaving"));
  for (int i = 0; i < 3; ++i) world_.Confirm();
  EXPECT_THAT(world_.server.texts, ElementsAre("one", "two", "three"));
  EXPECT_EQ(world_.server.logouts, 1);
  EXPECT_TRUE(world_.ended);
  EXPECT_EQ(world_.app.unsent_report(), "");
}

TEST_F(ChatTest, TextsThatNoTimeIsLeftForAreReportedAtTheEnd) {
  world_.Type("one\rtw\xC3\xB6\r/quit\r");
  world_.scheduler.RunFor(absl::Seconds(6));
  EXPECT_TRUE(world_.ended);
  EXPECT_EQ(world_.app.unsent_report(), "Perhaps not delivered: one\nNot sent: tw\xC3\xB6\n");
}

TEST_F(ChatTest, LeavingTwiceIsAtOnceAndReportsTheTexts) {
  world_.Type("one\rtwo\r");
  world_.app.Leave();
  EXPECT_FALSE(world_.ended);
  world_.app.Leave();
  EXPECT_TRUE(world_.ended);
  EXPECT_EQ(world_.app.unsent_report(), "Perhaps not delivered: one\nNot sent: two\n");
}

// ---- The terminal -----------------------------------------------------------------------------

TEST_F(ChatTest, ControlZSuspends) {
  world_.Type("\x1a");
  EXPECT_EQ(world_.terminal.suspensions, 1);
}

TEST_F(ChatTest, ControlLDrawsAllAgain) {
  const std::string before = world_.Screen();
  world_.terminal.screen.Resize(100, 24);  // garbage
  world_.Type("\x0c");
  EXPECT_EQ(world_.Screen(), before);
}

TEST_F(ChatTest, AnySizeIsDrawnWhole) {
  world_.Say("Bob", "hello");
  for (const auto& [columns, rows] :
       {std::pair{1, 1}, {2, 2}, {3, 3}, {5, 4}, {20, 8}, {79, 11}, {80, 12}, {400, 100}}) {
    world_.Resize(columns, rows);
    EXPECT_THAT(world_.terminal.screen.complaints(), IsEmpty()) << columns << "x" << rows;
    EXPECT_THAT(world_.Screen(), Not(HasSubstr("?"))) << columns << "x" << rows;
  }
}

TEST_F(ChatTest, AThousandMessagesASecondAreDrawnAtMost60TimesASecond) {
  const int before = world_.terminal.frames;
  for (int i = 0; i < 10'000; ++i) {
    world_.server.Say("Bob", absl::StrCat("message ", i));
    world_.scheduler.RunFor(absl::Milliseconds(1));
  }
  const int frames = world_.terminal.frames - before;
  EXPECT_LE(frames, 601);
  EXPECT_GE(frames, 500);
  world_.RunToNextFrame();
  EXPECT_THAT(world_.Screen(), HasSubstr("message 9999"));
}

TEST_F(ChatTest, AKeyIsEchoedInItsOwnTurn) {
  world_.app.OnInput("x");
  world_.scheduler.Step();
  EXPECT_THAT(world_.Screen(), HasSubstr("> x"));
}

TEST_F(ChatTest, ATerminalThatIsBusyGetsNoFrames) {
  world_.terminal.is_busy = true;
  const int before = world_.terminal.frames;
  world_.Type("hello");
  EXPECT_EQ(world_.terminal.frames, before);
  world_.terminal.is_busy = false;
  world_.app.OnDrained();
  world_.RunToNextFrame();
  EXPECT_THAT(world_.Screen(), HasSubstr("> hello"));
}

TEST_F(ChatTest, ALongLineIsShownAroundTheCursor) {
  world_.Resize(20, 8);
  world_.Type("0123456789abcdefghijklmnopqrstuvwxyz");
  EXPECT_THAT(world_.Screen(), HasSubstr("xyz"));
  EXPECT_THAT(world_.Screen(), HasSubstr("> <"));
  world_.Type("\x01");
  EXPECT_THAT(world_.Screen(), HasSubstr("> 0123456789abcdefg>"));
}

}  // namespace
}  // namespace chathttp

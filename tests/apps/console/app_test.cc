#include "apps/console/app.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

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
  world.Type("chat.example:45989\r");
  EXPECT_THAT(world.Screen(), HasSubstr("Host is without the port: put 45989"));
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
  EXPECT_THAT(world.Screen(), HasSubstr("Connect Failed: 127.0.0.1:9994: connection refused"));
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

TEST(LoginTest, EscapeLeavesTheFormOnlyTwiceInARow) {
  AppWorld world({}, 80, 24);
  world.Type("\x1b");
  EXPECT_THAT(world.Screen(), HasSubstr("Esc again leaves"));
  EXPECT_FALSE(world.ended);
  world.Type("A");
  world.Type("\x1b");
  EXPECT_FALSE(world.ended);
  world.Type("\x1b");
  EXPECT_TRUE(world.ended);
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

TEST_F(ChatTest, HelpListsTheCommandsAndKeys) {
  world_.Resize(100, 40);
  world_.Type("/help\r");
  for (const auto& command : kChatCommands) {
    EXPECT_THAT(world_.Screen(), HasSubstr(std::string(command.name)));
  }
  EXPECT_THAT(world_.Screen(), HasSubstr("^R searches them"));
}

TEST_F(ChatTest, ClearEmptiesTheScreenAndKeepsTheLines) {
  world_.Say("Bob", "hello");
  world_.Type("/clear\r");
  EXPECT_THAT(world_.Screen(), Not(HasSubstr("hello")));
  world_.Type("\x1b[5~");
  EXPECT_THAT(world_.Screen(), HasSubstr("hello"));
}

TEST_F(ChatTest, NewDayHasALine) {
  world_.Say("Bob", "before midnight");
  EXPECT_THAT(world_.Screen(), Not(HasSubstr("1970-01-02")));
  world_.scheduler.SetWallOffset(absl::Hours(24));
  world_.Say("Bob", "after midnight");
  EXPECT_THAT(world_.Screen(), HasSubstr("─ Friday 1970-01-02 ─"));
}

TEST_F(ChatTest, MentionBelowTheViewIsShown) {
  for (int i = 0; i < 40; ++i) world_.server.Say("Bob", "line");
  world_.RunToNextFrame();
  world_.Type("\x1b[5~");
  world_.Say("Bob", "malice");
  EXPECT_THAT(world_.Screen(), HasSubstr(" 1 new below"));
  EXPECT_THAT(world_.Screen(), Not(HasSubstr("mentions you")));
  world_.Say("Bob", "Alice?");
  EXPECT_THAT(world_.Screen(), HasSubstr("mentions you, 2 new below"));
  world_.Type("\x1b");
  EXPECT_THAT(world_.Screen(), Not(HasSubstr("mentions you")));
}

TEST_F(ChatTest, NameInsideAnotherLegalNameIsNoMention) {
  ConsoleOptions options = Given();
  options.bell = true;
  AppWorld world(options, 80, 24);
  world.EnterRoom();
  for (const char* text : {"my.alice", "alice-b", "alice.b", "x_alice", "alice2", "a..alice"}) {
    world.Say("Bob", text);
    EXPECT_EQ(world.terminal.screen.bells(), 0) << text;
  }
  int bells = 0;
  for (const char* text : {"alice", "hi ALICE.", "...alice...", "@alice", "(alice)", "--alice"}) {
    world.Say("Bob", text);
    EXPECT_EQ(world.terminal.screen.bells(), ++bells) << text;
  }
}

TEST_F(ChatTest, LabelsOfTheFrameHavePriorityOverItsCrossings) {
  AppWorld world({.user = "Alice"}, 100, 30);
  std::vector<std::string> others;
  for (int i = 0; i < 1003; ++i) others.push_back(absl::StrCat("user", i));
  world.EnterRoom(others);
  for (int columns = 80; columns < 120; ++columns) {
    world.Resize(columns, 30);
    EXPECT_THAT(world.Screen(), HasSubstr("1004 online")) << columns;
  }
  world.Resize(100, 30);
  for (int i = 0; i < 60; ++i) world.server.Say("user1", "x");
  world.RunToNextFrame();
  world.Type("\x1b[5~");
  for (int columns = 80; columns < 120; ++columns) {
    world.Resize(columns, 30);
    EXPECT_THAT(world.Screen(), HasSubstr("scrolled back ▼")) << columns;
  }
}

TEST_F(ChatTest, F2OnANarrowScreenTellsWhatItNeeds) {
  world_.Resize(60, 15);
  world_.Type("\x1bOQ");
  EXPECT_THAT(world_.Screen(),
              HasSubstr("The list needs 80 columns, the screen has 60: use /users"));
}

TEST_F(ChatTest, LongHintIsCutVisibly) {
  world_.Resize(40, 12);
  world_.Type("\x1bOQ");
  EXPECT_THAT(world_.Screen(), HasSubstr("The list needs 80 columns, the screen …"));
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
  EXPECT_THAT(world_.Screen(), HasSubstr("No such command: /xyzzy (/help lists them"));
  EXPECT_THAT(world_.server.texts, IsEmpty());
}

TEST_F(ChatTest, CommandWithAnArgumentThatItDoesNotTakeSaysSo) {
  world_.Type("/users now\r");
  EXPECT_THAT(world_.Screen(), HasSubstr("/users takes nothing behind it, got \"now\""));
  world_.Type("/search  \r");
  EXPECT_THAT(world_.Screen(), HasSubstr("/search needs a text: /search TEXT"));
  EXPECT_EQ(world_.server.lists, 1);
}

TEST_F(ChatTest, MeSaysWhatTheUserDoes) {
  world_.Type("/me  waves \r");
  EXPECT_THAT(world_.server.texts, ElementsAre("* Alice waves"));
}

TEST_F(ChatTest, IgnoredUserIsHiddenUntilHeIsShownAgain) {
  world_.Type("/ignore\r/ignore bob\r");
  EXPECT_THAT(world_.Screen(), HasSubstr("Nobody is ignored"));
  world_.Say("Bob", "hidden");
  world_.Say("Soros", "seen");
  EXPECT_THAT(world_.Screen(), Not(HasSubstr("Bob  hidden")));
  EXPECT_THAT(world_.Screen(), HasSubstr("Soros  seen"));
  world_.Type("/ignore\r/ignore BOB\r");
  EXPECT_THAT(world_.Screen(), HasSubstr("Ignored: bob"));
  world_.Say("Bob", "back");
  EXPECT_THAT(world_.Screen(), HasSubstr("Bob  back"));
  world_.Type("/ignore a b\r");
  EXPECT_THAT(world_.Screen(), HasSubstr("User name cannot contain space"));
}

TEST_F(ChatTest, SearchFindsLinesAndKeysGoOn) {
  world_.Say("Bob", "the first apple");
  for (int i = 0; i < 40; ++i) world_.server.Say("Bob", "pear");
  world_.Say("Bob", "the second Apple");
  for (int i = 0; i < 40; ++i) world_.server.Say("Bob", "plum");
  world_.RunToNextFrame();
  world_.Type("/search apple\r");
  EXPECT_THAT(world_.Screen(), HasSubstr("the second Apple"));
  EXPECT_THAT(world_.Screen(), HasSubstr("n older, N newer, Esc stop"));
  world_.Type("n");
  EXPECT_THAT(world_.Screen(), HasSubstr("the first apple"));
  world_.Type("n");
  EXPECT_THAT(world_.Screen(), HasSubstr("No older line contains \"apple\""));
  world_.Type("N");
  EXPECT_THAT(world_.Screen(), HasSubstr("the second Apple"));
  world_.Type("x");
  EXPECT_THAT(world_.Screen(), HasSubstr("> x"));
  world_.Type("n");
  EXPECT_THAT(world_.Screen(), HasSubstr("> xn"));
}

TEST_F(ChatTest, ControlRSearchesTheHistory) {
  world_.Type("one apple\rtwo\rthree apples\rdraft\x12");
  EXPECT_THAT(world_.Screen(), HasSubstr("Search: \"\""));
  world_.Type("appl");
  EXPECT_THAT(world_.Screen(), HasSubstr("> three apples"));
  world_.Type("\x12");
  EXPECT_THAT(world_.Screen(), HasSubstr("> one apple"));
  world_.Type("\x12");
  EXPECT_THAT(world_.Screen(), HasSubstr("No older line contains \"appl\""));
  world_.Type("\x1b");
  EXPECT_THAT(world_.Screen(), HasSubstr("> draft"));
  world_.Type("\x12tw\r");
  for (int i = 0; i < 4; ++i) world_.Confirm();
  EXPECT_EQ(world_.server.texts.back(), "two");
}

TEST_F(ChatTest, ViewScrollsByLinesAndToItsEndsAndTheWheelLeavesTheDraft) {
  for (int i = 100; i < 200; ++i) world_.server.Say("Bob", absl::StrCat("line ", i));
  world_.RunToNextFrame();
  world_.Type("draft\x1b[1;2A");
  EXPECT_THAT(world_.Screen(), Not(HasSubstr("line 199")));
  EXPECT_THAT(world_.Screen(), HasSubstr("line 198"));
  world_.Type("\x1b[<64;10;10M");
  EXPECT_THAT(world_.Screen(), Not(HasSubstr("line 196")));
  EXPECT_THAT(world_.Screen(), HasSubstr("line 195"));
  world_.Type("\x1b[<65;10;10M\x1b[1;2B");
  EXPECT_THAT(world_.Screen(), HasSubstr("line 199"));
  world_.Type("\x1bOA\x1bOA\x1bOA");  // the wheel on the alternate screen
  EXPECT_THAT(world_.Screen(), Not(HasSubstr("line 197")));
  world_.Type("\x1bOB\x1bOB\x1bOB");
  EXPECT_THAT(world_.Screen(), HasSubstr("line 199"));
  world_.Type("\x1b[1;5H");
  EXPECT_THAT(world_.Screen(), HasSubstr("line 100"));
  world_.Type("\x1b[1;5F");
  EXPECT_THAT(world_.Screen(), HasSubstr("line 199"));
  EXPECT_THAT(world_.Screen(), HasSubstr("> draft"));
}

TEST_F(ChatTest, MembersThatEnterAndLeaveInAMinuteShareALine) {
  world_.server.Enter("Zoe");
  world_.server.Leave("Zoe");
  world_.server.Enter("Yan");
  world_.RunToNextFrame();
  EXPECT_THAT(world_.Screen(), HasSubstr("-  Zoe has entered, Zoe has left, Yan has entered"));
}

TEST_F(ChatTest, F3HidesWhoEntersAndLeaves) {
  world_.Type("\x1bOR");
  EXPECT_THAT(world_.Screen(), HasSubstr("Who enters and leaves is hidden"));
  world_.server.Enter("Zoe");
  world_.RunToNextFrame();
  EXPECT_THAT(world_.Screen(), Not(HasSubstr("Zoe has entered")));
  EXPECT_THAT(world_.Screen(), HasSubstr("4 online"));
  world_.Type("\x1bOR");
  world_.server.Leave("Zoe");
  world_.RunToNextFrame();
  EXPECT_THAT(world_.Screen(), HasSubstr("Zoe has left"));
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

TEST_F(ChatTest, AListOfUsersThatIsLongerThanTheScreenScrolls) {
  for (int i = 100; i < 150; ++i) world_.server.Enter(absl::StrCat("user", i));
  world_.Resize(100, 24);  // 20 rows of the list
  const auto first_and_last = [this](const std::string& first, const std::string& last) {
    EXPECT_THAT(world_.Screen(), HasSubstr(absl::StrCat("│ ", first, "\n")));
    EXPECT_THAT(world_.Screen(), HasSubstr(absl::StrCat("│ ", last, "\n")));
  };
  first_and_last("Alice", "and 34 more");
  world_.Type("\x1b[24~");  // F12
  first_and_last("18 above", "and 17 more");
  EXPECT_THAT(world_.Screen(), HasSubstr("│ user116\n"));
  world_.Type("\x1b[6;3~\x1b[6;3~");  // Alt-PgDn
  first_and_last("35 above", "user149");
  EXPECT_THAT(world_.Screen(), HasSubstr("│ user133\n"));
  world_.Type("\x1b[23~\x1b[5;3~");  // F11, Alt-PgUp
  first_and_last("Alice", "and 34 more");
}

TEST_F(ChatTest, ScrolledListOfUsersStaysFullWhenUsersLeave) {
  for (int i = 100; i < 150; ++i) world_.server.Enter(absl::StrCat("user", i));
  world_.Type("\x1b[24~\x1b[24~\x1b[24~");
  for (int i = 120; i < 150; ++i) world_.server.Leave(absl::StrCat("user", i));
  world_.RunToNextFrame();
  EXPECT_THAT(world_.Screen(), HasSubstr("│ 5 above\n"));
  EXPECT_THAT(world_.Screen(), HasSubstr("│ user119\n"));
  for (int i = 110; i < 120; ++i) world_.server.Leave(absl::StrCat("user", i));
  world_.RunToNextFrame();
  EXPECT_THAT(world_.Screen(), HasSubstr("│ Alice\n"));
}

TEST_F(ChatTest, AListOfUsersThatFitsDoesNotScroll) {
  world_.Type("\x1bOQ\x1b[24~");
  EXPECT_THAT(world_.Screen(), HasSubstr("│ Alice\n"));
  EXPECT_THAT(world_.Screen(), Not(HasSubstr("above")));
  world_.Resize(60, 15);
  world_.Type("\x1b[24~");
  EXPECT_THAT(world_.Screen(), HasSubstr("The list needs 80 columns"));
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

// ---- The log ----------------------------------------------------------------------------------

TEST(ConsoleLog, GetsEachLineThatIsShown) {
  std::string log;
  ConsoleOptions options = Given();
  options.chat.log = [&log](std::string_view line) {
    log += line;
    return true;
  };
  AppWorld world(options, 80, 24);
  world.EnterRoom({"Bob"});
  world.server.Enter("Zoe");
  world.server.Leave("Zoe");
  world.Say("Bob", "hi\x1b[2J");
  world.Type("never\r");
  EXPECT_EQ(log,
            "1970-01-01 00:00:01 - In the room as Alice; F1 for help\n"
            "1970-01-01 00:00:01 - Zoe has entered\n"
            "1970-01-01 00:00:01 - Zoe has left\n"
            "1970-01-01 00:00:01 [ Bob ] : hi\\x1b[2J\n");
}

TEST(ConsoleLog, FailureIsToldOnceAndTheChatGoesOn) {
  bool takes = true;
  ConsoleOptions options = Given();
  options.chat.log = [&takes](std::string_view) { return takes; };
  AppWorld world(options, 100, 24);
  world.EnterRoom({"Bob"});
  takes = false;
  world.Say("Bob", "one");
  world.Say("Bob", "two");
  const std::string told = "The log takes no more lines";
  EXPECT_THAT(world.Screen(), HasSubstr(told));
  EXPECT_EQ(world.Screen().find(told), world.Screen().rfind(told));
  EXPECT_THAT(world.Screen(), HasSubstr("Bob  two"));
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
  EXPECT_THAT(world_.Screen(), HasSubstr("Line 2 of the paste cannot be sent: Text "));
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

// As long as the servers of a room hold the names of one that was killed.
TEST_F(ChatTest, TakenNameAfterALossIsTriedForSevenSeconds) {
  world_.server.login_code = 401;
  world_.server.HangUp();
  world_.scheduler.RunFor(absl::Milliseconds(7300));
  world_.server.login_code = 200;
  world_.scheduler.RunFor(absl::Seconds(20));
  EXPECT_THAT(world_.Screen(), HasSubstr("Back in the room as Alice"));
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

TEST_F(ChatTest, ALineInProgressIsReportedAtTheEnd) {
  world_.Type("said\r");
  world_.Confirm();
  world_.Type("half a line\x1b[A");  // Up
  world_.Type("\x1b[21~");
  EXPECT_TRUE(world_.ended);
  EXPECT_EQ(world_.app.unsent_report(), "Not sent: half a line\n");
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

TEST_F(ChatTest, ByteThatIsNotUtf8IsReportedAndTheLineStays) {
  world_.Type("caf");
  world_.Type("\xE9");
  EXPECT_THAT(world_.Screen(), HasSubstr("the terminal must send UTF-8, got 0xe9"));
  world_.Type(" au lait\r");
  EXPECT_THAT(world_.server.texts, ElementsAre("caf au lait"));
}

TEST_F(ChatTest, SequenceWithoutItsEndIsReportedAndTheLineStays) {
  world_.Type("hel");
  world_.Type("\x1b[1;");
  world_.RunToNextFrame();
  EXPECT_THAT(world_.Screen(), HasSubstr("its escape sequence has no end, got 0x1b5b313b"));
  world_.Type("lo\r");
  EXPECT_THAT(world_.server.texts, ElementsAre("hello"));
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

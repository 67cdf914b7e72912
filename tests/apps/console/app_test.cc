#include "apps/console/app.h"

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

TEST(LoginTest, WithAllGivenItConnectsAtOnce) {
  AppWorld world(Given(), 80, 24);
  EXPECT_THAT(world.session.connects, ElementsAre("127.0.0.1:9994"));
  EXPECT_THAT(world.session.logins, ElementsAre("Alice"));
  EXPECT_THAT(world.Screen(), HasSubstr("Connecting to 127.0.0.1:9994..."));
}

TEST(LoginTest, WhatIsNotGivenIsAskedFor) {
  AppWorld world({}, 80, 24);
  EXPECT_THAT(world.session.connects, IsEmpty());
  world.Type("Bob\r");
  EXPECT_THAT(world.session.connects, ElementsAre("127.0.0.1:9994"));
  EXPECT_THAT(world.session.logins, ElementsAre("Bob"));
}

TEST(LoginTest, TabAndArrowsMoveBetweenTheFields) {
  AppWorld world({}, 80, 24);
  world.Type("Bob\t\x15other.host\t\x15");  // host
  world.Type("70\r");
  EXPECT_THAT(world.session.connects, ElementsAre("other.host:70"));
  AppWorld back({}, 80, 24);
  back.Type("Bob\x1b[A\x15");  // Up: the port
  back.Type("71\x1b[Z\x15h\x1b[B\x1b[B!\x7f\r");
  EXPECT_THAT(back.session.connects, ElementsAre("h:71"));
}

TEST(LoginTest, AFieldThatIsWrongGetsItsError) {
  AppWorld world({}, 80, 24);
  world.Type("Al ice\r");
  EXPECT_THAT(world.Screen(), HasSubstr("User name cannot contain space"));
  world.Type("\x1b[A\x15nine\r");
  EXPECT_THAT(world.Screen(), HasSubstr("Port must be a number from 1 to 65535, got \"nine\""));
  world.Type("\x1b[A\x15\r");
  EXPECT_THAT(world.Screen(), HasSubstr("Host cannot be empty"));
  EXPECT_THAT(world.session.connects, IsEmpty());
}

TEST(LoginTest, ANameThatWasGivenWrongIsToldAtOnce) {
  AppWorld world({.user = "Al ice"}, 80, 24);
  EXPECT_THAT(world.Screen(), HasSubstr("User name cannot contain space"));
}

TEST(LoginTest, AnotherNameAfterARefusalNeedsNoNewConnection) {
  AppWorld world(Given(), 80, 24);
  world.app.OnConnected();
  world.app.OnNameRefused("Alice", true, "Error...T.T");
  world.RunToNextFrame();
  EXPECT_THAT(world.Screen(), HasSubstr("User Name Exist"));
  world.Type("2\r");
  EXPECT_THAT(world.session.connects, ElementsAre("127.0.0.1:9994"));
  EXPECT_THAT(world.session.logins, ElementsAre("Alice", "Alice2"));
}

TEST(LoginTest, AnotherServerAfterARefusalNeedsOne) {
  AppWorld world(Given(), 80, 24);
  world.app.OnConnected();
  world.app.OnNameRefused("Alice", true, "");
  world.Type(
      "\x1b[A\x15"
      "80\r");
  EXPECT_THAT(world.session.connects, ElementsAre("127.0.0.1:9994", "127.0.0.1:80"));
}

TEST(LoginTest, AFailureIsShownAndCanBeTriedAgain) {
  AppWorld world(Given(), 80, 24);
  world.app.OnClosed("127.0.0.1:9994: connection refused", false);
  world.RunToNextFrame();
  EXPECT_THAT(world.Screen(), HasSubstr("Connect Failed: 127.0.0.1:9994: connection refused"));
  world.Type("\r");
  EXPECT_EQ(world.session.connects.size(), 2u);
}

// ---- The chat ---------------------------------------------------------------------------------

class ChatTest : public ::testing::Test {
 protected:
  ChatTest() { world_.EnterRoom("Alice", {"Bob", "Soros"}); }

  AppWorld world_{Given(), 80, 24};
};

TEST_F(ChatTest, TheListIsAskedForAtTheLogin) {
  EXPECT_EQ(world_.session.lists, 1);
  EXPECT_THAT(world_.Screen(), HasSubstr("3 online"));
}

TEST_F(ChatTest, EnterSaysTheLine) {
  world_.Type("hello\r");
  EXPECT_THAT(world_.session.sent, ElementsAre("hello"));
  EXPECT_THAT(world_.Screen(), Not(HasSubstr("> hello")));
  world_.app.OnMessage("Alice", "hello", true);
  world_.RunToNextFrame();
  EXPECT_THAT(world_.Screen(), HasSubstr("Alice  hello"));
}

TEST_F(ChatTest, ABlankLineSaysNothing) {
  world_.Type("   \r\r");
  EXPECT_THAT(world_.session.sent, IsEmpty());
}

TEST_F(ChatTest, OneTextIsOnTheWayAtATime) {
  world_.Type("one\rtwo\rthree\r");
  EXPECT_THAT(world_.session.sent, ElementsAre("one"));
  world_.app.OnMessage("Bob", "one", false);
  EXPECT_THAT(world_.session.sent, ElementsAre("one"));
  world_.app.OnMessage("Alice", "one", true);
  world_.RunToNextFrame();
  EXPECT_THAT(world_.session.sent, ElementsAre("one", "two"));
  world_.app.OnRefused("two", "too fast");
  world_.RunToNextFrame();
  EXPECT_THAT(world_.session.sent, ElementsAre("one", "two", "three"));
}

// While the connection reports the outcome of a text, it may still hold it.
TEST_F(ChatTest, NoTextIsGivenFromWithinWhatTheConnectionTells) {
  world_.Type("one\rtwo\r");
  world_.app.OnMessage("Alice", "one", true);
  EXPECT_THAT(world_.session.sent, ElementsAre("one"));
  world_.RunToNextFrame();
  EXPECT_THAT(world_.session.sent, ElementsAre("one", "two"));
}

TEST_F(ChatTest, WhatTheConnectionRefusesIsToldWithItsReason) {
  world_.Type("one\rtwo\r");
  world_.session.say_status = absl::ResourceExhaustedError("too many wait");
  world_.app.OnMessage("Alice", "one", true);
  world_.RunToNextFrame();
  EXPECT_THAT(world_.Screen(), HasSubstr("Refused: too many wait: two"));
}

TEST_F(ChatTest, ATextThatIsTooLongIsToldBeforeItIsSentAndKept) {
  const std::string text(4100, 'x');
  world_.Type(text);
  EXPECT_THAT(world_.Screen(), HasSubstr("5 bytes too long"));
  world_.Type("\r");
  EXPECT_THAT(world_.Screen(), HasSubstr("Text cannot be longer than 4095 bytes, got 4100"));
  EXPECT_THAT(world_.session.sent, IsEmpty());
  world_.Type("\x7f\x7f\x7f\x7f\x7f\r");
  EXPECT_THAT(world_.session.sent, ElementsAre(text.substr(5)));
}

TEST_F(ChatTest, HistoryKeepsTheDraft) {
  world_.Type("one\rdra\x1b[A");
  EXPECT_THAT(world_.Screen(), HasSubstr("> one"));
  world_.Type(
      "\x1b[B"
      "ft\r");
  EXPECT_THAT(world_.session.sent, ElementsAre("one"));
  world_.app.OnMessage("Alice", "one", true);
  world_.RunToNextFrame();
  EXPECT_THAT(world_.session.sent, ElementsAre("one", "draft"));
}

TEST_F(ChatTest, TabCompletesWhoSpokeLast) {
  world_.app.OnMessage("Soros", "hi", false);
  world_.Type("\thello\r");
  EXPECT_THAT(world_.session.sent, ElementsAre("Soros: hello"));
}

TEST_F(ChatTest, TabOffersNobodyHisOwnName) {
  world_.app.OnMessage("Alice", "me", false);
  world_.Type("al\t");
  EXPECT_THAT(world_.Screen(), HasSubstr("> al\n"));
}

TEST_F(ChatTest, TwoSlashesSayATextThatBeginsWithOne) {
  world_.Type("//users\r");
  EXPECT_THAT(world_.session.sent, ElementsAre("/users"));
  EXPECT_EQ(world_.session.lists, 1);
}

TEST_F(ChatTest, UsersShowsTheListThatWasAskedFor) {
  world_.Type("/users\r");
  EXPECT_EQ(world_.session.lists, 2);
  world_.app.OnList(std::vector<std::string_view>{"Bob", "Alice"}, true);
  world_.RunToNextFrame();
  EXPECT_THAT(world_.Screen(), HasSubstr("2 online: Bob Alice"));
}

TEST_F(ChatTest, AListThatNobodyAskedForIsNotPrinted) {
  world_.app.OnList(std::vector<std::string_view>{"Bob", "Alice"}, false);
  world_.RunToNextFrame();
  EXPECT_THAT(world_.Screen(), Not(HasSubstr("online:")));
  EXPECT_THAT(world_.Screen(), HasSubstr("2 online"));
}

TEST_F(ChatTest, TheListOfTheLoginIsNotPrintedThoughItWasAskedFor) {
  AppWorld world(Given(), 80, 24);
  world.app.OnLoggedIn("Alice", false);
  world.app.OnList(std::vector<std::string_view>{"Alice"}, true);
  world.RunToNextFrame();
  EXPECT_THAT(world.Screen(), Not(HasSubstr("online:")));
  world.app.OnList(std::vector<std::string_view>{"Alice"}, true);
  world.RunToNextFrame();
  EXPECT_THAT(world.Screen(), HasSubstr("1 online: Alice"));
}

TEST_F(ChatTest, HelpListsTheCommands) {
  world_.Type("/help\r");
  for (const auto& command : kChatCommands) {
    EXPECT_THAT(world_.Screen(), HasSubstr(std::string(command.name)));
  }
}

TEST_F(ChatTest, ClearClears) {
  world_.app.OnMessage("Bob", "hello", false);
  world_.Type("/clear\r");
  EXPECT_THAT(world_.Screen(), Not(HasSubstr("hello")));
}

TEST_F(ChatTest, ReconnectReconnects) {
  world_.Type("/reconnect\r");
  EXPECT_EQ(world_.session.reconnects, 1);
}

TEST_F(ChatTest, AnUnknownCommandIsToldWithTheNearestOne) {
  world_.Type("/usres\r");
  EXPECT_THAT(world_.Screen(), HasSubstr("No such command: /usres (did you mean /users?)"));
  world_.Type("/xyzzy\r");
  EXPECT_THAT(world_.Screen(), HasSubstr("No such command: /xyzzy (/help lists them)"));
  EXPECT_THAT(world_.session.sent, IsEmpty());
}

TEST_F(ChatTest, WhoComesAndGoesIsShownAndCounted) {
  world_.app.OnEntered("Zoe");
  world_.app.OnLeft("Bob");
  world_.app.OnLeft("Soros");
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
  loud.EnterRoom("Alice");
  loud.app.OnMessage("Bob", "malice alicea", false);
  loud.app.OnMessage("Alice", "Alice", true);
  loud.RunToNextFrame();
  EXPECT_EQ(loud.terminal.screen.bells(), 0);
  loud.app.OnMessage("Bob", "hi alice!", false);
  loud.RunToNextFrame();
  EXPECT_EQ(loud.terminal.screen.bells(), 1);
  world_.app.OnMessage("Bob", "hi alice!", false);
  world_.RunToNextFrame();
  EXPECT_EQ(world_.terminal.screen.bells(), 0);
}

TEST_F(ChatTest, WhatIsHostileIsShownAndDrivesNothing) {
  world_.app.OnMessage("Bob", "a\x1b[2J\r\nb\x07\u009B\u202E\xFF", false);
  world_.app.OnRefused("x", "no\x1b]0;title\x07");
  world_.app.OnDropped("\x1b[31m");
  world_.RunToNextFrame();
  EXPECT_THAT(world_.terminal.screen.complaints(), IsEmpty());
  EXPECT_EQ(world_.terminal.screen.bells(), 0);
  EXPECT_THAT(world_.Screen(), HasSubstr("a\\x1b[2J\\x0d\\x0ab\\x07\\u009b\\u202e\\xff"));
}

// ---- Pasting ----------------------------------------------------------------------------------

TEST_F(ChatTest, OneLineThatIsPastedGoesIntoTheLine) {
  world_.Type("say \x1b[200~hello\n\x1b[201~!\r");
  EXPECT_THAT(world_.session.sent, ElementsAre("say hello!"));
}

TEST_F(ChatTest, SeveralLinesAreConfirmedAndThenSaidOneByOne) {
  world_.Type("draft\x1b[200~one\n\ntwo\n\x1b[201~");
  EXPECT_THAT(world_.Screen(), HasSubstr("2 lines pasted"));
  EXPECT_THAT(world_.session.sent, IsEmpty());
  world_.Type("\r");
  EXPECT_THAT(world_.session.sent, ElementsAre("one"));
  world_.app.OnMessage("Alice", "one", true);
  world_.RunToNextFrame();
  EXPECT_THAT(world_.session.sent, ElementsAre("one", "two"));
  EXPECT_THAT(world_.Screen(), HasSubstr("> draft"));
}

TEST_F(ChatTest, EscapeDropsWhatWasPasted) {
  world_.Type("\x1b[200~one\ntwo\x1b[201~\x1b");
  EXPECT_THAT(world_.Screen(), Not(HasSubstr("pasted")));
  world_.Type("\r");
  EXPECT_THAT(world_.session.sent, IsEmpty());
}

TEST_F(ChatTest, KeyboardWorksAgainBehindAPasteWithoutItsEndMark) {
  world_.Type("\x1b[200~one\ntwo");
  world_.Type("\r");
  EXPECT_THAT(world_.session.sent, IsEmpty());
  world_.scheduler.RunFor(kPasteLimit);
  EXPECT_THAT(world_.Screen(), HasSubstr("2 lines pasted"));
  world_.Type("\r");
  EXPECT_THAT(world_.session.sent, ElementsAre("one"));
}

TEST_F(ChatTest, PasteThatIsTooLongIsRefusedWithItsSize) {
  const std::string line(99, 'x');
  std::string huge;
  while (huge.size() <= kMaxPasteBytes) huge += line + "\n";
  world_.Type("draft\x1b[200~" + huge + "\x1b[201~");
  EXPECT_THAT(world_.Screen(), HasSubstr("A paste may have at most 65536 bytes, got 65600"));
  EXPECT_THAT(world_.Screen(), HasSubstr("> draft"));
  EXPECT_THAT(world_.session.sent, IsEmpty());
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
  EXPECT_THAT(world_.session.sent, IsEmpty());
  EXPECT_THAT(world_.Screen(), HasSubstr("3 lines pasted"));
}

TEST_F(ChatTest, SecondPasteThatIsRefusedIsReportedAndTheFirstStays) {
  world_.Type("\x1b[200~one\ntwo\x1b[201~");
  world_.Type("\x1b[200~" + std::string(kMaxPasteBytes + 1, 'x') + "\x1b[201~");
  EXPECT_THAT(world_.Screen(), HasSubstr("A paste may have at most 65536 bytes, got 65537"));
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
  EXPECT_THAT(world_.Screen(), HasSubstr("1000 messages"));
}

TEST_F(ChatTest, TypingDoesNotConfirmAPaste) {
  world_.Type("\x1b[200~one\ntwo\x1b[201~yes");
  EXPECT_THAT(world_.Screen(), HasSubstr("2 lines pasted"));
  EXPECT_THAT(world_.Screen(), Not(HasSubstr("> yes")));
}

TEST_F(ChatTest, APasteThatCannotBeSaidIsToldWithItsLine) {
  world_.Type("\x1b[200~one\ntw\x1bo\x1b[201~");
  EXPECT_THAT(world_.Screen(), HasSubstr("Line 2 of the paste cannot be sent: Text cannot contain "
                                         "control"));
}

TEST_F(ChatTest, ControlCStopsWhatStillWaits) {
  world_.Type("\x1b[200~one\ntwo\nthree\x1b[201~\r");
  world_.Type("\x03");
  world_.app.OnMessage("Alice", "one", true);
  world_.RunToNextFrame();
  EXPECT_THAT(world_.session.sent, ElementsAre("one"));
  world_.RunToNextFrame();
  EXPECT_THAT(world_.Screen(), HasSubstr("2 unsent messages were dropped, the first: \"two\""));
}

TEST_F(ChatTest, ControlCShowsTheOneMessageThatItDrops) {
  world_.Type("one\rtwo\r\x03");
  EXPECT_THAT(world_.Screen(), HasSubstr("1 unsent message was dropped: \"two\""));
}

// ---- Losing and finding the connection --------------------------------------------------------

TEST_F(ChatTest, ALossIsShownAndCountedDown) {
  world_.app.OnDropped("connection reset by peer");
  world_.app.OnReconnecting(absl::Seconds(3));
  world_.RunToNextFrame();
  EXPECT_THAT(world_.Screen(), HasSubstr("Connection lost: connection reset by peer"));
  EXPECT_THAT(world_.Screen(), HasSubstr("reconnecting in 3 s"));
  world_.scheduler.RunFor(absl::Seconds(2));
  EXPECT_THAT(world_.Screen(), HasSubstr("reconnecting in 1 s"));
  world_.app.OnLoggedIn("Alice", true);
  world_.RunToNextFrame();
  EXPECT_THAT(world_.Screen(), HasSubstr("Back in the room as Alice"));
  EXPECT_THAT(world_.Screen(), HasSubstr("connected"));
}

TEST_F(ChatTest, ATextInDoubtIsTold) {
  world_.Type("one\rtwo\r");
  world_.app.OnUndelivered("one", true);
  world_.RunToNextFrame();
  EXPECT_THAT(world_.Screen(), HasSubstr("Perhaps not delivered: one"));
  EXPECT_THAT(world_.session.sent, ElementsAre("one", "two"));
}

TEST_F(ChatTest, WhatWaitsWhenAllIsOverIsTold) {
  world_.Type("one\rtwo\r");
  world_.app.OnClosed("gone", false);
  world_.app.OnConnected();
  world_.app.OnLoggedIn("Alice", false);
  world_.RunToNextFrame();
  EXPECT_THAT(world_.Screen(), HasSubstr("Not sent: two"));
  EXPECT_THAT(world_.session.sent, ElementsAre("one"));
}

TEST_F(ChatTest, ANameThatIsTakenAfterALossIsAskedForAndTheLinesStay) {
  world_.app.OnMessage("Bob", "before", false);
  world_.app.OnDropped("gone");
  world_.app.OnConnected();
  world_.app.OnNameRefused("Alice", true, "");
  world_.RunToNextFrame();
  EXPECT_THAT(world_.Screen(), HasSubstr("User Name Exist"));
  world_.Type("2\r");
  world_.app.OnLoggedIn("Alice2", true);
  world_.RunToNextFrame();
  EXPECT_THAT(world_.Screen(), HasSubstr("before"));
  EXPECT_THAT(world_.Screen(), HasSubstr("Alice2 ─ connected"));
}

// ---- Leaving ----------------------------------------------------------------------------------

TEST_F(ChatTest, QuitAndF10AndControlDLeave) {
  for (const std::string_view keys : {"/quit\r", "\x1b[21~", "\x04"}) {
    AppWorld world(Given(), 80, 24);
    world.EnterRoom("Alice");
    world.Type(keys);
    EXPECT_EQ(world.session.leaves, 1) << keys;
    EXPECT_FALSE(world.ended);
    world.app.OnEnded();
    EXPECT_TRUE(world.ended);
  }
}

TEST_F(ChatTest, ControlDInALineDeletes) {
  world_.Type("ab\x01\x04\r");
  EXPECT_EQ(world_.session.leaves, 0);
  EXPECT_THAT(world_.session.sent, ElementsAre("b"));
}

TEST_F(ChatTest, ControlCClearsTheLineAndTwiceLeaves) {
  world_.Type("hello\x03");
  EXPECT_THAT(world_.Screen(), Not(HasSubstr("hello")));
  world_.Type("\x03");
  EXPECT_THAT(world_.Screen(), HasSubstr("^C again leaves"));
  EXPECT_EQ(world_.session.leaves, 0);
  world_.Type("\x03");
  EXPECT_EQ(world_.session.leaves, 1);
}

TEST_F(ChatTest, AKeyInBetweenMakesItOnceAgain) {
  world_.Type("\x03x\x7f\x03");
  EXPECT_EQ(world_.session.leaves, 0);
}

TEST_F(ChatTest, WhatWaitsIsSaidBeforeOneLeaves) {
  world_.Type("one\rtwo\rthree\r/quit\r");
  EXPECT_THAT(world_.session.sent, ElementsAre("one", "two", "three"));
  EXPECT_THAT(world_.app.unsent(), IsEmpty());
  EXPECT_EQ(world_.session.leaves, 1);
}

TEST_F(ChatTest, WhatTheConnectionDoesNotTakeAnyMoreIsKeptToBeTold) {
  world_.Type("one\rtwo\r");
  world_.session.say_status = absl::ResourceExhaustedError("too many");
  world_.Type("/quit\r");
  EXPECT_THAT(world_.app.unsent(), ElementsAre("two"));
}

TEST_F(ChatTest, LeavingTwiceIsAtOnce) {
  world_.app.Leave();
  EXPECT_FALSE(world_.ended);
  world_.app.Leave();
  EXPECT_TRUE(world_.ended);
}

// ---- The terminal -----------------------------------------------------------------------------

TEST_F(ChatTest, ControlZSuspends) {
  world_.Type("\x1a");
  EXPECT_EQ(world_.terminal.suspensions, 1);
}

TEST_F(ChatTest, ControlLDrawsAllAgain) {
  const std::string before = world_.Screen();
  world_.terminal.screen.Resize(80, 24);  // garbage
  world_.Type("\x0c");
  EXPECT_EQ(world_.Screen(), before);
}

TEST_F(ChatTest, AnySizeIsDrawnWhole) {
  world_.app.OnMessage("Bob", "hello", false);
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
    world_.app.OnMessage("Bob", absl::StrCat("message ", i), false);
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

// What was said before the user entered, and what was missed during a loss, on the screen.
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/apps/console/app_world.h"

namespace chathttp {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr std::string_view kSession =
    "Session: 0123456789abcdef0123456789abcdef\nSession_Seconds: 120\n";

// The time of the program begins with 1970.
class PastTest : public ::testing::Test {
 protected:
  static ConsoleOptions Options(std::vector<std::string>& log) {
    ConsoleOptions options = {.user = "Alice", .bell = true, .session = {.history = 50}};
    options.chat.log = [&log](std::string_view line) {
      log.emplace_back(line);
      return true;
    };
    return options;
  }

  // Enters a room where Bob said `texts`, each at the time before it.
  void Enter(const std::vector<std::pair<std::string, std::string>>& texts) {
    world_.server.login_fields =
        absl::StrCat(AbslView(kSession), "Replay: ", texts.size(), "\nPosition: 7.100\n");
    world_.server.after_login = [this, texts] {
      const std::string now = world_.server.datetime;
      for (const auto& [time, text] : texts) {
        world_.server.datetime = time;
        world_.server.Say("Bob", text);
      }
      world_.server.datetime = now;
    };
    world_.EnterRoom({"Carol"});
    world_.server.after_login = nullptr;
  }
  // Loses the connection for 40 s, and comes back with these fields in the reply.
  void LoseAndReturn(std::string_view fields) {
    world_.Crash();
    world_.scheduler.RunFor(absl::Seconds(37));
    world_.network.refuses = false;
    world_.server.login_fields = fields;
    world_.scheduler.RunFor(absl::Seconds(30));
    world_.RunToNextFrame();
  }
  std::string Screen() const { return world_.Screen(); }
  // The row of the screen with `text`; -1 if there is none.
  int RowWith(std::string_view text) const {
    const std::string screen = Screen();
    const std::size_t at = screen.find(text);
    if (at == std::string::npos) return -1;
    return static_cast<int>(
        std::count(screen.begin(), screen.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
  }
  bool IsDim(std::string_view text) const {
    return world_.terminal.screen.at(20, RowWith(text)).style.dim;
  }

  std::vector<std::string> log_;
  AppWorld world_{Options(log_), 100, 20};
};

TEST_F(PastTest, HistoryIsDimUnderAMarkWithItsOwnTimesAndDays) {
  Enter({{"1969-12-31 23:50:00", "old"}, {"1970-01-01 00:00:00", "newer"}});
  world_.Say("Bob", "now");
  EXPECT_THAT(Screen(), HasSubstr("─ earlier messages ─"));
  EXPECT_EQ(RowWith("earlier messages"), 1);
  EXPECT_EQ(RowWith("─ Wednesday 1969-12-31 ─"), 2);
  EXPECT_EQ(RowWith("23:50          Bob  old"), 3);
  EXPECT_EQ(RowWith("─ Thursday 1970-01-01 ─"), 4);
  EXPECT_EQ(RowWith("00:00          Bob  newer"), 5);
  EXPECT_EQ(RowWith("In the room as Alice; F1 for help"), 6);
  EXPECT_EQ(RowWith("00:00          Bob  now"), 7);
  EXPECT_TRUE(IsDim("Bob  old"));
  EXPECT_TRUE(IsDim("Bob  newer"));
  EXPECT_FALSE(IsDim("Bob  now"));
}

TEST_F(PastTest, HistoryIsNoNews) {
  Enter({{"", "Hello Alice"}});
  EXPECT_EQ(world_.terminal.screen.bells(), 0);
  EXPECT_THAT(log_, ElementsAre(HasSubstr("In the room as Alice")));
  EXPECT_THAT(Screen(), HasSubstr("2 online"));  // Bob is gone
  EXPECT_THAT(Screen(), Not(HasSubstr("│ Bob")));
}

TEST_F(PastTest, NoticesOfTheHistoryShareALineAndChangeNoUsers) {
  world_.server.login_fields = absl::StrCat(AbslView(kSession), "Replay: 3\nPosition: 7.100\n");
  world_.server.after_login = [this] {
    world_.server.Enter("Bob");
    world_.server.Enter("Dora");
    world_.server.Leave("Bob");
  };
  world_.server.Open({"Carol"});
  world_.RunToNextFrame();
  EXPECT_THAT(Screen(), HasSubstr("Bob has entered, Dora has entered, Bob has left"));
  EXPECT_THAT(Screen(), HasSubstr("2 online"));
  world_.server.Enter("Bob");
  world_.RunToNextFrame();
  EXPECT_THAT(Screen(), HasSubstr("3 online"));
}

TEST_F(PastTest, TimesAreCorrectedByTheClockOfTheServer) {
  world_.server.datetime = "1970-01-01 08:00:00";  // in another zone
  Enter({{"1970-01-01 07:50:00", "ten minutes ago"}});
  EXPECT_THAT(Screen(), HasSubstr("23:50          Bob  ten minutes ago"));
}

TEST_F(PastTest, OwnMessagesOfTheHistoryMentionNobody) {
  world_.server.login_fields = absl::StrCat(AbslView(kSession), "Replay: 1\nPosition: 7.100\n");
  world_.server.after_login = [this] { world_.server.Say("Alice", "I am Alice"); };
  world_.EnterRoom();
  ASSERT_GE(RowWith("Alice  I am Alice"), 0);
  EXPECT_FALSE(world_.terminal.screen.at(14, RowWith("Alice  I am Alice")).style.reverse);
}

TEST_F(PastTest, HistoryThatALossCutsIsFinishedBeforeIt) {
  world_.server.login_fields = absl::StrCat(AbslView(kSession), "Replay: 2\nPosition: 7.100\n");
  world_.server.after_login = [this] { world_.server.Say("Bob", "first"); };
  world_.EnterRoom();
  EXPECT_EQ(RowWith("In the room as Alice"), -1);
  world_.server.after_login = nullptr;
  world_.Crash();
  EXPECT_GT(RowWith("In the room as Alice"), RowWith("Bob  first"));
  EXPECT_GT(RowWith("Connection lost"), RowWith("In the room as Alice"));
}

// ---- What was missed --------------------------------------------------------------------------

TEST_F(PastTest, WhatWasMissedFollowsOneQuietLine) {
  Enter({});
  world_.server.after_login = [this] { world_.server.Say("Bob", "missed, Alice"); };
  LoseAndReturn(absl::StrCat(AbslView(kSession), "Replay: 1\nPosition: 7.101\n"));
  const int back = RowWith("*  Back in the room as Alice, away for ");
  EXPECT_GT(back, 0);
  EXPECT_THAT(Screen(), HasSubstr("; nothing is missing"));
  EXPECT_EQ(RowWith("Bob  missed, Alice"), back + 1);
  EXPECT_TRUE(IsDim("Back in the room"));
  EXPECT_FALSE(IsDim("Bob  missed, Alice"));
  EXPECT_EQ(world_.terminal.screen.bells(), 1);
  EXPECT_THAT(Screen(), Not(HasSubstr("has left")));
  EXPECT_THAT(Screen(), Not(HasSubstr("has entered")));
  EXPECT_THAT(log_.back(), HasSubstr("[ Bob ] : missed, Alice"));
}

TEST_F(PastTest, MissedMessagesHaveTheirOwnTimes) {
  Enter({});
  world_.scheduler.RunFor(absl::Minutes(3));
  world_.server.after_login = [this] {
    world_.server.datetime = "1970-01-01 00:02:00";
    world_.server.Say("Bob", "missed");
  };
  world_.server.datetime = "1970-01-01 00:04:01";
  LoseAndReturn(absl::StrCat(AbslView(kSession), "Replay: 1\nPosition: 7.101\n"));
  EXPECT_THAT(Screen(), HasSubstr("00:02          Bob  missed"));
}

TEST_F(PastTest, GapIsTold) {
  for (const auto& [gap, words] :
       {std::pair{"1", "; 1 message is"}, std::pair{"3", "; 3 messages are"},
        std::pair{"unknown", "; messages may be"}}) {
    Enter({});
    LoseAndReturn(absl::StrCat(AbslView(kSession), "Position: 7.104\nGap: ", gap, "\n"));
    EXPECT_THAT(Screen(), HasSubstr(words));
    world_.Crash();
    world_.network.refuses = false;
  }
}

TEST_F(PastTest, ServerWithoutSessionsSaysNothingAboutIt) {
  world_.EnterRoom();
  LoseAndReturn("");
  EXPECT_THAT(Screen(), HasSubstr("Back in the room as Alice "));
  EXPECT_THAT(Screen(), Not(HasSubstr("missing")));
}

TEST_F(PastTest, TextThatTheReplayHasIsNotInDoubt) {
  Enter({});
  world_.Type("hello\r");
  world_.server.after_login = [this] { world_.server.Say("Alice", "hello"); };
  LoseAndReturn(absl::StrCat(AbslView(kSession), "Replay: 1\nPosition: 7.101\n"));
  EXPECT_THAT(world_.server.texts, ElementsAre("hello"));
  EXPECT_THAT(Screen(), HasSubstr("Alice  hello"));
  EXPECT_THAT(Screen(), Not(HasSubstr("Perhaps not delivered")));
  EXPECT_THAT(Screen(), Not(HasSubstr("unsent")));
}

TEST_F(PastTest, TextThatTheReplayDoesNotHaveIsSaidAgain) {
  Enter({});
  world_.Type("hello\r");
  LoseAndReturn(absl::StrCat(AbslView(kSession), "Position: 7.100\n"));
  EXPECT_THAT(world_.server.texts, ElementsAre("hello", "hello"));
  world_.Confirm();
  EXPECT_THAT(Screen(), HasSubstr("Alice  hello"));
  EXPECT_THAT(Screen(), Not(HasSubstr("Perhaps not delivered")));
}

TEST_F(PastTest, TextInDoubtBehindAGapIsNamed) {
  Enter({});
  world_.Type("hello\r");
  LoseAndReturn(absl::StrCat(AbslView(kSession), "Position: 7.104\nGap: 4\n"));
  EXPECT_THAT(world_.server.texts, ElementsAre("hello"));
  EXPECT_THAT(Screen(), HasSubstr("Perhaps not delivered: hello"));
}

// What a program that is killed leaves for the next one.
TEST(KeptLoginTest, LoginIsKeptWhileTheUserIsInTheRoom) {
  std::vector<KeptLogin> kept;
  bool forgotten = false;
  ConsoleOptions options = {.user = "Alice"};
  options.logins = {.open = [](const Endpoint&, const std::string&) { return std::nullopt; },
                    .keep = [&](const KeptLogin& login) { kept.push_back(login); },
                    .forget = [&] { forgotten = true; }};
  AppWorld world(options, 100, 20);
  world.server.login_fields = absl::StrCat(AbslView(kSession), "Position: 7.100\n");
  world.EnterRoom();
  ASSERT_EQ(kept.size(), 1U);
  EXPECT_EQ(kept.back().token, "0123456789abcdef0123456789abcdef");
  EXPECT_EQ(kept.back().seconds, 120U);
  world.Say("Bob", "hello");
  world.scheduler.RunFor(absl::Seconds(15));
  ASSERT_EQ(kept.size(), 2U);
  EXPECT_EQ(kept.back().last, (Position{7, 101}));
  EXPECT_FALSE(forgotten);
  world.Type("/quit\r");
  world.scheduler.RunFor(absl::Seconds(1));
  EXPECT_TRUE(world.ended);
  EXPECT_TRUE(forgotten);
}

}  // namespace
}  // namespace chathttp

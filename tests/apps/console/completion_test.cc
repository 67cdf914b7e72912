#include "apps/console/completion.h"

#include <string>
#include <string_view>
#include <vector>

#include "apps/console/commands.h"
#include "gtest/gtest.h"

namespace chathttp {
namespace {

class CompletionTest : public ::testing::Test {
 protected:
  void Start(std::string_view shown) {
    std::string text(shown);
    const std::size_t cursor = text.find('|');
    text.erase(cursor, 1);
    editor_.Set(text, cursor);
  }
  std::string Shown() const {
    std::string text = editor_.text();
    return text.insert(editor_.cursor(), 1, '|');
  }
  bool Tab(bool forward = true) { return completion_.Complete(editor_, names_, forward); }

  const std::vector<std::string> names_ = {"Bob", "alice", "Albert"};  // by recency
  LineEditor editor_{200};
  Completion completion_;
};

TEST_F(CompletionTest, ANameAtTheBeginIsFollowedByAColon) {
  Start("bo|");
  EXPECT_TRUE(Tab());
  EXPECT_EQ(Shown(), "Bob: |");
}

TEST_F(CompletionTest, ANameWithinALineIsFollowedByASpace) {
  Start("hi bo|");
  EXPECT_TRUE(Tab());
  EXPECT_EQ(Shown(), "hi Bob |");
}

TEST_F(CompletionTest, TabAgainTakesTheNextNameAndComesRound) {
  Start("AL|");
  Tab();
  EXPECT_EQ(Shown(), "alice: |");
  Tab();
  EXPECT_EQ(Shown(), "Albert: |");
  Tab();
  EXPECT_EQ(Shown(), "alice: |");
  Tab(false);
  EXPECT_EQ(Shown(), "Albert: |");
}

TEST_F(CompletionTest, TypingEndsTheRound) {
  Start("al|");
  Tab();
  editor_.Insert("zz");
  EXPECT_FALSE(Tab());
  EXPECT_EQ(Shown(), "alice: zz|");
}

TEST_F(CompletionTest, AnEmptyLineOffersWhoSpokeLast) {
  Start("|");
  EXPECT_TRUE(Tab());
  EXPECT_EQ(Shown(), "Bob: |");
}

TEST_F(CompletionTest, WhatIsBehindTheCursorStays) {
  Start("bo| and you");
  Tab();
  EXPECT_EQ(Shown(), "Bob: | and you");
}

TEST_F(CompletionTest, ASlashAtTheBeginOffersCommands) {
  Start("/q|");
  EXPECT_TRUE(Tab());
  EXPECT_EQ(Shown(), "/quit|");
  Start("/|");
  Tab();
  EXPECT_EQ(Shown(), "/users|");
  Tab();
  EXPECT_EQ(Shown(), "/me|");
}

TEST_F(CompletionTest, ASlashWithinALineOffersNothing) {
  Start("see /q|");
  EXPECT_FALSE(Tab());
  EXPECT_EQ(Shown(), "see /q|");
}

TEST_F(CompletionTest, WhatFitsNothingStays) {
  Start("zz|");
  EXPECT_FALSE(Tab());
  EXPECT_EQ(Shown(), "zz|");
}

TEST(NearestCommandTest, ASlipFindsTheCommand) {
  EXPECT_EQ(NearestCommand("/usres"), "/users");
  EXPECT_EQ(NearestCommand("/QUIT"), "/quit");
  EXPECT_EQ(NearestCommand("/hlp"), "/help");
  EXPECT_EQ(NearestCommand("/claer"), "/clear");
  EXPECT_EQ(NearestCommand("/recon"), "/reconnect");
}

TEST(NearestCommandTest, WhatIsFarFromAllFindsNone) {
  EXPECT_EQ(NearestCommand("/xyzzy42"), "");
  EXPECT_EQ(NearestCommand("/" + std::string(10000, 'q')), "");
}

TEST(CompletionAt, NameBehindAnAtSignIsCompletedWithIt) {
  LineEditor editor(100);
  Completion completion;
  const std::vector<std::string> names = {"Alice", "Bob"};
  editor.Set("@al");
  EXPECT_TRUE(completion.Complete(editor, names, true));
  EXPECT_EQ(editor.text(), "@Alice ");
}

}  // namespace
}  // namespace chathttp

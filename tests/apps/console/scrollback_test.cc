#include "apps/console/scrollback.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chathttp {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ScrollbackTest : public ::testing::Test {
 protected:
  ScrollbackTest() { lines_.SetView(60, 3); }

  void Append(int first, int last) {
    for (int i = first; i <= last; ++i) lines_.Append({.name = "A", .text = absl::StrCat(i)});
  }
  std::vector<std::string> Shown() const {
    const std::vector<Scrollback::Row> visible = lines_.Visible();
    std::vector<std::string> rows;
    rows.reserve(visible.size());
    for (const auto& row : visible) {
      rows.push_back(absl::StrCat(row.line->text, row.index > 0 ? "+" : ""));
    }
    return rows;
  }

  Scrollback lines_{10};
};

TEST_F(ScrollbackTest, NothingIsShownOfNothing) {
  EXPECT_THAT(Shown(), IsEmpty());
  lines_.ScrollUp(5);
  lines_.ScrollDown(5);
  EXPECT_TRUE(lines_.at_end());
}

TEST_F(ScrollbackTest, TheViewFollowsTheNewestLine) {
  Append(1, 2);
  EXPECT_THAT(Shown(), ElementsAre("1", "2"));
  Append(3, 5);
  EXPECT_THAT(Shown(), ElementsAre("3", "4", "5"));
}

TEST_F(ScrollbackTest, AViewThatWasScrolledIsHeldStillAndCountsWhatIsNew) {
  Append(1, 6);
  lines_.ScrollUp(2);
  EXPECT_THAT(Shown(), ElementsAre("2", "3", "4"));
  Append(7, 8);
  EXPECT_THAT(Shown(), ElementsAre("2", "3", "4"));
  EXPECT_EQ(lines_.new_below(), 2u);
}

TEST_F(ScrollbackTest, WhatWasSeenIsNotNewAnyMore) {
  Append(1, 6);
  lines_.ScrollUp(2);
  Append(7, 8);
  lines_.ScrollDown(4);  // 7 is in view
  EXPECT_THAT(Shown(), ElementsAre("6", "new", "7"));
  EXPECT_EQ(lines_.new_below(), 1u);
  lines_.ScrollUp(1);
  EXPECT_EQ(lines_.new_below(), 1u);
  lines_.ScrollDown(9);
  EXPECT_TRUE(lines_.at_end());
  EXPECT_EQ(lines_.new_below(), 0u);
}

TEST_F(ScrollbackTest, TheViewStopsAtTheOldestLine) {
  Append(1, 6);
  lines_.ScrollUp(100);
  EXPECT_THAT(Shown(), ElementsAre("1", "2", "3"));
}

TEST_F(ScrollbackTest, WhatFitsIsNotScrolled) {
  Append(1, 3);
  lines_.ScrollUp(1);
  EXPECT_TRUE(lines_.at_end());
}

TEST_F(ScrollbackTest, TheOldestLinesAreForgotten) {
  Append(1, 25);
  EXPECT_EQ(lines_.size(), 10u);
  lines_.ScrollUp(100);
  EXPECT_THAT(Shown(), ElementsAre("16", "17", "18"));
}

TEST_F(ScrollbackTest, HeldViewStaysThoughItsLinesAreTheOldest) {
  Append(1, 10);
  lines_.ScrollUp(100);
  Append(11, 300);
  EXPECT_THAT(Shown(), ElementsAre("1", "2", "3"));
  EXPECT_EQ(lines_.size(), 10u);
  lines_.ScrollDown(2);
  EXPECT_THAT(Shown(), ElementsAre("3", "later lines are gone", "295"));
  lines_.ScrollDown(100);
  EXPECT_THAT(Shown(), ElementsAre("298", "299", "300"));
}

TEST_F(ScrollbackTest, ViewThatHoldsAllLinesMovesWhenTheyAreForgotten) {
  lines_.SetView(40, 12);
  Append(1, 10);
  lines_.ScrollUp(100);
  Append(11, 12);
  EXPECT_EQ(Shown().back(), "12");
}

TEST_F(ScrollbackTest, MarkSeparatesTheLinesThatCameWhileTheViewWasHeld) {
  Append(1, 6);
  lines_.ScrollUp(2);
  Append(7, 8);
  lines_.ScrollToEnd();
  EXPECT_THAT(Shown(), ElementsAre("new", "7", "8"));
  lines_.ScrollUp(1);
  Append(9, 9);
  lines_.ScrollToEnd();
  EXPECT_THAT(Shown(), ElementsAre("8", "new", "9"));
  lines_.ScrollUp(100);
  EXPECT_THAT(Shown(), ElementsAre("1", "2", "3"));
  lines_.ScrollDown(4);
  EXPECT_THAT(Shown(), ElementsAre("5", "6", "7"));  // the first mark is gone
}

TEST_F(ScrollbackTest, SearchFindsTheNextLineInEitherDirectionInAnyCase) {
  for (const char* text : {"Apple", "b", "c", "d", "apple", "e", "f", "g", "h"}) {
    lines_.Append({.name = "A", .text = text});
  }
  EXPECT_FALSE(lines_.Search("pear", true));
  EXPECT_TRUE(lines_.at_end());
  ASSERT_TRUE(lines_.Search("APPLE", true));
  EXPECT_THAT(Shown(), ElementsAre("d", "apple", "e"));
  EXPECT_TRUE(lines_.Visible()[1].found);
  ASSERT_TRUE(lines_.Search("apple", true));
  EXPECT_THAT(Shown(), ElementsAre("Apple", "b", "c"));
  EXPECT_TRUE(lines_.Visible()[0].found);
  EXPECT_FALSE(lines_.Search("apple", true));
  ASSERT_TRUE(lines_.Search("apple", false));
  EXPECT_THAT(Shown(), ElementsAre("d", "apple", "e"));
}

TEST_F(ScrollbackTest, LongLinesScrollRowByRow) {
  lines_.SetView(20, 2);
  lines_.Append({.name = "A", .text = "aaaa bbbb cccc dddd eeee ffff"});
  lines_.Append({.name = "A", .text = "z"});
  ASSERT_EQ(lines_.Visible().size(), 2u);
  EXPECT_EQ(lines_.Visible()[0].index, 1u);
  lines_.ScrollUp(1);
  EXPECT_EQ(lines_.Visible()[0].index, 0u);
  EXPECT_EQ(lines_.Visible()[1].index, 1u);
}

TEST_F(ScrollbackTest, AnotherWidthKeepsTheLineInView) {
  for (int i = 0; i < 10; ++i) {
    lines_.Append({.name = "A", .text = absl::StrCat(i, " bbbb cccc dddd eeee ffff gggg hhhh")});
  }
  lines_.ScrollUp(4);
  const ChatLine* line = lines_.Visible().back().line;
  for (const int columns : {20, 7, 100, 40}) {
    lines_.SetView(columns, 3);
    EXPECT_EQ(lines_.Visible().back().line, line) << columns;
    EXPECT_EQ(lines_.Visible().size(), 3u);
  }
}

TEST_F(ScrollbackTest, ClearingEmptiesTheViewAndKeepsTheLines) {
  Append(1, 6);
  lines_.ScrollUp(2);
  lines_.Clear();
  EXPECT_THAT(Shown(), IsEmpty());
  EXPECT_TRUE(lines_.at_end());
  Append(7, 7);
  EXPECT_THAT(Shown(), ElementsAre("7"));
  lines_.ScrollUp(2);
  EXPECT_THAT(Shown(), ElementsAre("5", "6", "7"));
  lines_.ScrollUp(2);
  EXPECT_THAT(Shown(), ElementsAre("3", "4", "5"));
}

}  // namespace
}  // namespace chathttp

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
  lines_.ScrollDown(3);  // 7 is in view
  EXPECT_THAT(Shown(), ElementsAre("5", "6", "7"));
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

TEST_F(ScrollbackTest, AViewOfWhatIsForgottenMovesToTheOldestLine) {
  Append(1, 10);
  lines_.ScrollUp(100);
  Append(11, 12);
  EXPECT_THAT(Shown(), ElementsAre("3", "4", "5"));
  Append(13, 30);
  EXPECT_THAT(Shown(), ElementsAre("21", "22", "23"));
  EXPECT_EQ(lines_.new_below(), 7u);
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

TEST_F(ScrollbackTest, ClearingForgetsAll) {
  Append(1, 6);
  lines_.ScrollUp(2);
  lines_.Clear();
  EXPECT_THAT(Shown(), IsEmpty());
  EXPECT_TRUE(lines_.at_end());
}

}  // namespace
}  // namespace chathttp

#include "apps/terminal/wrap.h"

#include <string>

#include "apps/terminal/unicode.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chathttp {
namespace {

using ::testing::ElementsAre;

TEST(WrapTest, WhatFitsIsOneRow) {
  EXPECT_THAT(Wrap("one two", 7, 7), ElementsAre("one two"));
  EXPECT_THAT(Wrap("", 7, 7), ElementsAre(""));
}

TEST(WrapTest, RowsBreakBetweenWords) {
  EXPECT_THAT(Wrap("one two three", 8, 8), ElementsAre("one two", "three"));
  EXPECT_THAT(Wrap("one two three", 3, 8), ElementsAre("one", "two", "three"));
}

TEST(WrapTest, TheFirstRowMayHaveAnotherWidth) {
  EXPECT_THAT(Wrap("one two three", 4, 20), ElementsAre("one", "two three"));
}

TEST(WrapTest, AWordThatIsTooLongIsBrokenBetweenCharacters) {
  EXPECT_THAT(Wrap("abcdefgh", 3, 3), ElementsAre("abc", "def", "gh"));
  EXPECT_THAT(Wrap("日本語", 3, 4), ElementsAre("日", "本語"));
}

TEST(WrapTest, BlanksAtABreakAreNotShown) {
  EXPECT_THAT(Wrap("one    two", 5, 5), ElementsAre("one", "two"));
  EXPECT_THAT(Wrap("one two   ", 7, 7), ElementsAre("one two"));
}

TEST(WrapTest, BlanksAtTheBeginStay) { EXPECT_THAT(Wrap("  x y", 4, 4), ElementsAre("  x", "y")); }

TEST(WrapTest, AnyWidthEnds) {
  const std::string text = "日本 abc 👨‍👩‍👧 xxxxxxxxxx";
  for (int columns = -3; columns < 30; ++columns) {
    for (const std::string_view row : Wrap(text, columns, columns)) {
      EXPECT_LE(Columns(row), std::max(columns, 2));
    }
  }
}

}  // namespace
}  // namespace chathttp

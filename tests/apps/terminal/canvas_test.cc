#include "apps/terminal/canvas.h"

#include "gtest/gtest.h"

namespace chathttp {
namespace {

TEST(CanvasTest, TextGoesWhereItIsPut) {
  Canvas canvas(10, 2);
  EXPECT_EQ(canvas.Put(2, 1, "hi", {.bold = true}), 4);
  EXPECT_EQ(canvas.Text(), "\n  hi\n");
  EXPECT_TRUE(canvas.at(2, 1).style.bold);
  EXPECT_FALSE(canvas.at(4, 1).style.bold);
}

TEST(CanvasTest, WhatIsOutsideIsClipped) {
  Canvas canvas(4, 1);
  EXPECT_EQ(canvas.Put(2, 0, "hello"), 4);
  canvas.Put(0, 1, "below");
  canvas.Put(0, -1, "above");
  canvas.Put(9, 0, "right");
  EXPECT_EQ(canvas.Text(), "  he\n");
}

TEST(CanvasTest, TextEndsWhereItIsTold) {
  Canvas canvas(10, 1);
  EXPECT_EQ(canvas.Put(0, 0, "hello", {}, 3), 3);
  EXPECT_EQ(canvas.Text(), "hel\n");
}

TEST(CanvasTest, AWideCharacterTakesTwoCells) {
  Canvas canvas(4, 1);
  EXPECT_EQ(canvas.Put(0, 0, "日x"), 3);
  EXPECT_EQ(canvas.at(0, 0).text, "日");
  EXPECT_EQ(canvas.at(1, 0).text, "");
  EXPECT_EQ(canvas.at(2, 0).text, "x");
}

TEST(CanvasTest, AWideCharacterIsNotCutAtTheEdge) {
  Canvas canvas(3, 1);
  canvas.Put(0, 0, "ab日");
  EXPECT_EQ(canvas.Text(), "ab\n");
}

TEST(CanvasTest, HalfAWideCharacterDoesNotStay) {
  Canvas canvas(6, 1);
  canvas.Put(0, 0, "日本");
  canvas.Put(1, 0, "x");
  EXPECT_EQ(canvas.Text(), " x本\n");
  canvas.Put(2, 0, "y");
  EXPECT_EQ(canvas.Text(), " xy\n");
  canvas.Put(0, 0, "日本");
  canvas.Put(1, 0, "語");
  EXPECT_EQ(canvas.Text(), " 語\n");
}

TEST(CanvasTest, AMarkWithoutALetterStandsOnASpace) {
  Canvas canvas(4, 1);
  EXPECT_EQ(canvas.Put(0, 0, "\u0301"), 1);
  EXPECT_EQ(canvas.at(0, 0).text, " \u0301");
}

TEST(CanvasTest, ControlsAreShown) {
  Canvas canvas(20, 1);
  canvas.Put(0, 0, "a\x1b[2J\n\u009B");
  EXPECT_EQ(canvas.Text(), "a\\x1b[2J\\x0a\\u009b\n");
}

TEST(CanvasTest, ALinkLastsUntilTextIsPutOnIt) {
  Canvas canvas(8, 2);
  canvas.Put(0, 0, "a link");
  canvas.SetLink(2, 99, 0, "https://a/?b;c");
  canvas.SetLink(-1, 99, 7, "https://a");
  EXPECT_EQ(canvas.at(1, 0).url(), "");
  EXPECT_EQ(canvas.at(2, 0).url(), "https://a/?b;c");
  EXPECT_EQ(canvas.at(7, 0).url(), "https://a/?b;c");
  canvas.Put(2, 0, "x");
  EXPECT_EQ(canvas.at(2, 0).url(), "");
}

TEST(CanvasTest, ALinkHoldsVisibleAsciiOnly) {
  Canvas canvas(4, 1);
  for (const std::string url :
       {"https://a\x1b\\b", "https://a b", "https://\u00E9", "https://\x7f", "https://\a"}) {
    canvas.SetLink(0, 4, 0, url);
    EXPECT_EQ(canvas.at(0, 0).url(), "") << url;
  }
  canvas.SetLink(0, 4, 0, std::string(Canvas::kMaxUrlBytes + 1, 'x'));
  EXPECT_EQ(canvas.at(0, 0).url(), "");
}

TEST(CanvasTest, TheCursorIsHiddenUntilItIsSetAndStaysInside) {
  Canvas canvas(4, 2);
  EXPECT_FALSE(canvas.cursor_visible());
  canvas.SetCursor(99, 99);
  EXPECT_TRUE(canvas.cursor_visible());
  EXPECT_EQ(canvas.cursor_column(), 3);
  EXPECT_EQ(canvas.cursor_row(), 1);
}

TEST(CanvasTest, ASizeIsAlwaysUsable) {
  EXPECT_EQ(Canvas(0, -3).Text(), "\n");
  EXPECT_EQ(Canvas(1 << 20, 1).columns(), Canvas::kMaxSide);
}

}  // namespace
}  // namespace chathttp

#include "apps/console/history.h"

#include <optional>
#include <string>

#include "gtest/gtest.h"

namespace chathttp {
namespace {

TEST(HistoryTest, UpGoesBackAndDownComesForward) {
  History history(10);
  history.Add("one");
  history.Add("two");
  EXPECT_EQ(history.Up(""), "two");
  EXPECT_EQ(history.Up("two"), "one");
  EXPECT_EQ(history.Up("one"), std::nullopt);
  EXPECT_EQ(history.Down("one"), "two");
}

TEST(HistoryTest, TheDraftIsKept) {
  History history(10);
  history.Add("one");
  EXPECT_EQ(history.Up("dra"), "one");
  EXPECT_EQ(history.Down("one"), "dra");
  EXPECT_EQ(history.Down("dra"), std::nullopt);
}

TEST(HistoryTest, EditsOfEarlierLinesAreKeptUntilALineIsSent) {
  History history(10);
  history.Add("one");
  history.Add("two");
  EXPECT_EQ(history.Up("dra"), "two");
  EXPECT_EQ(history.Up("two!"), "one");
  EXPECT_EQ(history.Down("one?"), "two!");
  EXPECT_EQ(history.Up("two!"), "one?");
  history.Add("one?");
  EXPECT_EQ(history.Up(""), "one?");
  EXPECT_EQ(history.Up("one?"), "two");
}

TEST(HistoryTest, FindGoesToTheNewestLineAndThenToOlderOnes) {
  History history(10);
  for (const char* line : {"apple pie", "pear", "apple", "plum"}) history.Add(line);
  history.Keep("dra");
  EXPECT_EQ(history.Find("app", false), "apple");
  EXPECT_EQ(history.Find("apple", false), "apple");
  EXPECT_EQ(history.Find("apple", true), "apple pie");
  EXPECT_EQ(history.Find("apple", true), std::nullopt);
  EXPECT_EQ(history.Find("apple ", false), "apple pie");
  EXPECT_EQ(history.BackToDraft(), "dra");
}

TEST(HistoryTest, WhatIsSentTwiceInARowIsThereOnce) {
  History history(10);
  history.Add("one");
  history.Add("one");
  history.Add("");
  EXPECT_EQ(history.size(), 1u);
}

TEST(HistoryTest, TheOldestLinesAreForgotten) {
  History history(2);
  history.Add("one");
  history.Add("two");
  history.Add("three");
  EXPECT_EQ(history.size(), 2u);
  EXPECT_EQ(history.Up(""), "three");
  EXPECT_EQ(history.Up(""), "two");
  EXPECT_EQ(history.Up(""), std::nullopt);
}

TEST(HistoryTest, AnEmptyHistoryHasNothing) {
  History history(2);
  EXPECT_EQ(history.Up("x"), std::nullopt);
  EXPECT_EQ(history.Down(""), std::nullopt);
}

}  // namespace
}  // namespace chathttp

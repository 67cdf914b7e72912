#include "apps/terminal/unicode.h"

#include <string>
#include <string_view>
#include <vector>

#include "apps/terminal/width_table.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chathttp {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> Clusters(std::string_view text) {
  std::vector<std::string> clusters;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t bytes = NextCluster(text.substr(at)).bytes;
    clusters.emplace_back(text.substr(at, bytes));
    at += bytes;
  }
  return clusters;
}

TEST(UnicodeTest, LettersAndDigitsTakeOneColumn) { EXPECT_EQ(Columns("Hello, 42 – ñ ß Ω Ж"), 19); }

TEST(UnicodeTest, IdeographsKanaAndHangulTakeTwoColumns) {
  EXPECT_EQ(Columns("日本"), 4);
  EXPECT_EQ(Columns("カナ"), 4);
  EXPECT_EQ(Columns("한글"), 4);
  EXPECT_EQ(Columns("Ａ"), 2) << "a full-width letter";
  EXPECT_EQ(Columns("ｶﾞ"), 2) << "two half-width ones";
}

TEST(UnicodeTest, AMarkBelongsToTheLetterInFrontOfIt) {
  EXPECT_THAT(Clusters("e\u0301x"), ElementsAre("e\u0301", "x"));
  EXPECT_EQ(Columns("e\u0301x"), 2);
  EXPECT_THAT(Clusters("日\u0301"), ElementsAre("日\u0301"));
}

TEST(UnicodeTest, AMarkWithoutALetterTakesAColumn) {
  const Cluster cluster = NextCluster("\u0301");
  EXPECT_TRUE(cluster.bare);
  EXPECT_EQ(cluster.columns, 1);
}

TEST(UnicodeTest, JoinedPicturesAreOneCluster) {
  const std::string family = "👨‍👩‍👧‍👦";
  EXPECT_THAT(Clusters(family + "!"), ElementsAre(family, "!"));
  EXPECT_EQ(Columns(family), 2);
  const std::string waving = "👋🏽";
  EXPECT_THAT(Clusters(waving), ElementsAre(waving));
  EXPECT_EQ(Columns(waving), 2);
}

TEST(UnicodeTest, AZeroWidthJoinerJoinsNoLetters) {
  EXPECT_THAT(Clusters("a\u200Db"), ElementsAre("a\u200D", "b"));
}

TEST(UnicodeTest, TheEmojiVariationSelectorMakesAPictureWide) {
  EXPECT_EQ(Columns("❤"), 1);
  EXPECT_EQ(Columns("❤\uFE0F"), 2);
  EXPECT_EQ(Columns("❤\uFE0E"), 1);
  EXPECT_EQ(Columns("1\uFE0F\u20E3"), 2) << "a keycap";
  EXPECT_EQ(Columns("a\uFE0F"), 1);
}

TEST(UnicodeTest, RegionalIndicatorsPairUpToFlags) {
  EXPECT_THAT(Clusters("🇩🇪🇫🇷🇮"), ElementsAre("🇩🇪", "🇫🇷", "🇮"));
  EXPECT_EQ(Columns("🇩🇪"), 2);
}

TEST(UnicodeTest, HangulJamoComposeToOneSyllable) {
  const std::string syllable = "\u1112\u1161\u11AB";
  EXPECT_THAT(Clusters(syllable + "a"), ElementsAre(syllable, "a"));
  EXPECT_EQ(Columns(syllable), 2);
  EXPECT_THAT(Clusters("각\u11A8\u1161"), ElementsAre("각\u11A8", "\u1161"));
}

TEST(UnicodeTest, AClusterHasABound) {
  std::string pile = "a";
  for (int i = 0; i < 1000; ++i) pile += "\u0301";
  EXPECT_LE(NextCluster(pile).bytes, kMaxClusterBytes);
}

TEST(UnicodeTest, BytesThatAreNoUtf8AreClustersOfTheirOwn) {
  EXPECT_THAT(Clusters("a\xC3\xFF"), ElementsAre("a", "\xC3", "\xFF"));
}

TEST(UnicodeTest, ThePreviousBoundaryIsTheBeginOfACluster) {
  const std::string text = "ae\u0301日";
  EXPECT_EQ(PreviousBoundary(text, text.size()), 4u);
  EXPECT_EQ(PreviousBoundary(text, 4), 1u);
  EXPECT_EQ(PreviousBoundary(text, 1), 0u);
}

TEST(UnicodeTest, NoWideClusterIsCutInTwo) {
  EXPECT_EQ(FitColumns("a日本", 2), "a");
  EXPECT_EQ(FitColumns("a日本", 3), "a日");
  EXPECT_EQ(FitColumns("a日本", 99), "a日本");
  EXPECT_EQ(FitColumns("a", 0), "");
}

TEST(UnicodeTest, WhatCouldDriveATerminalIsShown) {
  EXPECT_EQ(ShownText("a\x1b[2J"), "a\\x1b[2J");
  EXPECT_EQ(ShownText("x\u009By"), "x\\u009by");
  EXPECT_EQ(ShownText("x\u202Ey"), "x\\u202ey");
  EXPECT_EQ(ShownText("\xFF"), "\\xff");
}

TEST(UnicodeTest, WhatNobodySeesIsShown) {
  EXPECT_EQ(ShownText("a\u200Bb"), "a\\u200bb") << "zero width space";
  EXPECT_EQ(ShownText("a\uFEFFb"), "a\\ufeffb") << "byte order mark";
  EXPECT_EQ(ShownText("a\U000E0001b"), "a\\ue0001b") << "language tag";
}

TEST(UnicodeTest, ATabIsFourSpaces) { EXPECT_EQ(ShownText("a\tb"), "a    b"); }

TEST(UnicodeTest, WhatIsShownIsShownUnchanged) {
  for (const std::string text :
       {"a\x1b", "\u200B", "👨‍👩‍👧‍👦 é 日本", "\t\\x1b", "\xFF"}) {
    EXPECT_EQ(ShownText(ShownText(text)), ShownText(text));
  }
}

TEST(UnicodeTest, TheTablesAreInOrderAndNameTheirVersion) {
  EXPECT_FALSE(UnicodeVersion().empty());
  for (const auto ranges : {JoiningRanges(), WideRanges(), PictographicRanges(), HiddenRanges()}) {
    ASSERT_FALSE(ranges.empty());
    for (std::size_t i = 0; i < ranges.size(); ++i) {
      EXPECT_LE(ranges[i].first, ranges[i].last);
      if (i == 0) continue;
      EXPECT_LT(ranges[i - 1].last, ranges[i].first);
    }
  }
}

}  // namespace
}  // namespace chathttp

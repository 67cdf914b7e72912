#include "chathttp/sim/scenario/names.h"

#include <string>
#include <vector>

#include "chathttp/sim/scenario/scenario.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chathttp::sim {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

const std::vector<std::string>& Everyone() {
  static const std::vector<std::string> names = {"alice", "bob", "d1", "d2", "d10", "d01", "ALICE"};
  return names;
}

TEST(ExpandNamesTest, ANameMeansItself) {
  EXPECT_THAT(ExpandNames("bob", Everyone()), ElementsAre("bob"));
}

TEST(ExpandNamesTest, NamesOfOtherCaseAreOthers) {
  EXPECT_THAT(ExpandNames("ALICE", Everyone()), ElementsAre("ALICE"));
}

TEST(ExpandNamesTest, AStarMeansAll) {
  EXPECT_THAT(ExpandNames("*", Everyone()), ElementsAreArray(Everyone()));
}

TEST(ExpandNamesTest, AGlobMeansWhatItMatches) {
  EXPECT_THAT(ExpandNames("d*", Everyone()), ElementsAre("d1", "d2", "d10", "d01"));
  EXPECT_THAT(ExpandNames("*1*", Everyone()), ElementsAre("d1", "d10", "d01"));
  EXPECT_THAT(ExpandNames("*b*b", Everyone()), ElementsAre("bob"));
  EXPECT_THAT(ExpandNames("a*b", Everyone()), IsEmpty());
}

TEST(ExpandNamesTest, AGlobOfManyStarsIsNoWork) {
  const std::string name(32, 'a');
  std::string glob;
  for (int i = 0; i < 1000; ++i) glob += "*a";
  EXPECT_THAT(ExpandNames(glob, {name}), IsEmpty());
}

TEST(ExpandNamesTest, ARangeMeansNumbersAsTheyArePrinted) {
  EXPECT_THAT(ExpandNames("d[1..10]", Everyone()), ElementsAre("d1", "d2", "d10"));
  EXPECT_THAT(ExpandNames("d[2..2]", Everyone()), ElementsAre("d2"));
}

TEST(ExpandNamesTest, AListKeepsTheOrderOfAll) {
  EXPECT_THAT(ExpandNames("d[1..2],alice,alice", Everyone()), ElementsAre("alice", "d1", "d2"));
}

TEST(ExpandNamesTest, WhatIsMalformedMeansNobody) {
  for (const char* const who : {"", "d[", "d[1..", "d[1..2", "d[..2]", "d[1..x]", "d[2..1]"}) {
    EXPECT_THAT(ExpandNames(who, Everyone()), IsEmpty()) << who;
  }
}

TEST(DeclaredNamesTest, ARangeDeclaresEachNumber) {
  EXPECT_THAT(DeclaredNames("d[8..10]x"), ElementsAre("d8x", "d9x", "d10x"));
  EXPECT_THAT(DeclaredNames("alice"), ElementsAre("alice"));
}

TEST(DeclaredNamesTest, AMalformedRangeDeclaresNothing) {
  for (const char* const word : {"d[2..1]", "d[1..20000]", "d[1-2]", "d[01..02]", "d]1..2["}) {
    EXPECT_THAT(DeclaredNames(word), IsEmpty()) << word;
  }
}

TEST(PrintNamesTest, ThreeConsecutiveNamesAreARange) {
  EXPECT_EQ(PrintNames({"a", "d1", "d2", "d3", "e1", "e2"}), "a d[1..3] e1 e2");
  EXPECT_EQ(PrintNames({"d9", "d10", "d11"}), "d[9..11]");
  EXPECT_EQ(PrintNames({"d09", "d10", "d11"}), "d09 d10 d11");
  EXPECT_EQ(PrintNames({"d01", "d02", "d03"}), "d0[1..3]");
  EXPECT_EQ(PrintNames({"d3", "d2", "d1"}), "d3 d2 d1");
}

}  // namespace
}  // namespace chathttp::sim

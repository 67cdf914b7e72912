#include "apps/console/paste.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chathttp {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(PasteTest, BlankLinesAreLeftOut) {
  EXPECT_THAT(ParsePaste("one\n\n \t\ntwo", 10, 100).lines, ElementsAre("one", "two"));
  EXPECT_THAT(ParsePaste("\n\n", 10, 100).lines, IsEmpty());
  EXPECT_THAT(ParsePaste("", 10, 100).lines, IsEmpty());
}

TEST(PasteTest, ALineThatCannotBeSaidIsToldByItsNumber) {
  const Paste paste = ParsePaste("one\n\nt\x1bwo\nth\x1bree", 10, 100);
  EXPECT_THAT(paste.problem, HasSubstr("Line 3 of the paste cannot be sent: Text cannot"));
  EXPECT_THAT(ParsePaste("one\nfour", 10, 3).problem, HasSubstr("longer than 3 bytes, got 4"));
}

TEST(PasteTest, ASingleLineIsForTheEditorToJudge) {
  EXPECT_EQ(ParsePaste("four\n", 10, 3).problem, "");
}

TEST(PasteTest, TooManyLinesAreTold) {
  EXPECT_THAT(ParsePaste("1\n2\n3\n", 2, 100).problem, HasSubstr("At most 2 lines"));
}

}  // namespace
}  // namespace chathttp

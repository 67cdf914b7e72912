#include "apps/console/chat_line.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chathttp {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

using Rows = std::vector<std::pair<int, std::string>>;

Rows RowsOf(std::string_view name, std::string_view text, int columns) {
  const ChatLine line = {.time = "10:17", .name = std::string(name), .text = std::string(text)};
  Rows rows;
  for (const ChatLayout::Row& row : LayOut(line, columns).rows) {
    rows.emplace_back(row.column, row.text);
  }
  return rows;
}

std::string Url(std::size_t bytes) {
  const std::string begin = "https://example.com/";
  return begin + std::string(bytes - begin.size(), 'x');
}

TEST(ChatLineTest, TextBeginsBehindTheNameAndIsIndented) {
  EXPECT_THAT(RowsOf("Bob", "one two", 40), ElementsAre(Pair(11, "one two")));
  EXPECT_THAT(RowsOf("Bob", "one two three four five six seven", 40),
              ElementsAre(Pair(11, "one two three four five six"), Pair(8, "seven")));
  EXPECT_THAT(RowsOf("Bob", "one", 80), ElementsAre(Pair(20, "one")));
}

TEST(ChatLineTest, ALongNameOnANarrowScreenHasItsOwnRow) {
  const std::string name(32, 'n');
  EXPECT_THAT(RowsOf(name, "text", 40), ElementsAre(Pair(40, ""), Pair(8, "text")));
}

TEST(ChatLineTest, AUrlThatFitsIntoTheNextRowBeginsIt) {
  EXPECT_THAT(RowsOf("Bob", absl::StrCat("see ", Url(32), " there"), 40),
              ElementsAre(Pair(11, "see"), Pair(8, Url(32)), Pair(8, "there")));
}

TEST(ChatLineTest, AWiderUrlHasRowsOfItsOwnOverTheWholeWidth) {
  EXPECT_THAT(RowsOf("Bob", absl::StrCat("see ", Url(33), " there"), 40),
              ElementsAre(Pair(11, "see"), Pair(0, Url(33)), Pair(8, "there")));
  EXPECT_THAT(RowsOf("Bob", Url(85), 40),
              ElementsAre(Pair(11, ""), Pair(0, Url(85).substr(0, 40)),
                          Pair(0, Url(85).substr(40, 40)), Pair(0, "xxxxx")));
}

TEST(ChatLineTest, EachPartOfAUrlIsALinkToTheWhole) {
  const std::string url = Url(45);
  const ChatLine line = {
      .time = "10:17", .name = "Bob", .text = absl::StrCat("日 ", url, " http://b.")};
  Canvas canvas(40, 4);
  const ChatLayout layout = LayOut(line, 40);
  ASSERT_EQ(layout.rows.size(), 4u);
  for (std::size_t i = 0; i < 4; ++i) Draw(line, layout, i, canvas, static_cast<int>(i), 40);
  EXPECT_EQ(canvas.at(11, 0).url(), "");
  EXPECT_EQ(canvas.at(0, 1).url(), url);
  EXPECT_EQ(canvas.at(39, 1).url(), url);
  EXPECT_EQ(canvas.at(4, 2).url(), url);
  EXPECT_EQ(canvas.at(5, 2).url(), "");
  EXPECT_EQ(canvas.at(7, 3).url(), "");
  EXPECT_EQ(canvas.at(8, 3).url(), "http://b");
  EXPECT_EQ(canvas.at(15, 3).url(), "http://b");
  EXPECT_EQ(canvas.at(16, 3).url(), "");
}

TEST(ChatLineTest, ALinkBehindWideCharactersHasItsPlace) {
  const ChatLine line = {.time = "10:17", .name = "Bob", .text = "日本 http://b"};
  Canvas canvas(40, 1);
  Draw(line, LayOut(line, 40), 0, canvas, 0, 40);
  EXPECT_EQ(canvas.at(15, 0).url(), "");
  EXPECT_EQ(canvas.at(16, 0).url(), "http://b");
}

}  // namespace
}  // namespace chathttp

#include "chathttp/sim/scenario/lexer.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chathttp::sim {
namespace {

using ::testing::ElementsAre;

// The tokens of a line as `kind value@column`.
std::vector<std::string> Lex(std::string_view line) {
  std::vector<Token> tokens;
  if (LexLine(line, tokens)) return {"error"};
  std::vector<std::string> shown;
  shown.reserve(tokens.size());
  for (const Token& token : tokens) {
    shown.push_back(DescribeToken(token) + "@" + std::to_string(token.column));
  }
  return shown;
}

SyntaxError SyntaxErrorOf(std::string_view line) {
  std::vector<Token> tokens;
  return LexLine(line, tokens).value_or(SyntaxError{0, "nothing", "nothing"});
}

TEST(LexerTest, AnEmptyLineHasOnlyItsEnd) {
  EXPECT_THAT(Lex(""), ElementsAre("the end of the line@1"));
  EXPECT_THAT(Lex(" \t# clients \"alice"), ElementsAre("the end of the line@3"));
}

TEST(LexerTest, WordsAndTextsHaveTheirColumns) {
  EXPECT_THAT(Lex("@1s  bob say \"Hi, all\""),
              ElementsAre("\"@1s\"@1", "\"bob\"@6", "\"say\"@10", "the text \"Hi, all\"@14",
                          "the end of the line@23"));
}

TEST(LexerTest, ACommentEndsALineButNotInAText) {
  EXPECT_THAT(Lex("say \"#1\"# one"),
              ElementsAre("\"say\"@1", "the text \"#1\"@5", "the end of the line@9"));
}

TEST(LexerTest, EachEscapeIsItsByte) {
  std::vector<Token> tokens;
  ASSERT_FALSE(LexLine(R"("\n\r\t\\\"\x00\x7f\xFf")", tokens));
  EXPECT_EQ(tokens.front().value, std::string("\n\r\t\\\"\x00\x7f\xff", 8));
}

TEST(LexerTest, EveryByteSurvivesQuoting) {
  std::string bytes;
  for (int value = 0; value < 256; ++value) bytes += static_cast<char>(value);
  std::vector<Token> tokens;
  ASSERT_FALSE(LexLine(Quote(bytes), tokens));
  ASSERT_EQ(tokens.size(), 2U);
  EXPECT_EQ(tokens.front().value, bytes);
}

TEST(LexerTest, EveryPairOfBytesSurvivesQuoting) {
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      const std::string bytes = {static_cast<char>(first), static_cast<char>(second)};
      std::vector<Token> tokens;
      ASSERT_FALSE(LexLine(Quote(bytes), tokens)) << first << " " << second;
      ASSERT_EQ(tokens.front().value, bytes);
    }
  }
}

TEST(LexerTest, BytesAboveAsciiMayStandForThemselves) {
  std::vector<Token> tokens;
  ASSERT_FALSE(LexLine("\"caf\xC3\xA9\"", tokens));
  EXPECT_EQ(tokens.front().value, "caf\xC3\xA9");
  EXPECT_EQ(Quote("caf\xC3\xA9"), R"("caf\xc3\xa9")");
}

TEST(LexerTest, ATextWithoutEndIsAnError) {
  const SyntaxError error = SyntaxErrorOf("say \"Hi");
  EXPECT_EQ(error.column, 8U);
  EXPECT_EQ(error.expected, "a closing double quote");
  EXPECT_EQ(error.got, "the end of the line");
}

TEST(LexerTest, AnEscapedQuoteEndsNoText) { EXPECT_EQ(SyntaxErrorOf("\"Hi\\\"").column, 6U); }

TEST(LexerTest, AnUnknownEscapeIsAnErrorAtItsPlace) {
  const SyntaxError error = SyntaxErrorOf(R"(say "a\q")");
  EXPECT_EQ(error.column, 7U);
  EXPECT_EQ(error.expected, R"(one of \n \r \t \\ \" \xNN)");
  EXPECT_EQ(error.got, R"("\\q")");
}

TEST(LexerTest, AHexEscapeHasTwoDigits) {
  for (const char* const line :
       {R"("\x")", R"("\x1")", R"("\x1g")", R"("\xg1")", R"("\x+1")", R"("\x)"}) {
    EXPECT_EQ(SyntaxErrorOf(line).column, 2U) << line;
  }
}

TEST(LexerTest, ABackslashAtTheEndIsAnError) { EXPECT_EQ(SyntaxErrorOf("\"\\").column, 2U); }

TEST(LexerTest, AControlByteInATextIsAnError) {
  const SyntaxError error = SyntaxErrorOf("\"a\tb\"");
  EXPECT_EQ(error.column, 3U);
  EXPECT_EQ(error.got, "the byte \\x09");
}

TEST(LexerTest, AByteThatIsNoVisibleAsciiIsAnErrorOutsideOfTexts) {
  for (const std::string& line :
       {std::string("a\x01"), std::string("a\0", 2), std::string("a\xC3\xA9")}) {
    EXPECT_EQ(SyntaxErrorOf(line).column, 2U);
  }
}

TEST(LexerTest, ALongTokenIsCutInErrors) {
  const std::string shown = DescribeToken({Token::Kind::kWord, std::string(1000, 'a'), 1});
  EXPECT_EQ(shown, "\"" + std::string(80, 'a') + "...\"");
}

}  // namespace
}  // namespace chathttp::sim

#include "chathttp/domain/text.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chathttp {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::size_t kMax = 4096;

TextProblem ProblemOf(std::string_view text) { return CheckText(text, kMax).problem; }

TEST(TextTest, PlainTextIsAllowed) {
  EXPECT_EQ(ProblemOf("Hello, everyone!"), TextProblem::kNone);
  EXPECT_EQ(ProblemOf("tab\there"), TextProblem::kNone);
  EXPECT_EQ(ProblemOf("  leading and trailing  "), TextProblem::kNone);
}

TEST(TextTest, UnicodeIsAllowed) {
  EXPECT_EQ(ProblemOf("\u00e9 \u4f60\u597d \U0001F600 \uFFFD \U0010FFFF"), TextProblem::kNone);
}

TEST(TextTest, BlankTextIsRefused) {
  EXPECT_EQ(ProblemOf(""), TextProblem::kBlank);
  EXPECT_EQ(ProblemOf(" \t "), TextProblem::kBlank);
}

TEST(TextTest, LongestTextIsAllowedAndOneByteMoreIsNot) {
  EXPECT_EQ(ProblemOf(std::string(kMax, 'x')), TextProblem::kNone);
  EXPECT_EQ(ProblemOf(std::string(kMax + 1, 'x')), TextProblem::kTooLong);
  EXPECT_EQ(CheckText("abc", 2).offset, 2u);
}

TEST(TextTest, EveryLineBreakIsRefused) {
  for (const char* text : {"a\nb", "a\rb", "a\vb", "a\fb", "a\u0085b", "a\u2028b", "a\u2029b"}) {
    const TextCheck check = CheckText(text, kMax);
    EXPECT_EQ(check.problem, TextProblem::kLineBreak) << text;
    EXPECT_EQ(check.offset, 1u);
  }
}

TEST(TextTest, EveryOtherControlIsRefused) {
  for (int c = 0; c < 0x20; ++c) {
    if (c == '\t' || (c >= '\n' && c <= '\r')) continue;
    EXPECT_EQ(ProblemOf(std::string("a") + static_cast<char>(c)), TextProblem::kControl) << c;
  }
  EXPECT_EQ(ProblemOf("\x7F"), TextProblem::kControl);
  for (int c = 0x80; c < 0xA0; ++c) {
    if (c == 0x85) continue;  // NEL, a line break
    EXPECT_EQ(ProblemOf(std::string("\xC2") + static_cast<char>(c)), TextProblem::kControl) << c;
  }
  EXPECT_EQ(ProblemOf("\u00A0x"), TextProblem::kNone);
}

TEST(TextTest, InvalidUtf8IsRefusedAtItsOffset) {
  for (const std::string bad : {
           "\x80",              // continuation alone
           "\xC0\x80",          // overlong NUL
           "\xC1\xBF",          // overlong
           "\xE0\x9F\xBF",      // overlong
           "\xF0\x8F\xBF\xBF",  // overlong
           "\xED\xA0\x80",      // surrogate
           "\xED\xBF\xBF",      // surrogate
           "\xF4\x90\x80\x80",  // above U+10FFFF
           "\xF5\x80\x80\x80",  // above U+10FFFF
           "\xFF",              // no UTF-8 byte
           "\xC3",              // cut short
           "\xE2\x82",          // cut short
           "\xF0\x9F\x98",      // cut short
           "\xC3\x28",          // no continuation
           "\xE2\x28\xA1",      // no continuation
           "\xE2\x82\x28",      // no continuation
       }) {
    const TextCheck check = CheckText("ok" + bad, kMax);
    EXPECT_EQ(check.problem, TextProblem::kNotUtf8) << bad;
    EXPECT_EQ(check.offset, 2u) << bad;
  }
}

TEST(TextTest, EveryCodePointRoundTripsThroughTheDecoder) {
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    std::string bytes;
    const auto put = [&](char32_t byte) { bytes += static_cast<char>(byte); };
    if (c < 0x80) {
      put(c);
    } else if (c < 0x800) {
      put(0xC0 | c >> 6), put(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
      put(0xE0 | c >> 12), put(0x80 | (c >> 6 & 0x3F)), put(0x80 | (c & 0x3F));
    } else {
      put(0xF0 | c >> 18), put(0x80 | (c >> 12 & 0x3F)), put(0x80 | (c >> 6 & 0x3F));
      put(0x80 | (c & 0x3F));
    }
    const CodePoint decoded = DecodeUtf8(bytes);
    ASSERT_EQ(decoded.value, c);
    ASSERT_EQ(decoded.bytes, bytes.size());
  }
}

TEST(TextTest, ReasonTellsRuleLimitAndValue) {
  EXPECT_THAT(DescribeTextProblem("abcd", 3), HasSubstr("longer than 3 bytes, got 4"));
  EXPECT_THAT(DescribeTextProblem("a\nb", kMax), HasSubstr("line break at byte 1"));
  EXPECT_THAT(DescribeTextProblem("ab\x1b", kMax), HasSubstr("U+001B at byte 2"));
  EXPECT_THAT(DescribeTextProblem("a\xFFz", kMax), HasSubstr("0xFF at byte 1"));
  EXPECT_THAT(DescribeTextProblem("  ", kMax), HasSubstr("blank"));
  EXPECT_THAT(DescribeTextProblem("fine", kMax), IsEmpty());
}

TEST(WithoutLineEndTest, StripsOneLineEnd) {
  EXPECT_EQ(WithoutLineEnd("hello\n"), "hello");
  EXPECT_EQ(WithoutLineEnd("hello\r\n"), "hello");
  EXPECT_EQ(WithoutLineEnd("hello"), "hello");
  EXPECT_EQ(WithoutLineEnd("hello\n\n"), "hello\n");
  EXPECT_EQ(WithoutLineEnd("hello\r"), "hello\r");
  EXPECT_EQ(WithoutLineEnd("\n"), "");
  EXPECT_EQ(WithoutLineEnd(""), "");
}

}  // namespace
}  // namespace chathttp

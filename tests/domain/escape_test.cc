#include "chathttp/domain/escape.h"

#include <string>

#include "gtest/gtest.h"

namespace chathttp {
namespace {

TEST(EscapeTest, PrintableTextStaysAsItIs) {
  EXPECT_EQ(Visible("Hello, \u4f60\u597d \U0001F600 back\\slash"),
            "Hello, \u4f60\u597d \U0001F600 back\\slash");
}

TEST(EscapeTest, ControlsAreMadeVisible) {
  EXPECT_EQ(Visible("a\x1b[2J\n\t\x7F"), R"(a\x1b[2J\x0a\x09\x7f)");
  EXPECT_EQ(Visible(std::string_view("\0", 1)), R"(\x00)");
  EXPECT_EQ(Visible("\u0085\u009b"), R"(\u0085\u009b)");
}

TEST(EscapeTest, LineSeparatorsAndBidirectionalControlsAreMadeVisible) {
  EXPECT_EQ(Visible("\u2028\u2029"), R"(\u2028\u2029)");
  EXPECT_EQ(Visible("\u061c\u200e\u200f"), R"(\u061c\u200e\u200f)");
  EXPECT_EQ(Visible("\u202a\u202e\u2066\u2069"), R"(\u202a\u202e\u2066\u2069)");
}

TEST(EscapeTest, BytesThatAreNoUtf8AreMadeVisible) {
  EXPECT_EQ(Visible("a\xFF\xC3"), R"(a\xff\xc3)");
  EXPECT_EQ(Visible("\x9b"), R"(\x9b)");  // a C1 control as a single byte
}

TEST(EscapeTest, NoByteThatDrivesATerminalIsLeftForAnyPairOfBytes) {
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      const std::string shown =
          Visible(std::string{static_cast<char>(first), static_cast<char>(second)});
      for (const char c : shown) {
        const auto byte = static_cast<unsigned char>(c);
        ASSERT_TRUE(byte >= 0x20 && byte != 0x7F) << first << " " << second;
      }
      // The output must not contain a C1 control, neither as a byte nor as a code point.
      ASSERT_FALSE(shown.size() == 2 && shown[0] == '\xC2' &&
                   static_cast<unsigned char>(shown[1]) < 0xA0)
          << second;
    }
  }
}

TEST(EscapeTest, LongValuesAreCut) {
  EXPECT_EQ(Visible("abcdef", 3), "abc...");
  EXPECT_EQ(Visible("abc", 3), "abc");
}

}  // namespace
}  // namespace chathttp

#include "tests/apps/terminal/fake_terminal.h"

#include <string>
#include <string_view>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chathttp {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(FakeTerminalTest, WhatDrivesATerminalIsAComplaint) {
  for (const std::string_view bytes :
       {"\x1b]0;title\x07", "\x1bM", "\x1b[?1049l", "\x1b[6n", "\x1b[2;3r", "\x1b[K\x1b", "\x1b[1K",
        "\x1b[0J", "\x1b[5m", "\x1b[48;5;1m", "\n", "\r", "\t", "\b", "\x7f", "\xC2\x9B\x33\x31m",
        "\x9B", "\xFF", "\xE2\x82"}) {
    FakeTerminal terminal(10, 2);
    terminal.Write(bytes);
    EXPECT_FALSE(terminal.complaints().empty()) << testing::PrintToString(bytes);
  }
}

TEST(FakeTerminalTest, WhatGoesBeyondTheScreenIsAComplaint) {
  for (const std::string_view bytes : {"\x1b[3H", "\x1b[1;11H", "\x1b[H\x1b[10C", "01234567890"}) {
    FakeTerminal terminal(10, 2);
    terminal.Write(bytes);
    EXPECT_THAT(terminal.complaints(), ElementsAre(HasSubstr("beyond"))) << bytes;
  }
}

TEST(FakeTerminalTest, TheSequencesOfTheRendererDoWhatTheyDo) {
  FakeTerminal terminal(10, 2);
  terminal.Write("\x1b[m\x1b[H\x1b[2Jabcdef\x1b[1;3H\x1b[K\x1b[2H\x1b[1;4;38;5;64mx\x1b[2Cy\a");
  EXPECT_EQ(terminal.Text(), "ab\nx  y\n");
  EXPECT_EQ(terminal.at(0, 1).style, (Style{.color = 64, .bold = true, .underline = true}));
  EXPECT_EQ(terminal.bells(), 1);
  terminal.Write("\x1b[?25l");
  EXPECT_FALSE(terminal.cursor_visible());
  EXPECT_THAT(terminal.complaints(), IsEmpty());
}

TEST(FakeTerminalTest, AScreenThatIsNotTheCanvasIsDescribed) {
  FakeTerminal terminal(4, 1);
  Canvas canvas(4, 1);
  terminal.Write("\x1b[m\x1b[2J");
  EXPECT_EQ(terminal.DescribeDifference(canvas), "");
  canvas.Put(1, 0, "x");
  EXPECT_EQ(terminal.DescribeDifference(canvas), "row 0, column 1: \" \" in place of \"x\"\n");
  terminal.Write("\x1b[1;2H\x1b[1mx");
  EXPECT_THAT(terminal.DescribeDifference(canvas), HasSubstr("another style"));
}

TEST(FakeTerminalTest, AWideCharacterThatIsWrittenOverInHalfIsGone) {
  FakeTerminal terminal(4, 1);
  terminal.Write("\x1b[m\x1b[2J日本\x1b[1;2Hx");
  EXPECT_EQ(terminal.Text(), " x本\n");
}

}  // namespace
}  // namespace chathttp

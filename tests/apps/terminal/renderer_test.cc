#include "apps/terminal/renderer.h"

#include <string>
#include <string_view>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/apps/terminal/fake_terminal.h"

namespace chathttp {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class RendererTest : public ::testing::Test {
 protected:
  std::string Show(const Canvas& canvas) {
    std::string bytes = renderer_.Render(canvas);
    terminal_.Write(bytes);
    EXPECT_EQ(terminal_.DescribeDifference(canvas), "");
    EXPECT_THAT(terminal_.complaints(), IsEmpty());
    return bytes;
  }

  FakeTerminal terminal_{20, 4};
  Renderer renderer_{ColorMode::k256, true};
};

TEST_F(RendererTest, TheFirstCanvasIsDrawnWhole) {
  Canvas canvas(20, 4);
  canvas.Put(0, 0, "Hello");
  canvas.Put(3, 3, "日本", {.color = 64, .bold = true});
  canvas.SetCursor(5, 0);
  Show(canvas);
  EXPECT_TRUE(terminal_.cursor_visible());
  EXPECT_EQ(terminal_.cursor_column(), 5);
}

TEST_F(RendererTest, TheSameCanvasTakesNoBytes) {
  Canvas canvas(20, 4);
  canvas.Put(0, 0, "Hello");
  canvas.SetCursor(5, 0);
  Show(canvas);
  EXPECT_EQ(Show(canvas), "");
}

TEST_F(RendererTest, ALetterThatIsTypedTakesOneByte) {
  Canvas canvas(20, 4);
  canvas.Put(0, 3, "> hell");
  canvas.SetCursor(6, 3);
  Show(canvas);
  canvas.Put(6, 3, "o");
  canvas.SetCursor(7, 3);
  EXPECT_EQ(Show(canvas), "o");
}

TEST_F(RendererTest, ARowThatEmptiesIsErased) {
  Canvas canvas(20, 4);
  canvas.Put(0, 0, "0123456789");
  Show(canvas);
  Canvas after(20, 4);
  after.Put(0, 0, "01");
  EXPECT_EQ(Show(after), "\x1b[1;3H\x1b[K");
}

TEST_F(RendererTest, AFewCellsAreRetracedAndManyAreJumped) {
  Canvas canvas(20, 4);
  canvas.Put(0, 0, "abcdefghijklmnop");
  Show(canvas);
  canvas.Put(0, 0, "X");
  canvas.Put(3, 0, "Y");
  canvas.Put(12, 0, "Z");
  EXPECT_EQ(Show(canvas), "\x1b[HXbcY\x1b[8CZ");
}

TEST_F(RendererTest, AStyleIsSetOnceForARun) {
  Canvas canvas(20, 4);
  Show(canvas);
  canvas.Put(0, 0, "red", {.color = 160, .bold = true});
  canvas.Put(3, 0, "redder", {.color = 160, .bold = true, .reverse = true});
  EXPECT_EQ(Show(canvas), "\x1b[1;38;5;160mred\x1b[7mredder");
  canvas.Put(0, 1, "plain");
  EXPECT_EQ(Show(canvas), "\x1b[2H\x1b[mplain");
}

TEST_F(RendererTest, AWideCharacterIsReplacedWhole) {
  Canvas canvas(20, 4);
  canvas.Put(0, 0, "日本語");
  Show(canvas);
  canvas.Put(1, 0, "x");
  Show(canvas);
  canvas.Put(1, 0, "本");
  Show(canvas);
}

TEST_F(RendererTest, TheCursorIsPlacedBehindWhatIsOfUncertainWidth) {
  Canvas canvas(20, 4);
  Show(canvas);
  canvas.Put(0, 0, "👨‍👩‍👧x");
  EXPECT_EQ(Show(canvas), "  \x1b[H👨‍👩‍👧\x1b[1;3Hx\x1b[K");
}

TEST_F(RendererTest, ATerminalThatMeasuresOtherwiseStaysReadable) {
  FakeTerminal other(20, 4, FakeTerminal::Width::kPerCodePoint);
  Canvas canvas(20, 4);
  canvas.Put(0, 0, "abcdefghij");
  other.Write(renderer_.Render(canvas));
  canvas.Put(1, 0, "👨‍👩‍👧");
  other.Write(renderer_.Render(canvas));
  EXPECT_EQ(other.DescribeDifference(canvas, true), "");
  EXPECT_THAT(other.Text(), HasSubstr("defghij"));
}

TEST_F(RendererTest, TheLastCellIsWrittenWithoutScrolling) {
  Canvas canvas(20, 4);
  canvas.Put(0, 3, "0123456789012345678X");
  Show(canvas);
  canvas.Put(0, 3, "Y");
  Show(canvas);
}

TEST_F(RendererTest, AfterForgettingAllIsDrawnAgain) {
  Canvas canvas(20, 4);
  canvas.Put(0, 0, "Hello");
  Show(canvas);
  terminal_.Resize(20, 4);  // whatever is there now
  renderer_.Forget();
  Show(canvas);
}

TEST_F(RendererTest, AnotherSizeIsDrawnWhole) {
  Show(Canvas(20, 4));
  terminal_.Resize(10, 6);
  Canvas canvas(10, 6);
  canvas.Put(0, 5, "bottom");
  Show(canvas);
}

TEST_F(RendererTest, WithoutColourThereIsNone) {
  Renderer plain(ColorMode::kNone, true);
  Canvas canvas(20, 4);
  canvas.Put(0, 0, "name", {.color = 64, .bold = true});
  const std::string bytes = plain.Render(canvas);
  EXPECT_THAT(bytes, Not(HasSubstr("38;5")));
  EXPECT_THAT(bytes, HasSubstr("\x1b[1mname"));
}

TEST_F(RendererTest, WithEightColorsTheNearestOneIsUsed) {
  Renderer eight(ColorMode::k8, true);
  Canvas canvas(20, 4);
  canvas.Put(0, 0, "error", {.color = 160});
  canvas.Put(0, 1, "green", {.color = 28});
  canvas.Put(0, 2, "cyan", {.color = 30});
  const std::string bytes = eight.Render(canvas);
  EXPECT_THAT(bytes, HasSubstr("\x1b[31merror"));
  EXPECT_THAT(bytes, HasSubstr("32mgreen"));
  EXPECT_THAT(bytes, HasSubstr("36mcyan"));
  EXPECT_THAT(bytes, Not(HasSubstr("38;5")));
}

TEST_F(RendererTest, WithSixteenColorsStrongOnesAreBright) {
  Renderer sixteen(ColorMode::k16, true);
  Canvas canvas(20, 4);
  canvas.Put(0, 0, "error", {.color = 160});
  canvas.Put(0, 1, "brown", {.color = 130});
  canvas.Put(0, 2, "blue", {.color = 62});
  const std::string bytes = sixteen.Render(canvas);
  EXPECT_THAT(bytes, HasSubstr("\x1b[91merror"));
  EXPECT_THAT(bytes, HasSubstr("31mbrown"));
  EXPECT_THAT(bytes, HasSubstr("94mblue"));
  EXPECT_THAT(bytes, Not(HasSubstr("38;5")));
}

// A terminal may show such a character in one column, and would keep what was in the second.
TEST_F(RendererTest, BothColumnsOfAnUncertainCharacterAreEmptiedFirst) {
  Canvas canvas(20, 4);
  canvas.Put(0, 0, "\u2764\uFE0F!");
  EXPECT_THAT(renderer_.Render(canvas), HasSubstr("  \x1b[H\u2764\uFE0F"));
}

TEST_F(RendererTest, TheCursorIsHiddenWhileItIsNotSet) {
  Show(Canvas(20, 4));
  EXPECT_FALSE(terminal_.cursor_visible());
  Canvas canvas(20, 4);
  canvas.SetCursor(0, 0);
  Show(canvas);
  EXPECT_TRUE(terminal_.cursor_visible());
}

TEST_F(RendererTest, ALinkIsOpenedForItsCellsOnly) {
  Canvas canvas(20, 4);
  canvas.Put(0, 0, "see this there");
  canvas.SetLink(4, 8, 0, "https://a");
  EXPECT_THAT(Show(canvas), HasSubstr("see \x1b]8;;https://a\x1b\\this\x1b[C\x1b]8;;\x1b\\there"));
  canvas.SetLink(4, 8, 0, "https://b");
  EXPECT_THAT(Show(canvas), HasSubstr("\x1b]8;;https://b\x1b\\this"));
  canvas.Put(4, 0, "that          ");
  EXPECT_THAT(Show(canvas), Not(HasSubstr("]8;")));
}

TEST_F(RendererTest, ATerminalWithoutLinksGetsTheText) {
  Canvas canvas(20, 4);
  canvas.Put(0, 0, "https://a");
  canvas.SetLink(0, 9, 0, "https://a");
  Renderer renderer(ColorMode::k256, false);
  const std::string bytes = renderer.Render(canvas);
  EXPECT_THAT(bytes, HasSubstr("https://a"));
  EXPECT_THAT(bytes, Not(HasSubstr("]8;")));
}

TEST_F(RendererTest, TheBellRingsOnceWhenAskedFor) {
  renderer_.RingBell();
  Show(Canvas(20, 4));
  Show(Canvas(20, 4));
  EXPECT_EQ(terminal_.bells(), 1);
}

}  // namespace
}  // namespace chathttp

// The picture of the client in README.md equals what the client draws now. With
// CHATHTTP_WRITE_SCREENS=1 in the environment, the test rewrites it, for review.
#include "tests/apps/console/picture.h"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/apps/console/app_world.h"
#include "tests/source_path.h"

namespace chathttp {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// The world's clock starts at midnight in UTC; the zone makes it a morning.
ConsoleOptions MorningOptions() {
  ConsoleOptions options = {
      .host = "chat.example.org", .port = 9994, .user = "Alice", .color = ColorMode::k256};
  options.chat.time_zone = absl::FixedTimeZone(9 * 3600 + 38 * 60);
  return options;
}

void Converse(AppWorld& world) {
  const auto pass = [&world] { world.scheduler.RunFor(absl::Minutes(1)); };
  world.EnterRoom({"Bob", "Carol"});
  world.server.Say("Bob", "Good morning! Is the release out?");
  pass();
  world.server.Enter("Soros");
  world.server.Say("Soros", "Hello, everyone!");
  world.app.OnInput("Hi, Soros. Version 1.0.0 is on the server since eight.\r");
  world.scheduler.RunFor(absl::Milliseconds(3));  // the lag
  world.server.Confirm();
  pass();
  world.server.Say("Carol",
                   "Ten thousand members joined it within five seconds, and each of them got "
                   "each message once.");
  world.server.Say("Soros", "Alice: where are the figures?");
  world.server.Leave("Bob");
  pass();
  world.Type("In docs/performance.md, with plo");
}

TEST(PictureTest, ReadmeShowsTheClientAsItIs) {
  AppWorld world(MorningOptions(), 90, 14);
  Converse(world);
  ASSERT_THAT(world.terminal.screen.complaints(), IsEmpty());
  const std::string drawn =
      DrawPicture(world.terminal.screen, "The full-screen client in a conversation");
  const std::string path = SourcePath("docs/images/client.svg");
  if (std::getenv("CHATHTTP_WRITE_SCREENS") != nullptr) {
    std::ofstream(path, std::ios::binary) << drawn;
  }
  std::ifstream file(path, std::ios::binary);
  const std::string kept{std::istreambuf_iterator<char>(file), {}};
  EXPECT_TRUE(drawn == kept)
      << path << " is not what the client draws: draw it anew with CHATHTTP_WRITE_SCREENS=1, and "
      << "look at it. The screen is\n"
      << world.Screen();
}

TEST(PictureTest, EscapesWhatSvgTakesForMarkup) {
  FakeTerminal terminal(20, 1);
  terminal.Write("\x1b[m\x1b[H\x1b[2J<b> & co");
  const std::string svg = DrawPicture(terminal, "a < b");
  EXPECT_THAT(svg, HasSubstr(">&lt;b&gt; &amp; co</text>"));
  EXPECT_THAT(svg, HasSubstr("<title>a &lt; b</title>"));
  EXPECT_THAT(svg, Not(HasSubstr("<b>")));
}

TEST(PictureTest, DrawsStylesAndStretchesWordsToTheirColumns) {
  FakeTerminal terminal(40, 1);
  terminal.Write("\x1b[m\x1b[H\x1b[2J\x1b[1;38;5;160mred one\x1b[m   \x1b[7mback\x1b[m");
  const std::string svg = DrawPicture(terminal, "styles");
  EXPECT_THAT(svg, HasSubstr("textLength=\"63\" lengthAdjust=\"spacingAndGlyphs\" "
                             "fill=\"#d70000\" font-weight=\"bold\">red one</text>"));
  EXPECT_THAT(svg, HasSubstr("fill=\"#12161c\">back</text>"));
}

}  // namespace
}  // namespace chathttp

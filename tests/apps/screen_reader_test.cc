#include "tests/apps/screen_reader.h"

#include <string>

#include "gtest/gtest.h"

namespace chathttp {
namespace {

TEST(ScreenReader, ShowsWhatIsWrittenWhereverItIsCut) {
  const std::string bytes =
      "shell\r\n\x1b[?1049h\x1b[2J\x1b[2;3H\x1b[1;38;5;4mh\u00e9\u4f60!\x1b[0m";
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    ScreenReader screen(8, 3);
    screen.Write(bytes.substr(0, cut));
    screen.Write(bytes.substr(cut));
    EXPECT_EQ(screen.Text(), "\n  h\u00e9\u4f60!\n\n");
    EXPECT_EQ(screen.complaints(), "");
    screen.Write("\x1b[?1049l");
    EXPECT_EQ(screen.Text(), "shell\n\n\n");
  }
}

TEST(ScreenReader, ComplainsAboutWhatNoChatClientShouldWrite) {
  for (const char* bytes :
       {"\x1b]0;title\a", "\x1b[5n", "\x1b[?1000h", "\u0085", "\x0e", "\x1b\x63"}) {
    ScreenReader screen(8, 3);
    screen.Write(bytes);
    EXPECT_NE(screen.complaints(), "") << bytes;
  }
}

TEST(ScreenReader, ScrollsAtTheLastRow) {
  ScreenReader screen(8, 2);
  screen.Write("one\r\ntwo\r\nthree");
  EXPECT_EQ(screen.Text(), "two\nthree\n");
}

}  // namespace
}  // namespace chathttp

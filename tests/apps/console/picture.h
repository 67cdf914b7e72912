// Draws a terminal as an SVG image.
//
//   FakeTerminal terminal(84, 16);
//   ...
//   std::string svg = DrawPicture(terminal, "The client in a room");
//
// Each column has the same width whatever font shows the image: words are stretched to their
// columns, and rules are drawn as lines. Equal screens give equal images. Not thread-safe.
#ifndef CHATHTTP_TESTS_APPS_CONSOLE_PICTURE_H_
#define CHATHTTP_TESTS_APPS_CONSOLE_PICTURE_H_

#include <string>
#include <string_view>

#include "tests/apps/terminal/fake_terminal.h"

namespace chathttp {

// `title` is the text of the image for readers who do not see it.
[[nodiscard]] std::string DrawPicture(const FakeTerminal& terminal, std::string_view title);

}  // namespace chathttp

#endif  // CHATHTTP_TESTS_APPS_CONSOLE_PICTURE_H_

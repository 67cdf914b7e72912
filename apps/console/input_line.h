// Draws the input line: all of it, or the part around the cursor if it is too long for its box.
//
//   DrawInputLine(editor, {.column = 2, .row = 7, .columns = 18, .max_bytes = 4095}, canvas);
//
// The part moves in steps of half the box, so that it does not move at each key. Not thread-safe;
// O(size of the text).
#ifndef CHATHTTP_APPS_CONSOLE_INPUT_LINE_H_
#define CHATHTTP_APPS_CONSOLE_INPUT_LINE_H_

#include <cstddef>
#include <string>

#include "apps/terminal/canvas.h"
#include "apps/terminal/line_editor.h"

namespace chathttp {

struct InputLineBox {
  int column = 0;
  int row = 0;
  int columns = 0;
  std::size_t max_bytes = std::string::npos;  // text beyond is marked as too long
  Style style = {};
  bool focused = true;  // shows the cursor
};

void DrawInputLine(const LineEditor& editor, const InputLineBox& box, Canvas& canvas);

}  // namespace chathttp

#endif  // CHATHTTP_APPS_CONSOLE_INPUT_LINE_H_

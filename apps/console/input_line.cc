#include "apps/console/input_line.h"

#include <algorithm>
#include <string_view>

#include "apps/console/palette.h"
#include "apps/terminal/unicode.h"

namespace chathttp {
namespace {

int ShownColumns(std::string_view text) {
  int columns = 0;
  while (!text.empty()) {
    const std::size_t bytes = NextCluster(text).bytes;
    columns += Columns(ShownText(text.substr(0, bytes)));
    text.remove_prefix(bytes);
  }
  return columns;
}

// The first column of the text in view: 0, or a multiple of half the box.
int FirstColumn(int cursor, int room) {
  const int step = std::max(room / 2, 1);
  // The column behind the text is for the cursor, the last one for the sign that more text follows.
  const int hidden = cursor - (room - 2);
  return hidden <= 0 ? 0 : (hidden + step - 1) / step * step;
}

}  // namespace

void DrawInputLine(const LineEditor& editor, const InputLineBox& box, Canvas& canvas) {
  const std::string_view text = editor.text();
  const int cursor = ShownColumns(text.substr(0, editor.cursor()));
  const int first = FirstColumn(cursor, box.columns);
  const int end = box.column + box.columns;
  canvas.Fill(box.column, end, box.row, box.style);
  int at = box.column - first;
  std::size_t offset = 0;
  while (offset < text.size() && at < end) {
    const std::size_t bytes = NextCluster(text.substr(offset)).bytes;
    const std::string shown = ShownText(text.substr(offset, bytes));
    Style style = box.style;
    if (offset + bytes > box.max_bytes) style = {.color = kErrorColor, .underline = true};
    if (at >= box.column) canvas.Put(at, box.row, shown, style, end);
    at += Columns(shown);
    offset += bytes;
  }
  if (first > 0) canvas.Put(box.column, box.row, "<", {.dim = true}, end);
  if (offset < text.size() || at > end) canvas.Put(end - 1, box.row, ">", {.dim = true}, end);
  if (box.focused) canvas.SetCursor(std::min(box.column + cursor - first, end - 1), box.row);
}

}  // namespace chathttp

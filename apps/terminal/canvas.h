// What the screen is to show: a grid of cells. Whatever text is put on it, a cell holds printable
// characters only, so nothing that others wrote can drive the terminal.
//
//   Canvas canvas(80, 24);
//   int column = canvas.Put(0, 0, "Hello, 日本", {.bold = true});    // 11
//   canvas.SetCursor(column, 0);
//
// Columns and rows count from 0; what is outside is clipped. Cost O(size of the text). One thread.
#ifndef CHATHTTP_APPS_TERMINAL_CANVAS_H_
#define CHATHTTP_APPS_TERMINAL_CANVAS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace chathttp {

struct Style {
  std::uint8_t color = 0;  // of the 256 of xterm; 0 for the terminal's own
  bool bold = false;
  bool dim = false;
  bool underline = false;
  bool reverse = false;
  friend bool operator==(const Style&, const Style&) = default;
};

struct Cell {
  std::string text = " ";  // one cluster; empty for the second column of a wide one
  Style style = {};
  bool uncertain = false;  // see Cluster of unicode.h
  friend bool operator==(const Cell&, const Cell&) = default;
};

class Canvas {
 public:
  // Blank. Both are taken to be within 1 and kMaxSide.
  static constexpr int kMaxSide = 1000;
  Canvas(int columns, int rows);

  [[nodiscard]] int columns() const { return columns_; }
  [[nodiscard]] int rows() const { return rows_; }

  // Puts ShownText(text) from `column` on, up to but not including column `end`, by default that of
  // the canvas. Returns the column behind it. A wide character that does not fit is left out.
  int Put(int column, int row, std::string_view text, const Style& style = {}, int end = kMaxSide);

  // Makes the cells from `begin` to before `end` blank in `style`.
  void Fill(int begin, int end, int row, const Style& style);

  // Where the terminal's cursor stands; it is hidden until it is set.
  void SetCursor(int column, int row);
  [[nodiscard]] bool cursor_visible() const { return cursor_visible_; }
  [[nodiscard]] int cursor_column() const { return cursor_column_; }
  [[nodiscard]] int cursor_row() const { return cursor_row_; }

  [[nodiscard]] const Cell& at(int column, int row) const { return cells_[Index(column, row)]; }

  // The rows as text, blanks at their ends cut off, each with a line feed; for people and tests.
  [[nodiscard]] std::string Text() const;

 private:
  [[nodiscard]] std::size_t Index(int column, int row) const {
    return static_cast<std::size_t>(row) * static_cast<std::size_t>(columns_) +
           static_cast<std::size_t>(column);
  }
  Cell& cell(int column, int row) { return cells_[Index(column, row)]; }
  void Release(int column, int row);

  int columns_;
  int rows_;
  std::vector<Cell> cells_;
  bool cursor_visible_ = false;
  int cursor_column_ = 0;
  int cursor_row_ = 0;
};

}  // namespace chathttp

#endif  // CHATHTTP_APPS_TERMINAL_CANVAS_H_

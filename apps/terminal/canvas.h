// The content of the screen: a grid of cells. A cell holds printable characters only, whatever text
// is put on it, so text of others cannot control the terminal.
//
//   Canvas canvas(80, 24);
//   int column = canvas.Put(0, 0, "Hello, 日本", {.bold = true});    // 11
//   canvas.SetCursor(column, 0);
//
// Columns and rows count from 0; text outside is clipped. Cost O(size of the text). Not
// thread-safe.
#ifndef CHATHTTP_APPS_TERMINAL_CANVAS_H_
#define CHATHTTP_APPS_TERMINAL_CANVAS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace chathttp {

struct Style {
  std::uint8_t color = 0;  // one of xterm's 256; 0: default of the terminal
  bool bold = false;
  bool dim = false;
  bool underline = false;
  bool reverse = false;
  friend bool operator==(const Style&, const Style&) = default;
};

struct Cell {
  std::string text = " ";  // one cluster; empty for the second column of a wide one
  Style style = {};
  bool uncertain = false;                        // see Cluster in unicode.h
  std::shared_ptr<const std::string> link = {};  // the URL that a click opens; null for none

  [[nodiscard]] std::string_view url() const { return link ? *link : std::string_view(); }
  friend bool operator==(const Cell& a, const Cell& b) {
    return a.text == b.text && a.style == b.style && a.uncertain == b.uncertain &&
           a.url() == b.url();
  }
};

class Canvas {
 public:
  // A blank canvas. Both sides are clamped to 1 to kMaxSide.
  static constexpr int kMaxSide = 1000;
  Canvas(int columns, int rows);

  [[nodiscard]] int columns() const { return columns_; }
  [[nodiscard]] int rows() const { return rows_; }

  // Puts ShownText(text) from `column` up to but not including `end`, by default the end of the
  // row. Returns the column behind the text. A wide character that does not fit is left out.
  int Put(int column, int row, std::string_view text, const Style& style = {}, int end = kMaxSide);

  // Makes the cells in [begin, end) blank in `style`.
  void Fill(int begin, int end, int row, const Style& style);

  // Makes the cells in [begin, end) a link to `url`, until text is put on them. No effect if `url`
  // has other bytes than visible ASCII, or more than kMaxUrlBytes.
  static constexpr std::size_t kMaxUrlBytes = 2000;  // terminals drop URLs from 2,083 bytes on
  void SetLink(int begin, int end, int row, std::string_view url);

  // Sets and shows the cursor of the terminal; it is hidden until then.
  void SetCursor(int column, int row);
  [[nodiscard]] bool cursor_visible() const { return cursor_visible_; }
  [[nodiscard]] int cursor_column() const { return cursor_column_; }
  [[nodiscard]] int cursor_row() const { return cursor_row_; }

  [[nodiscard]] const Cell& at(int column, int row) const { return cells_[Index(column, row)]; }

  // The rows as text, without trailing blanks, each with a line feed; for tests.
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

// A terminal in memory: a screen, and the few sequences that a renderer may use. It reports
// anything else as a complaint.
//
//   FakeTerminal terminal(80, 24);
//   terminal.Write(renderer.Render(canvas));
//   terminal.Text(); terminal.complaints();
//
// It knows CUP, CUF, EL 0, ED 2, SGR (0 1 2 4 7 38;5;n), DECTCEM, OSC 8 and BEL, and, as terminals do, a
// cursor that waits behind the last column. Erased cells have no style. For characters whose width
// differs between terminals, a test can choose the width.
#ifndef CHATHTTP_TESTS_APPS_TERMINAL_FAKE_TERMINAL_H_
#define CHATHTTP_TESTS_APPS_TERMINAL_FAKE_TERMINAL_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "apps/terminal/canvas.h"

namespace chathttp {

class FakeTerminal {
 public:
  enum class Width {
    kAsMeasured,    // what apps/terminal/unicode.h says
    kPerCodePoint,  // each code point has its own columns; only plain marks join
  };
  FakeTerminal(int columns, int rows, Width width = Width::kAsMeasured);

  void Write(std::string_view bytes);

  // Sets the size, and fills the screen with garbage.
  void Resize(int columns, int rows);

  // The rows without blanks at their ends, each with a line feed.
  [[nodiscard]] std::string Text() const;
  [[nodiscard]] const Cell& at(int column, int row) const;

  [[nodiscard]] bool cursor_visible() const { return cursor_visible_; }
  [[nodiscard]] int cursor_column() const { return column_; }
  [[nodiscard]] int cursor_row() const { return row_; }
  [[nodiscard]] int bells() const { return bells_; }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  [[nodiscard]] int columns() const { return columns_; }
  [[nodiscard]] int rows() const { return rows_; }

  // Invalid output, and output beyond the screen.
  [[nodiscard]] const std::vector<std::string>& complaints() const { return complaints_; }

  // The differences from `canvas`, one line for each cell; empty if there are none. With
  // `certain_only`, ignores cells of uncertain width and those behind them that they may cover.
  [[nodiscard]] std::string DescribeDifference(const Canvas& canvas,
                                               bool certain_only = false) const;

 private:
  std::size_t Sequence(std::string_view bytes);
  std::size_t Link(std::string_view bytes);
  std::size_t Print(std::string_view bytes);
  void Apply(char final, std::string_view parameters);
  void SelectStyle(const std::vector<int>& parameters);
  void Join(std::string_view text);
  void PutCluster(std::string_view text, int columns);
  Cell& cell(int column, int row);
  void Complain(std::string_view what, std::string_view bytes);

  int columns_;
  int rows_;
  Width width_;
  std::vector<Cell> cells_;
  Style style_;
  std::string link_;
  int column_ = 0;
  int row_ = 0;
  bool cursor_visible_ = true;
  int bells_ = 0;
  std::size_t bytes_ = 0;
  std::vector<std::string> complaints_;
};

}  // namespace chathttp

#endif  // CHATHTTP_TESTS_APPS_TERMINAL_FAKE_TERMINAL_H_

// A terminal in memory: a screen, and the few sequences that a renderer may use. Whatever else
// arrives is a complaint.
//
//   FakeTerminal terminal(80, 24);
//   terminal.Write(renderer.Render(canvas));
//   terminal.Text(); terminal.complaints();
//
// It knows CUP, CUF, EL 0, ED 2, SGR (0 1 2 4 7 38;5;n), DECTCEM and BEL, and, as terminals do, a
// cursor that waits behind the last column. A blank of its erasing has no style. How wide it draws
// characters whose width terminals disagree about can be chosen.
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
    kPerCodePoint,  // each code point has its columns, and joins nothing but plain marks
  };
  FakeTerminal(int columns, int rows, Width width = Width::kAsMeasured);

  void Write(std::string_view bytes);

  // A new size, and a screen full of what was never drawn.
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

  // What a renderer must not write, and what it wrote beyond the screen.
  [[nodiscard]] const std::vector<std::string>& complaints() const { return complaints_; }

  // What differs from `canvas`, one line for each cell; empty if it is shown exactly. Cells of
  // uncertain width, and those behind them that a wide one may have reached, are left out if
  // `certain_only`.
  [[nodiscard]] std::string DescribeDifference(const Canvas& canvas,
                                               bool certain_only = false) const;

 private:
  std::size_t Sequence(std::string_view bytes);
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
  int column_ = 0;
  int row_ = 0;
  bool cursor_visible_ = true;
  int bells_ = 0;
  std::size_t bytes_ = 0;
  std::vector<std::string> complaints_;
};

}  // namespace chathttp

#endif  // CHATHTTP_TESTS_APPS_TERMINAL_FAKE_TERMINAL_H_

// The newest max_lines lines of the chat, and the part of them in view.
//
//   Scrollback lines(5000);
//   lines.SetView(80, 20);
//   lines.Append({.time = "10:17", .name = "Alice", .text = "Hello"});
//   lines.ScrollUp(19);
//   for (const auto& row : lines.Visible()) ...     // at most 20 rows; the view stays in place
//   lines.new_below()                               // lines that arrived below the view
//
// A mark separates the lines that arrived while the user had scrolled up from the earlier ones. The
// lines in view stay: if the kept lines end there, the lines just below the view are removed, and a
// mark says so. Cost: Append O(1), while scrolled up O(rows in view); all else O(rows in view and
// rows scrolled), whatever the number of lines. Not thread-safe.
#ifndef CHATHTTP_APPS_CONSOLE_SCROLLBACK_H_
#define CHATHTTP_APPS_CONSOLE_SCROLLBACK_H_

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "apps/console/chat_line.h"

namespace chathttp {

inline constexpr std::size_t kScrollbackLines = 5000;

class Scrollback {
 public:
  explicit Scrollback(std::size_t max_lines) : max_lines_(max_lines) {}

  // The view follows the newest line, or stays in place if the user has scrolled up.
  void Append(ChatLine line);

  // Replaces the text of the newest line, of which there must be one.
  void ReplaceNewest(std::string text) { lines_.back().text = std::move(text); }

  // Empties the view at the end. The lines are kept: the next scrolling up shows them.
  void Clear();

  // Sets the size of the view; the line at its lower end stays there.
  void SetView(int columns, int rows);

  void ScrollUp(int rows);  // at most until the oldest line is at the upper end
  void ScrollDown(int rows);
  void ScrollToStart();
  void ScrollToEnd();

  // Scrolls to the nearest line above (or below) the last search result, or else above the lower
  // end of the view, whose name or text contains `text` in any case of ASCII letters. Marks it as
  // found until the next search or ScrollToEnd. False, without a change, if there is none.
  bool Search(std::string_view text, bool upwards);

  struct Row {
    const ChatLine* line;
    std::size_t index;  // of the row within the line
    bool found;         // the line is the result of the last search
  };
  // The rows in view, from top to bottom; fewer than view_rows() if there are not enough. Valid
  // until the next change.
  [[nodiscard]] std::vector<Row> Visible() const;

  [[nodiscard]] bool at_end() const { return at_end_; }
  [[nodiscard]] int columns() const { return columns_; }
  [[nodiscard]] int view_rows() const { return static_cast<int>(view_rows_); }
  [[nodiscard]] std::size_t new_below() const { return new_below_; }
  // Null if there is none, or if Clear has hidden it.
  [[nodiscard]] const ChatLine* newest() const {
    return cleared_ == lines_.size() ? nullptr : &lines_.back();
  }
  [[nodiscard]] std::size_t size() const { return lines_.size(); }

 private:
  // Row `row` of line `line`, counted from the oldest line.
  struct Position {
    std::size_t line = 0;
    std::size_t row = 0;
    // clang-tidy 14 mistakes the 0 in the generated <=> for a pointer.
    friend auto operator<=>(const Position&,
                            const Position&) = default;  // NOLINT(modernize-use-nullptr)
  };

  [[nodiscard]] std::size_t RowsOf(std::size_t line) const;
  [[nodiscard]] Position Newest() const;
  [[nodiscard]] Position Up(Position from, std::size_t rows) const;
  [[nodiscard]] Position Down(Position from, std::size_t rows) const;
  void HoldAt(Position bottom);
  void Erase(std::size_t line);
  void EraseOldest();

  std::size_t max_lines_;
  std::deque<ChatLine> lines_;
  int columns_ = 80;
  std::size_t view_rows_ = 24;
  bool at_end_ = true;
  Position bottom_;  // the last row in view, unless at_end_
  std::size_t new_below_ = 0;
  std::size_t cleared_ = 0;              // lines that Clear has hidden at the end
  std::optional<std::size_t> new_mark_;  // the line that is the mark of new lines
  std::optional<std::size_t> found_;     // the result of the last search
};

}  // namespace chathttp

#endif  // CHATHTTP_APPS_CONSOLE_SCROLLBACK_H_

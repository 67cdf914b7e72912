#include "apps/console/scrollback.h"

#include <algorithm>
#include <utility>

namespace chathttp {

void Scrollback::Append(ChatLine line) {
  lines_.push_back(std::move(line));
  if (!at_end_) ++new_below_;
  if (lines_.size() <= max_lines_) return;
  lines_.pop_front();
  if (at_end_) return;
  // The view moves only when its own lines are removed.
  HoldAt(bottom_.line == 0 ? Position{} : Position{bottom_.line - 1, bottom_.row});
}

void Scrollback::Clear() {
  lines_.clear();
  ScrollToEnd();
}

void Scrollback::SetView(int columns, int rows) {
  columns_ = columns;
  view_rows_ = static_cast<std::size_t>(std::max(rows, 1));
  if (!at_end_) HoldAt({bottom_.line, std::min(bottom_.row, RowsOf(bottom_.line) - 1)});
}

void Scrollback::ScrollUp(int rows) {
  if (!lines_.empty()) HoldAt(Up(at_end_ ? Newest() : bottom_, static_cast<std::size_t>(rows)));
}

void Scrollback::ScrollDown(int rows) {
  if (!at_end_) HoldAt(Down(bottom_, static_cast<std::size_t>(rows)));
}

void Scrollback::ScrollToEnd() {
  at_end_ = true;
  new_below_ = 0;
}

std::vector<Scrollback::Row> Scrollback::Visible() const {
  std::vector<Row> rows;
  if (lines_.empty()) return rows;
  rows.reserve(view_rows_);
  Position at = at_end_ ? Newest() : bottom_;
  while (true) {
    rows.push_back({&lines_[at.line], at.row});
    if (rows.size() == view_rows_ || at == Position{}) break;
    at = Up(at, 1);
  }
  std::reverse(rows.begin(), rows.end());
  return rows;
}

std::size_t Scrollback::RowsOf(std::size_t line) const {
  return LayOut(lines_[line], columns_).rows.size();
}

Scrollback::Position Scrollback::Newest() const {
  return {lines_.size() - 1, RowsOf(lines_.size() - 1) - 1};
}

Scrollback::Position Scrollback::Up(Position from, std::size_t rows) const {
  while (rows > from.row) {
    if (from.line == 0) return {};
    rows -= from.row + 1;
    --from.line;
    from.row = RowsOf(from.line) - 1;
  }
  return {from.line, from.row - rows};
}

Scrollback::Position Scrollback::Down(Position from, std::size_t rows) const {
  for (std::size_t left = RowsOf(from.line) - 1 - from.row; rows > left;
       left = RowsOf(from.line) - 1) {
    if (from.line + 1 == lines_.size()) return Newest();
    rows -= left + 1;
    from = {from.line + 1, 0};
  }
  return {from.line, from.row + rows};
}

// Sets the last row in view to `bottom`, or to a later row if the view would not be full. The view
// follows the newest line if it contains it.
void Scrollback::HoldAt(Position bottom) {
  bottom_ = std::max(bottom, Down({}, view_rows_ - 1));
  at_end_ = bottom_ >= Newest();
  new_below_ = at_end_ ? 0 : std::min(new_below_, lines_.size() - 1 - bottom_.line);
}

}  // namespace chathttp

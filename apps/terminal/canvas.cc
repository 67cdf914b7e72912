#include "apps/terminal/canvas.h"

#include <algorithm>

#include "apps/terminal/unicode.h"

namespace chathttp {

Canvas::Canvas(int columns, int rows)
    : columns_(std::clamp(columns, 1, kMaxSide)),
      rows_(std::clamp(rows, 1, kMaxSide)),
      cells_(static_cast<std::size_t>(columns_) * static_cast<std::size_t>(rows_)) {}

int Canvas::Put(int column, int row, std::string_view text, const Style& style, int end) {
  if (row < 0 || row >= rows_ || column < 0) return column;
  end = std::min(end, columns_);
  const std::string shown = ShownText(text);
  for (std::string_view rest = shown; !rest.empty();) {
    const Cluster cluster = NextCluster(rest);
    if (column + cluster.columns > end) break;
    Release(column, row);
    if (cluster.columns == 2) Release(column + 1, row);
    Cell& lead = cell(column, row);
    lead.text.assign(cluster.bare ? 1 : 0, ' ');
    lead.text += rest.substr(0, cluster.bytes);
    lead.style = style;
    lead.uncertain = cluster.uncertain;
    lead.link = nullptr;
    if (cluster.columns == 2) cell(column + 1, row) = {"", style, cluster.uncertain};
    column += cluster.columns;
    rest.remove_prefix(cluster.bytes);
  }
  return column;
}

void Canvas::Fill(int begin, int end, int row, const Style& style) {
  if (row < 0 || row >= rows_) return;
  for (int column = std::max(begin, 0); column < std::min(end, columns_); ++column) {
    Release(column, row);
    cell(column, row) = {" ", style};
  }
}

void Canvas::SetLink(int begin, int end, int row, std::string_view url) {
  const bool safe = url.size() <= kMaxUrlBytes &&
                    std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c <= '~'; });
  if (row < 0 || row >= rows_ || !safe) return;
  const auto link = std::make_shared<const std::string>(url);
  for (int column = std::max(begin, 0); column < std::min(end, columns_); ++column) {
    cell(column, row).link = link;
  }
}

// Before half of a wide character is overwritten, makes its other half blank.
void Canvas::Release(int column, int row) {
  if (cell(column, row).text.empty() && column > 0) {
    Cell& lead = cell(column - 1, row);
    lead = {" ", lead.style};
  }
  if (column + 1 < columns_ && cell(column + 1, row).text.empty()) {
    Cell& second = cell(column + 1, row);
    second = {" ", second.style};
  }
}

void Canvas::SetCursor(int column, int row) {
  cursor_visible_ = true;
  cursor_column_ = std::clamp(column, 0, columns_ - 1);
  cursor_row_ = std::clamp(row, 0, rows_ - 1);
}

std::string Canvas::Text() const {
  std::string text;
  for (int row = 0; row < rows_; ++row) {
    std::string line;
    for (int column = 0; column < columns_; ++column) line += at(column, row).text;
    line.erase(line.find_last_not_of(' ') + 1);
    text += line;
    text += '\n';
  }
  return text;
}

}  // namespace chathttp

#include "apps/terminal/wrap.h"

#include <algorithm>
#include <cstddef>

#include "apps/terminal/unicode.h"

namespace chathttp {
namespace {

std::string_view WithoutBlanksAtEnd(std::string_view row) {
  return row.substr(0, row.find_last_not_of(' ') + 1);
}

// The number of bytes of `text` on a row of `columns`: all, up to the last blank, or as many as
// fit.
std::size_t RowBytes(std::string_view text, int columns) {
  const std::size_t fitting = FitColumns(text, columns).size();
  if (fitting == text.size() || text[fitting] == ' ') return fitting;
  const std::size_t blank = text.substr(0, fitting).find_last_of(' ');
  const bool only_blanks_before =
      blank == std::string_view::npos || WithoutBlanksAtEnd(text.substr(0, blank)).empty();
  return only_blanks_before ? fitting : blank;
}

}  // namespace

std::vector<std::string_view> Wrap(std::string_view text, int first_columns, int next_columns) {
  std::vector<std::string_view> rows;
  int columns = std::max(first_columns, 2);
  do {
    const std::size_t bytes = RowBytes(text, columns);
    rows.push_back(WithoutBlanksAtEnd(text.substr(0, bytes)));
    text.remove_prefix(std::min(text.find_first_not_of(' ', bytes), text.size()));
    columns = std::max(next_columns, 2);
  } while (!text.empty());
  return rows;
}

}  // namespace chathttp

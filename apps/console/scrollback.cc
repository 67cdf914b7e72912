#include "apps/console/scrollback.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"

namespace chathttp {
namespace {

constexpr std::string_view kNewLines = "new";
constexpr std::string_view kGap = "later lines are gone";

}  // namespace

void Scrollback::Append(ChatLine line) {
  if (!at_end_ && new_below_ == 0) {
    if (new_mark_) Erase(*new_mark_);
    new_mark_ = lines_.size();
    lines_.push_back({.kind = ChatLine::Kind::kMark, .text = std::string(kNewLines)});
  }
  lines_.push_back(std::move(line));
  if (!at_end_) ++new_below_;
  while (lines_.size() > max_lines_) EraseOldest();
}

// The oldest line that is not in view: above it, or else just below it.
void Scrollback::EraseOldest() {
  const bool in_view = !at_end_ && Up(bottom_, view_rows_ - 1).line == 0;
  const std::size_t below = bottom_.line + 1;
  if (!in_view || below + 2 >= lines_.size()) return Erase(0);
  if (lines_[below].text == kGap) return Erase(below + 1);
  lines_[below] = {.kind = ChatLine::Kind::kMark, .text = std::string(kGap)};
  if (new_mark_ == below) new_mark_.reset();
}

void Scrollback::Erase(std::size_t line) {
  const auto shift = [line](std::optional<std::size_t>& index) {
    if (index == line) {
      index.reset();
    } else if (index && *index > line) {
      --*index;
    }
  };
  lines_.erase(lines_.begin() + static_cast<std::ptrdiff_t>(line));
  shift(new_mark_);
  shift(found_);
  if (cleared_ > line) --cleared_;
  if (at_end_ || line > bottom_.line) return;
  // The view moves only if its own lines are removed.
  HoldAt(bottom_.line == 0 ? Position{} : Position{bottom_.line - 1, bottom_.row});
}

void Scrollback::Clear() {
  ScrollToEnd();
  cleared_ = lines_.size();
}

void Scrollback::SetView(int columns, int rows) {
  columns_ = columns;
  view_rows_ = static_cast<std::size_t>(std::max(rows, 1));
  if (!at_end_) HoldAt({bottom_.line, std::min(bottom_.row, RowsOf(bottom_.line) - 1)});
}

void Scrollback::ScrollUp(int rows) {
  if (at_end_ && std::exchange(cleared_, 0) > 0) return;
  if (!lines_.empty()) HoldAt(Up(at_end_ ? Newest() : bottom_, static_cast<std::size_t>(rows)));
}

void Scrollback::ScrollDown(int rows) {
  if (!at_end_) HoldAt(Down(bottom_, static_cast<std::size_t>(rows)));
}

void Scrollback::ScrollToStart() {
  cleared_ = 0;
  if (!lines_.empty()) HoldAt({});
}

void Scrollback::ScrollToEnd() {
  at_end_ = true;
  new_below_ = 0;
  found_.reset();
}

bool Scrollback::Search(std::string_view text, bool upwards) {
  const std::string wanted = absl::AsciiStrToLower(AbslView(text));
  const auto matches = [&](const ChatLine& line) {
    const std::string all = absl::AsciiStrToLower(absl::StrCat(line.name, " ", line.text));
    return all.find(wanted) != std::string::npos;
  };
  const std::size_t below = at_end_ ? lines_.size() : bottom_.line + 1;
  std::size_t line = found_.value_or(below);
  do {
    if (upwards ? line == 0 : line + 1 >= lines_.size()) return false;
    upwards ? --line : ++line;
  } while (!matches(lines_[line]));
  cleared_ = 0;
  HoldAt(Down({line, 0}, view_rows_ / 2));  // the line gets into the middle of the view
  found_ = line;
  return true;
}

std::vector<Scrollback::Row> Scrollback::Visible() const {
  std::vector<Row> rows;
  if (lines_.empty() || (at_end_ && cleared_ == lines_.size())) return rows;
  rows.reserve(view_rows_);
  Position at = at_end_ ? Newest() : bottom_;
  const Position first = {at_end_ ? cleared_ : 0, 0};
  while (true) {
    rows.push_back({&lines_[at.line], at.row, at.line == found_});
    if (rows.size() == view_rows_ || at == first) break;
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

#include "apps/terminal/renderer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace chathttp {
namespace {

constexpr int kMaxRetrace = 3;  // cells; a CUF takes as many bytes
constexpr int kMinErase = 4;    // cells; an EL takes as many bytes, and perhaps an SGR

bool IsBlank(const Cell& cell) { return cell == Cell(); }

// The color of ECMA-48, 1 (red) to 6 (cyan), that is nearest to a color of the xterm cube (16 to
// 231): its strongest channels; 7 (white) for a gray.
int EightColor(std::uint8_t color) {
  const int cube = std::clamp(color - 16, 0, 215);
  const int red = cube / 36;
  const int green = cube / 6 % 6;
  const int blue = cube % 6;
  const int most = std::max({red, green, blue});
  const auto bit = [most](int channel, int value) { return 2 * channel > most ? value : 0; };
  return most == 0 ? 7 : bit(red, 1) + bit(green, 2) + bit(blue, 4);
}

// Whether a color of the cube is nearer to the bright one of the sixteen.
bool IsBright(std::uint8_t color) {
  const int cube = std::clamp(color - 16, 0, 215);
  return std::max({cube / 36, cube / 6 % 6, cube % 6}) >= 4;
}

// The first column from which the rest of the row is blank.
int BlankFrom(const Canvas& canvas, int row) {
  int column = canvas.columns();
  while (column > 0 && IsBlank(canvas.at(column - 1, row))) --column;
  return column;
}

bool HasUncertain(const Canvas& canvas, int row) {
  for (int column = 0; column < canvas.columns(); ++column) {
    if (canvas.at(column, row).uncertain) return true;
  }
  return false;
}

}  // namespace

std::string Renderer::Render(const Canvas& canvas) {
  const bool same_size = canvas.columns() == shown_.columns() && canvas.rows() == shown_.rows();
  if (!known_ || !same_size) Clear(canvas);
  for (int row = 0; row < canvas.rows(); ++row) RenderRow(canvas, row);
  SetLink("");
  PlaceCursor(canvas);
  if (std::exchange(bell_, false)) out_ += '\a';
  shown_ = canvas;
  return std::exchange(out_, "");
}

void Renderer::Clear(const Canvas& canvas) {
  out_ += "\x1b[m\x1b[H\x1b[2J";
  style_ = {};
  column_ = 0;
  row_ = 0;
  position_known_ = true;
  if (!known_) {
    out_ += "\x1b[?25h";
    cursor_visible_ = true;
  }
  known_ = true;
  shown_ = Canvas(canvas.columns(), canvas.rows());
}

void Renderer::RenderRow(const Canvas& canvas, int row) {
  int column = 0;
  while (column < canvas.columns() && canvas.at(column, row) == shown_.at(column, row)) ++column;
  if (column == canvas.columns()) return;
  // The position of the cells behind a character of uncertain width is unknown.
  const bool all = HasUncertain(canvas, row) || HasUncertain(shown_, row);
  const int blank_from = BlankFrom(canvas, row);
  const bool erase = all || BlankFrom(shown_, row) - blank_from >= kMinErase;
  const int end = erase ? blank_from : canvas.columns();
  for (; column < end; ++column) {
    if (canvas.at(column, row).text.empty()) continue;  // written with its first column
    if (all || canvas.at(column, row) != shown_.at(column, row)) WriteCell(canvas, column, row);
  }
  if (erase && blank_from < canvas.columns()) {
    MoveTo(canvas, blank_from, row);
    SetStyle({});
    SetLink("");
    out_ += "\x1b[K";
  }
}

void Renderer::WriteCell(const Canvas& canvas, int column, int row) {
  MoveTo(canvas, column, row);
  const Cell& cell = canvas.at(column, row);
  SetStyle(cell.style);
  SetLink(cell.url());
  const bool wide = column + 1 < canvas.columns() && canvas.at(column + 1, row).text.empty();
  if (wide && cell.uncertain) {  // a terminal may fill one column only: leave nothing in the second
    out_ += "  ";
    column_ = column + 2;
    position_known_ = column_ < canvas.columns();
    MoveTo(canvas, column, row);
  }
  out_ += cell.text;
  column_ = column + (wide ? 2 : 1);
  // Terminals differ in the cursor position behind the last column.
  position_known_ = !cell.uncertain && column_ < canvas.columns();
}

void Renderer::MoveTo(const Canvas& canvas, int column, int row) {
  const bool same_row = position_known_ && row_ == row;
  if (same_row && column_ == column) return;
  if (same_row && column_ < column && Retrace(canvas, column, row)) return;
  std::string move = "\x1b[";
  if (row > 0 || column > 0) absl::StrAppend(&move, row + 1);
  if (column > 0) absl::StrAppend(&move, ";", column + 1);
  move += 'H';
  if (same_row && column_ < column) {
    const std::string steps = column - column_ == 1 ? "" : absl::StrCat(column - column_);
    const std::string forward = absl::StrCat("\x1b[", steps, "C");
    if (forward.size() < move.size()) move = forward;
  }
  out_ += move;
  column_ = column;
  row_ = row;
  position_known_ = true;
}

// Moves right by writing the cells again if that takes fewer bytes than a CUF; otherwise returns
// false.
bool Renderer::Retrace(const Canvas& canvas, int column, int row) {
  if (column - column_ > kMaxRetrace) return false;
  std::string text;
  for (int at = column_; at < column; ++at) {
    const Cell& cell = canvas.at(at, row);
    Style style = cell.style;
    if (color_ == ColorMode::kNone) style.color = 0;
    if (cell.text.size() != 1 || style != style_ || (links_ && cell.url() != link_)) return false;
    text += cell.text;
  }
  out_ += text;
  column_ = column;
  return true;
}

void Renderer::SetStyle(Style style) {
  if (color_ == ColorMode::kNone) style.color = 0;
  if (style == style_) return;
  const bool drops = (style_.bold && !style.bold) || (style_.dim && !style.dim) ||
                     (style_.underline && !style.underline) || (style_.reverse && !style.reverse) ||
                     (style_.color != 0 && style.color == 0);
  if (drops) style_ = {};
  std::string parameters;
  const auto add = [&](bool wanted, bool there, const std::string& parameter) {
    if (wanted && !there) absl::StrAppend(&parameters, ";", parameter);
  };
  add(style.bold, style_.bold, "1");
  add(style.dim, style_.dim, "2");
  add(style.underline, style_.underline, "4");
  add(style.reverse, style_.reverse, "7");
  add(style.color != 0, style.color == style_.color, ColorParameter(style.color));
  // An empty parameter means 0, all attributes off, so a leading semicolon is enough.
  const std::string listed = drops || parameters.empty() ? parameters : parameters.substr(1);
  out_ += absl::StrCat("\x1b[", listed, "m");
  style_ = style;
}

void Renderer::SetLink(std::string_view url) {
  if (!links_ || url == link_) return;
  link_ = url;
  absl::StrAppend(&out_, "\x1b]8;;", link_, "\x1b\\");
}

std::string Renderer::ColorParameter(std::uint8_t color) const {
  if (color_ == ColorMode::k8) return absl::StrCat("3", EightColor(color));
  if (color_ == ColorMode::k16) return absl::StrCat(IsBright(color) ? "9" : "3", EightColor(color));
  return absl::StrCat("38;5;", static_cast<int>(color));
}

void Renderer::PlaceCursor(const Canvas& canvas) {
  if (canvas.cursor_visible()) MoveTo(canvas, canvas.cursor_column(), canvas.cursor_row());
  if (canvas.cursor_visible() == cursor_visible_) return;
  cursor_visible_ = canvas.cursor_visible();
  out_ += cursor_visible_ ? "\x1b[?25h" : "\x1b[?25l";
}

}  // namespace chathttp

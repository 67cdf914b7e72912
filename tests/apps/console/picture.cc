#include "tests/apps/console/picture.h"

#include <array>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "apps/terminal/canvas.h"

namespace chathttp {
namespace {

// Lengths in units of the image. In most monospaced fonts a column is 0.6 of the font size wide.
constexpr int kFontSize = 15;
constexpr int kColumnWidth = 9;
constexpr int kRowHeight = 20;
constexpr int kBaseline = 15;  // below the top of a row
constexpr int kMargin = 14;

constexpr std::string_view kBackground = "#12161c";
constexpr std::string_view kForeground = "#d7dde5";
constexpr std::string_view kDimmed = "#8a94a1";
constexpr std::string_view kFrame = "#39414d";

// The 256 colors of xterm from 16 on: a cube of 6 x 6 x 6, then 24 grays.
std::string ColorOf(const Style& style) {
  if (style.color < 16) return std::string(style.dim ? kDimmed : kForeground);
  if (style.color >= 232) {
    const int gray = 8 + 10 * (style.color - 232);
    return absl::StrFormat("#%02x%02x%02x", gray, gray, gray);
  }
  constexpr std::array<int, 6> kSteps = {0, 95, 135, 175, 215, 255};
  const auto step = [&](int divisor) {
    return kSteps[static_cast<std::size_t>((style.color - 16) / divisor % 6)];
  };
  return absl::StrFormat("#%02x%02x%02x", step(36), step(6), step(1));
}

int LeftOf(int column) { return kMargin + column * kColumnWidth; }
int TopOf(int row) { return kMargin + row * kRowHeight; }

// The path of a character that is part of a rule, from the upper left corner of its cell; empty for
// all others.
std::string RulePath(std::string_view text) {
  constexpr int kMiddle = kRowHeight / 2;
  constexpr double kCenter = kColumnWidth / 2.0;
  std::string across = absl::StrCat("m0 ", kMiddle, "h", kColumnWidth);
  if (text == "─") return across;
  if (text == "│") return absl::StrCat("m", kCenter, " 0v", kRowHeight);
  if (text == "┬") return absl::StrCat(across, "m-", kCenter, " 0v", kMiddle);
  if (text == "┴") return absl::StrCat(across, "m-", kCenter, " 0v-", kMiddle);
  return "";
}

std::string Escaped(std::string_view text) {
  return absl::StrReplaceAll(std::string(text), {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}});
}

class Drawing {
 public:
  explicit Drawing(const FakeTerminal& terminal) : terminal_(terminal) {
    for (int row = 0; row < terminal.rows(); ++row) AddRow(row);
  }

  [[nodiscard]] std::string Svg(std::string_view title) const {
    const int width = 2 * kMargin + terminal_.columns() * kColumnWidth;
    const int height = 2 * kMargin + terminal_.rows() * kRowHeight;
    std::string svg = absl::StrFormat(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" "
        "height=\"%d\" font-family=\"ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', "
        "monospace\" font-size=\"%d\">\n",
        width, height, width, height, kFontSize);
    absl::StrAppend(&svg, "<title>", Escaped(title), "</title>\n");
    absl::StrAppendFormat(&svg,
                          "<rect x=\".5\" y=\".5\" width=\"%d\" height=\"%d\" rx=\"8\" "
                          "fill=\"%s\" stroke=\"%s\"/>\n",
                          width - 1, height - 1, std::string(kBackground), std::string(kFrame));
    for (const auto& [color, path] : rules_) {
      absl::StrAppend(&svg, "<path fill=\"none\" stroke=\"", color, "\" d=\"", path, "\"/>\n");
    }
    return absl::StrCat(svg, boxes_, words_, "</svg>\n");
  }

 private:
  [[nodiscard]] bool IsCursor(int column, int row) const {
    return terminal_.cursor_visible() && terminal_.cursor_column() == column &&
           terminal_.cursor_row() == row;
  }

  void AddRow(int row) {
    for (int column = 0; column < terminal_.columns(); ++column) {
      const Cell& cell = terminal_.at(column, row);
      if (IsCursor(column, row) || cell.style.reverse) AddBox(column, row, ColorOf(cell.style));
      if (const std::string path = RulePath(cell.text); !path.empty()) {
        absl::StrAppend(&rules_[ColorOf(cell.style)], "M", LeftOf(column), " ", TopOf(row), path);
      }
    }
    for (int column = 0; column < terminal_.columns();) column = AddWords(column, row);
  }

  void AddBox(int column, int row, const std::string& color) {
    absl::StrAppendFormat(&boxes_,
                          "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"/>\n",
                          LeftOf(column), TopOf(row), kColumnWidth, kRowHeight, color);
  }

  // Whether the cell begins or ends words: blanks that follow a blank, rules, the screen's end.
  [[nodiscard]] bool IsGap(int column, int row) const {
    if (column >= terminal_.columns()) return true;
    const std::string& text = terminal_.at(column, row).text;
    return text == " " || !RulePath(text).empty();
  }

  // Draws the words of one style that begin at `column`; returns the column behind them.
  int AddWords(int column, int row) {
    if (IsGap(column, row)) return column + 1;
    const Style style = terminal_.at(column, row).style;
    std::string text;
    int end = column;
    while (end < terminal_.columns() && terminal_.at(end, row).style == style &&
           !(IsGap(end, row) && IsGap(end + 1, row))) {
      text += terminal_.at(end++, row).text;
    }
    absl::StrAppendFormat(
        &words_,
        "<text x=\"%d\" y=\"%d\" textLength=\"%d\" lengthAdjust=\"spacingAndGlyphs\" fill=\"%s\"%s"
        "%s>%s</text>\n",
        LeftOf(column), TopOf(row) + kBaseline, (end - column) * kColumnWidth,
        style.reverse ? std::string(kBackground) : ColorOf(style),
        style.bold ? " font-weight=\"bold\"" : "",
        style.underline ? " text-decoration=\"underline\"" : "", Escaped(text));
    return end;
  }

  const FakeTerminal& terminal_;
  std::map<std::string, std::string> rules_;  // paths by color
  std::string boxes_;
  std::string words_;
};

}  // namespace

std::string DrawPicture(const FakeTerminal& terminal, std::string_view title) {
  return Drawing(terminal).Svg(title);
}

}  // namespace chathttp

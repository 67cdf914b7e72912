#include "apps/console/login_screen.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "apps/console/input_line.h"
#include "apps/console/palette.h"
#include "apps/console/rule.h"
#include "apps/terminal/unicode.h"
#include "apps/terminal/wrap.h"

namespace chathttp {
namespace {

constexpr int kFormColumns = 56;  // at most
constexpr int kLabelColumns = 6;  // "Host  "
constexpr int kRoomyRows = 14;    // least height of the screen for space between the fields
constexpr Style kDim = {.dim = true};

constexpr std::array<std::string_view, LoginForm::kFields> kLabels = {"Host", "Port", "Name"};
constexpr std::array<std::string_view, 3> kKeys = {"Enter join", "Tab next field", "Esc leave"};
constexpr std::array<std::string_view, 3> kBusyKeys = {"Esc stop", "Tab next field", "F10 leave"};

void DrawKeys(const LoginScreen& screen, Canvas& canvas) {
  const int row = canvas.rows() - 1;
  if (!screen.hint.empty()) {
    canvas.Put(1, row, CutToColumns(screen.hint, canvas.columns() - 1));
    return;
  }
  int column = 1;
  for (const std::string_view key : screen.busy.empty() ? kKeys : kBusyKeys) {
    if (column + Columns(key) > canvas.columns()) break;
    column = canvas.Put(column, row, key, kDim) + 3;
  }
}

}  // namespace

void DrawLoginScreen(const LoginScreen& screen, const LoginForm& form, Canvas& canvas) {
  const bool roomy = canvas.rows() >= kRoomyRows;
  const int columns = std::min(canvas.columns() - 2, kFormColumns);
  const int left = (canvas.columns() - columns) / 2;
  const int end = left + columns;
  const int last = canvas.rows() - 2;  // the row above the key hints
  // On a narrow screen an error starts in the column of the labels.
  const int error_left = columns >= kFormColumns ? left + kLabelColumns : left;
  const std::vector<std::string_view> error =
      Wrap(form.error(), end - error_left, end - error_left);
  int row = roomy ? canvas.rows() / 4 : 0;
  if (canvas.rows() >= 4) {
    const std::array<RuleLabel, 1> title = {{{.text = "ChatHTTP", .style = {.bold = true}}}};
    DrawRule(title, roomy ? left : 0, roomy ? end : canvas.columns(), row, canvas);
    row += roomy ? 2 : 1;
  }
  // The focused field and its error are visible on a screen of any height.
  const int needed = static_cast<int>(form.focus() + (form.error().empty() ? 0 : error.size()));
  const int hidden = std::clamp(row + needed - last, 0, static_cast<int>(form.focus()));
  for (auto i = static_cast<std::size_t>(hidden); i < LoginForm::kFields; ++i) {
    const bool focused = i == form.focus();
    if (row > std::max(last, 0)) break;
    canvas.Put(left, row, kLabels[i], {.bold = focused, .dim = !focused}, end);
    DrawInputLine(form.field(i),
                  {.column = left + kLabelColumns,
                   .row = row,
                   .columns = std::max(columns - kLabelColumns, 1),
                   .style = {.underline = true},
                   .focused = focused && screen.focused},
                  canvas);
    ++row;
    if (focused && !form.error().empty()) {
      for (const std::string_view line : error) {
        if (row > last) break;
        canvas.Put(error_left, row++, line, {.color = kErrorColor, .bold = true});
      }
    }
    if (roomy) ++row;
  }
  if (!screen.busy.empty() && row <= last) canvas.Put(left, row, screen.busy, {}, end);
  if (canvas.rows() >= 3) DrawKeys(screen, canvas);
}

}  // namespace chathttp

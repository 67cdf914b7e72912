#include "apps/console/rule.h"

#include "apps/terminal/unicode.h"

namespace chathttp {

void DrawRule(std::span<const RuleLabel> labels, int begin, int end, int row, Canvas& canvas) {
  for (int column = begin; column < end; ++column) canvas.Put(column, row, "─", {.dim = true});
  // At least one column of the line remains at each end and between labels; each label has a blank
  // on both sides.
  int left = begin + 1;
  int right = end - 1;
  for (const RuleLabel& label : labels) {
    const auto fits = [&](const std::string& text) {
      return !text.empty() && Columns(ShownText(text)) + 2 <= right - left;
    };
    const std::string& text = fits(label.text) ? label.text : label.brief;
    if (!fits(text)) continue;
    const int columns = Columns(ShownText(text)) + 2;
    const int at = label.right ? right - columns : left;
    canvas.Put(at, row, " ");
    canvas.Put(canvas.Put(at + 1, row, text, label.style), row, " ");
    if (label.right) {
      right = at - 1;
    } else {
      left = at + columns + 1;
    }
  }
}

}  // namespace chathttp

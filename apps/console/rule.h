// A horizontal line with labels, which are shortened or left out if there is no room.
//
//   const RuleLabel labels[] = {{.text = "Alice"},
//                               {.text = "3 online", .brief = "3", .right = true}};
//   DrawRule(labels, 0, 30, 0, canvas);
//   // "─ Alice ──────────── 3 online ─"
//
// Earlier labels have priority for room. Not thread-safe.
#ifndef CHATHTTP_APPS_CONSOLE_RULE_H_
#define CHATHTTP_APPS_CONSOLE_RULE_H_

#include <span>
#include <string>

#include "apps/terminal/canvas.h"

namespace chathttp {

struct RuleLabel {
  std::string text = {};   // none if empty
  std::string brief = {};  // used if there is no room for `text`; none if empty
  bool right = false;
  Style style = {};
};

// Draws from column `begin` to before `end` of `row`.
void DrawRule(std::span<const RuleLabel> labels, int begin, int end, int row, Canvas& canvas);

}  // namespace chathttp

#endif  // CHATHTTP_APPS_CONSOLE_RULE_H_

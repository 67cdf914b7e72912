// A horizontal line with labels in it, which are shortened or left out where there is no room.
//
//   const RuleLabel labels[] = {{.text = "Alice"},
//                               {.text = "3 online", .brief = "3", .right = true}};
//   DrawRule(labels, 0, 30, 0, canvas);
//   // "─ Alice ──────────── 3 online ─"
//
// Labels that come first get their room first. Pure, one thread.
#ifndef CHATHTTP_APPS_CONSOLE_RULE_H_
#define CHATHTTP_APPS_CONSOLE_RULE_H_

#include <span>
#include <string>

#include "apps/terminal/canvas.h"

namespace chathttp {

struct RuleLabel {
  std::string text = {};   // none if empty
  std::string brief = {};  // in its place if there is no room for it; none if empty
  bool right = false;
  Style style = {};
};

// Draws from column `begin` to before `end` of `row`.
void DrawRule(std::span<const RuleLabel> labels, int begin, int end, int row, Canvas& canvas);

}  // namespace chathttp

#endif  // CHATHTTP_APPS_CONSOLE_RULE_H_

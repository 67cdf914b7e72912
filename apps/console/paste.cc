#include "apps/console/paste.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/text.h"

namespace chathttp {

Paste ParsePaste(std::string_view text, std::size_t max_lines, std::size_t max_text_bytes) {
  Paste paste;
  std::size_t number = 0;  // of the line, counting blank ones
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (line.find_first_not_of(" \t") == std::string_view::npos) continue;
    paste.lines.emplace_back(line);
    const std::string problem = DescribeTextProblem(line, max_text_bytes);
    if (problem.empty() || !paste.problem.empty()) continue;
    paste.problem = absl::StrCat("Line ", number, " of the paste cannot be sent: ", problem);
  }
  if (paste.lines.size() <= 1) paste.problem.clear();
  if (paste.lines.size() > max_lines) {
    paste.problem = absl::StrCat("At most ", max_lines, " lines can be pasted at a time, got ",
                                 paste.lines.size(), ": paste fewer");
  }
  return paste;
}

}  // namespace chathttp

// Completes the word in front of the cursor when the user presses Tab: to a command at the start of
// a line that starts with a slash, else to a name, also behind "@".
//
//   Completion completion;
//   completion.Complete(editor, names, true);   // "Al" -> "Alice: ", once more -> "Albert: "
//
// Not thread-safe.
#ifndef CHATHTTP_APPS_CONSOLE_COMPLETION_H_
#define CHATHTTP_APPS_CONSOLE_COMPLETION_H_

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "apps/terminal/line_editor.h"

namespace chathttp {

class Completion {
 public:
  // Replaces the word by the first candidate. If the editor has not changed since the last call,
  // replaces that candidate by the next one, or by the previous one if `forward` is false. `names`
  // are in the order of preference. False if there is no candidate.
  bool Complete(LineEditor& editor, std::span<const std::string> names, bool forward);

 private:
  void Collect(const LineEditor& editor, std::span<const std::string> names);

  std::vector<std::string> candidates_;  // as inserted, with their ending
  std::size_t next_ = 0;
  std::string before_;  // the text before the word
  std::string behind_;
  std::string left_as_;  // the text after the last call
  std::size_t left_at_ = 0;
};

}  // namespace chathttp

#endif  // CHATHTTP_APPS_CONSOLE_COMPLETION_H_

// What Tab makes of the word in front of the cursor: commands at the begin of a line that starts
// with a slash, else names of users.
//
//   Completion completion;
//   completion.Complete(editor, names, true);   // "Al" -> "Alice: ", once more -> "Albert: "
//   NearestCommand("/usres")                    -> "/users"
//
// One thread.
#ifndef CHATHTTP_APPS_CONSOLE_COMPLETION_H_
#define CHATHTTP_APPS_CONSOLE_COMPLETION_H_

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "apps/terminal/line_editor.h"

namespace chathttp {

// The command that `word` was probably meant to be: the one with the fewest letters to add, drop,
// change or swap, at most 2. Empty if there is none. Reads no more than 32 bytes of `word`.
[[nodiscard]] std::string_view NearestCommand(std::string_view word);

class Completion {
 public:
  // Puts the first candidate in place of the word; the next one, or with `forward` false the one
  // before, if the editor is as the last call left it. `names` are in the order in which they are
  // offered. False if nothing fits.
  bool Complete(LineEditor& editor, std::span<const std::string> names, bool forward);

 private:
  void Collect(const LineEditor& editor, std::span<const std::string> names);

  std::vector<std::string> candidates_;  // as they are put
  std::size_t next_ = 0;
  std::string before_;  // the text in front of the word, and behind it
  std::string behind_;
  std::string left_as_;  // the text that the last call made
  std::size_t left_at_ = 0;
};

}  // namespace chathttp

#endif  // CHATHTTP_APPS_CONSOLE_COMPLETION_H_

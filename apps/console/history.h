// The history of sent lines, for Up and Down. The draft, the unsent line, is at its end.
//
//   History history(500);
//   history.Add("hello");
//   history.Up("dra")     -> "hello"     the draft "dra" is kept
//   history.Down()        -> "dra"
//
// Edits to a recalled line are not kept. Not thread-safe.
#ifndef CHATHTTP_APPS_CONSOLE_HISTORY_H_
#define CHATHTTP_APPS_CONSOLE_HISTORY_H_

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace chathttp {

class History {
 public:
  explicit History(std::size_t max_lines) : max_lines_(max_lines) {}

  // Adds `line` as the newest one, unless it is empty or equals the newest, and returns to the end.
  void Add(std::string_view line);

  // Returns the previous or the next line; nothing beyond either end. Up from the end saves
  // `draft`.
  [[nodiscard]] std::optional<std::string> Up(std::string_view draft);
  [[nodiscard]] std::optional<std::string> Down();

  [[nodiscard]] std::size_t size() const { return lines_.size(); }

 private:
  std::size_t max_lines_;
  std::deque<std::string> lines_;
  std::size_t at_ = 0;  // lines_.size(): the draft
  std::string draft_;
};

}  // namespace chathttp

#endif  // CHATHTTP_APPS_CONSOLE_HISTORY_H_

// The lines that were sent, to go back to; the line that was being written waits at the end.
//
//   History history(500);
//   history.Add("hello");
//   history.Up("dra")     -> "hello"     the draft "dra" is kept
//   history.Down()        -> "dra"
//
// A line that was changed on the way is not kept. One thread.
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

  // Adds `line` as the newest one, unless it is empty or the newest already, and returns to the
  // end.
  void Add(std::string_view line);

  // The line before or behind the current one; nothing at either end. Going up from the end keeps
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

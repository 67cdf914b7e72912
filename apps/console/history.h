// The history of sent lines, for Up, Down and ^R. The draft, the unsent line, is at its end.
//
//   History history(500);
//   history.Add("hello");
//   history.Up("dra")       -> "hello"     the draft "dra" is kept
//   history.Down("hello!")  -> "dra"
//   history.Up("dra")       -> "hello!"    so are edits, until the next Add
//
// Not thread-safe.
#ifndef CHATHTTP_APPS_CONSOLE_HISTORY_H_
#define CHATHTTP_APPS_CONSOLE_HISTORY_H_

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace chathttp {

class History {
 public:
  explicit History(std::size_t max_lines) : max_lines_(max_lines) {}

  // Adds `line` as the newest one, unless it is empty or equals the newest, returns to the end, and
  // forgets the draft and the edits.
  void Add(std::string_view line);

  // Go to the previous or the next line, and return it; nothing beyond either end. `current`, the
  // line as it is edited now, is kept at its place.
  [[nodiscard]] std::optional<std::string> Up(std::string_view current);
  [[nodiscard]] std::optional<std::string> Down(std::string_view current);

  // Goes to the newest line that contains `part`, from the current place on, or with `older`, from
  // the line before it on. Nothing if there is none. O(lines).
  [[nodiscard]] std::optional<std::string> Find(std::string_view part, bool older);

  // Keeps `current`, as Up does, but stays.
  void Keep(std::string_view current) { edits_[at_] = current; }
  // Returns to the draft.
  [[nodiscard]] std::string BackToDraft();

  [[nodiscard]] std::size_t size() const { return lines_.size(); }

 private:
  [[nodiscard]] std::string At(std::size_t place) const;

  std::size_t max_lines_;
  std::deque<std::string> lines_;
  std::size_t at_ = 0;                        // lines_.size(): the draft
  std::map<std::size_t, std::string> edits_;  // by place
};

}  // namespace chathttp

#endif  // CHATHTTP_APPS_CONSOLE_HISTORY_H_

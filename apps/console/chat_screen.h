// The screen of a chat, at any size.
//
//   Canvas canvas(80, 24);
//   DrawChatScreen({.place = "127.0.0.1:9994", .name = "Alice", .state = "connected"}, lines,
//                  editor, canvas);
//
// From top to bottom: a rule with the server, the lines (and from 80 columns on, the list of
// users), a rule with the state, the input line, and, if there is room, key hints. Not thread-safe;
// O(cells).
#ifndef CHATHTTP_APPS_CONSOLE_CHAT_SCREEN_H_
#define CHATHTTP_APPS_CONSOLE_CHAT_SCREEN_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "apps/console/scrollback.h"
#include "apps/terminal/canvas.h"
#include "apps/terminal/line_editor.h"

namespace chathttp {

struct ChatScreen {
  std::string place = {};
  std::string name = {};
  std::string state = {};  // "connected", "reconnecting in 4 s"
  bool connected = true;   // if false, the state is highlighted
  std::optional<absl::Duration> lag = {};
  std::optional<std::size_t> online = {};  // unknown without a connection
  bool show_users = true;
  bool mentioned_below = false;         // by a line below the view
  std::size_t users_above = 0;          // online users that are scrolled out of the list
  std::vector<std::string> users = {};  // the first of the others, as ShownText
  std::string hint = {};                // replaces the key hints
  bool hint_is_error = false;
  std::vector<std::string> pasted = {};   // lines that need confirmation
  std::vector<std::string> pending = {};  // the newest texts that the server has not confirmed
  std::size_t pending_count = 0;          // all of them
  std::size_t max_text_bytes = std::string::npos;
};

inline constexpr int kUsersPaneColumns = 80;  // least width of the screen for the list of users

// Formats a lag: "3 ms", "1.2 s".
[[nodiscard]] std::string ShownLag(absl::Duration lag);

// Formats a wait, which counts down: "4 s".
[[nodiscard]] std::string ShownSeconds(absl::Duration wait);

// Also sets the size of the view of `lines`.
void DrawChatScreen(const ChatScreen& screen, Scrollback& lines, const LineEditor& editor,
                    Canvas& canvas);

}  // namespace chathttp

#endif  // CHATHTTP_APPS_CONSOLE_CHAT_SCREEN_H_

// The screen of a chat, at any size.
//
//   Canvas canvas(80, 24);
//   DrawChatScreen({.place = "127.0.0.1:9994", .name = "Alice", .state = "connected"}, lines,
//                  editor, canvas);
//
// From top to bottom: a rule with the place, the lines (and from 80 columns on, who is here), a
// rule with the state, the line that is being written, and, if there is room, what the keys do.
// Pure, one thread; O(cells).
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
  bool connected = true;   // else the state stands out
  std::optional<absl::Duration> lag = {};
  std::size_t online = 0;
  bool show_users = true;
  std::vector<std::string> users = {};  // as they are shown; the first ones of those online
  std::string hint = {};                // in place of what the keys do
  bool hint_is_error = false;
  std::vector<std::string> pasted = {};  // lines that wait to be confirmed
  std::size_t max_text_bytes = std::string::npos;
};

inline constexpr int kUsersPaneColumns = 80;  // of the screen, for the pane to be shown

// How a lag is shown: "3 ms", "1.2 s".
[[nodiscard]] std::string ShownLag(absl::Duration lag);

// Also tells `lines` the size of its view.
void DrawChatScreen(const ChatScreen& screen, Scrollback& lines, const LineEditor& editor,
                    Canvas& canvas);

}  // namespace chathttp

#endif  // CHATHTTP_APPS_CONSOLE_CHAT_SCREEN_H_

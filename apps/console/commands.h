// The commands of chat_client, for both the full-screen and the line-based client.
#ifndef CHATHTTP_APPS_CONSOLE_COMMANDS_H_
#define CHATHTTP_APPS_CONSOLE_COMMANDS_H_

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace chathttp {

struct ChatCommand {
  std::string_view name;
  std::string_view help;  // one line
  bool screen_only = false;
};

inline constexpr std::array<ChatCommand, 5> kChatCommands = {{
    {"/users", "lists the online users"},
    {"/clear", "clears the lines on this screen", true},
    {"/reconnect", "connects again at once", true},
    {"/help", "lists the commands"},
    {"/quit", "leaves"},
}};

// The lines that /help shows: one for each command, and how to send a text that starts with a
// slash.
[[nodiscard]] std::vector<std::string> CommandHelp(bool on_screen);

}  // namespace chathttp

#endif  // CHATHTTP_APPS_CONSOLE_COMMANDS_H_

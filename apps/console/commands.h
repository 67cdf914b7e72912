// The commands of chat_client, for both the full-screen and the line-based client.
//
//   ParseCommand("/search  two words ", true)   -> {"/search", "two words", ""}
//   ParseCommand("/usres", true).problem        -> "No such command: /usres (did you mean ..."
//
// Pure functions; thread-safe.
#ifndef CHATHTTP_APPS_CONSOLE_COMMANDS_H_
#define CHATHTTP_APPS_CONSOLE_COMMANDS_H_

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace chathttp {

struct ChatCommand {
  std::string_view name;
  std::string_view argument;  // what must follow; empty for nothing; in brackets if it may
  std::string_view help;      // one line
  bool screen_only = false;
};

inline constexpr std::array<ChatCommand, 8> kChatCommands = {{
    {"/users", "", "lists the online users"},
    {"/me", "TEXT", "sends \"* NAME TEXT\", as what you do"},
    {"/search", "TEXT", "finds a line; then n and N find the next older and newer one", true},
    {"/ignore", "[NAME]", "hides the messages of a user, or shows them again", true},
    {"/clear", "", "empties the screen; PgUp shows the lines again", true},
    {"/reconnect", "", "connects again at once", true},
    {"/help", "", "lists the commands"},
    {"/quit", "", "leaves"},
}};

// The command with the smallest edit distance (insert, delete, replace, swap) to `word`, at most 2.
// Empty if there is none. Reads at most 32 bytes of `word`.
[[nodiscard]] std::string_view NearestCommand(std::string_view word);

struct ParsedCommand {
  std::string_view name = {};      // of kChatCommands
  std::string_view argument = {};  // without blanks around it
  std::string problem = {};        // not empty: the line is no command that can be carried out
};

// Parses a line that begins with a slash. The views point into `line` and kChatCommands.
[[nodiscard]] ParsedCommand ParseCommand(std::string_view line, bool on_screen);

// The text that /me says: "* Alice waves".
[[nodiscard]] std::string ActionText(std::string_view name, std::string_view action);

// The lines that /help shows: one for each command, how to send a text that starts with a slash,
// and on the screen the keys.
[[nodiscard]] std::vector<std::string> CommandHelp(bool on_screen);

}  // namespace chathttp

#endif  // CHATHTTP_APPS_CONSOLE_COMMANDS_H_

// Chooses the user interface, colors and flag file of the client from flags, environment and
// terminal.
//
//   ChooseUi({.terminal = true, .term = "xterm"})            -> ClientUi::kScreen
//   ColorModeOf(ColorChoice::kAuto, {.no_color = "1"})       -> ColorMode::kNone
//   ClientFlagFile({.home = "/home/a"})                      -> "/home/a/.config/chathttp/client"
//
// Pure functions; thread-safe.
#ifndef CHATHTTP_APPS_CLIENT_SETTINGS_H_
#define CHATHTTP_APPS_CLIENT_SETTINGS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/strings/string_view.h"
#include "apps/terminal/renderer.h"

namespace chathttp {

enum class ClientUi {
  kScreen,   // full screen
  kPrompts,  // lines with prompts, on a terminal
  kPipe,     // lines without prompts, for programs
};

enum class ColorChoice { kAuto, kAlways, kNever };

// Makes ColorChoice the type of an Abseil flag.
bool AbslParseFlag(absl::string_view text, ColorChoice* choice, std::string* error);
std::string AbslUnparseFlag(ColorChoice choice);

struct UiChoice {
  bool terminal = false;  // standard input and output are terminals
  bool plain = false;     // --plain
  bool json = false;      // --json
  bool listens = false;   // --read
  std::string_view term = {};
};

// Returns kPipe without a terminal, with --json and with --read; kPrompts with --plain and on a
// terminal without escape sequences (TERM unset, or "dumb"); else kScreen.
[[nodiscard]] ClientUi ChooseUi(const UiChoice& choice);

// How often a client promises the server to send a request, see ClientOptions::heartbeat_seconds.
// The server takes the member for gone after 2.5 times as long.
inline constexpr std::uint16_t kHeartbeatSeconds = 60;

// How many of the latest broadcasts come with the login: what --history says, else 50 for people and
// none for programs.
inline constexpr std::uint32_t kHistoryForPeople = 50;
[[nodiscard]] std::uint32_t HistoryOf(std::optional<std::uint32_t> flag, ClientUi ui);

struct Environment {
  std::string_view no_color = {};  // NO_COLOR (https://no-color.org): any value but the empty one
  std::string_view term = {};
  std::string_view color_term = {};  // COLORTERM: set by terminals with many colors
  std::string_view xdg_config_home = {};
  std::string_view xdg_state_home = {};
  std::string_view home = {};
};

// Many colors need a TERM that names them, as "xterm-256color", or COLORTERM. Without it, a TERM such
// as "xterm-16color" gets sixteen, others eight, and those that begin with "vt" none.
[[nodiscard]] ColorMode ColorModeOf(ColorChoice choice, const Environment& environment);

// Whether the terminal opens links (OSC 8), or at least ignores them. The console of Linux and those
// whose TERM begins with "vt" may print them.
[[nodiscard]] bool TakesLinks(std::string_view term);

// The file that may hold flags (XDG Base Directory Specification: a relative XDG_CONFIG_HOME does
// not count). Empty if neither variable gives a directory.
[[nodiscard]] std::string ClientFlagFile(const Environment& environment);

// The directory for what a client remembers, likewise: "/home/a/.local/state/chathttp".
[[nodiscard]] std::string ClientStateDirectory(const Environment& environment);

}  // namespace chathttp

#endif  // CHATHTTP_APPS_CLIENT_SETTINGS_H_

// How the client shows itself: what flags, environment and terminal come to.
//
//   ChooseFace({.terminal = true, .term = "xterm"})          -> ClientFace::kScreen
//   WantsColor(ColorChoice::kAuto, {.no_color = "1"})        -> false
//   ClientFlagFile({.home = "/home/a"})                      -> "/home/a/.config/chathttp/client"
//
// Pure functions, safe from any thread.
#ifndef CHATHTTP_APPS_CLIENT_SETTINGS_H_
#define CHATHTTP_APPS_CLIENT_SETTINGS_H_

#include <string>
#include <string_view>

#include "absl/strings/string_view.h"

namespace chathttp {

enum class ClientFace {
  kScreen,   // the whole terminal
  kPrompts,  // lines, for a person
  kPipe,     // lines, for programs
};

enum class ColorChoice { kAuto, kAlways, kNever };

// Of an Abseil flag.
bool AbslParseFlag(absl::string_view text, ColorChoice* choice, std::string* error);
std::string AbslUnparseFlag(ColorChoice choice);

struct FaceChoice {
  bool terminal = false;  // standard input and output are
  bool plain = false;     // --plain
  bool json = false;      // --json
  bool listens = false;   // --read
  std::string_view term = {};
};

// Programs read JSON and feed those who only listen; people get the whole terminal unless they want
// it plain or it can do no better (TERM unset, or "dumb").
[[nodiscard]] ClientFace ChooseFace(const FaceChoice& choice);

struct Environment {
  std::string_view no_color = {};  // NO_COLOR (https://no-color.org): any value but the empty one
  std::string_view xdg_config_home = {};
  std::string_view home = {};
};

[[nodiscard]] bool WantsColor(ColorChoice choice, const Environment& environment);

// The file that may hold flags (XDG Base Directory Specification: a relative XDG_CONFIG_HOME does
// not count). Empty if there is no place for it.
[[nodiscard]] std::string ClientFlagFile(const Environment& environment);

}  // namespace chathttp

#endif  // CHATHTTP_APPS_CLIENT_SETTINGS_H_

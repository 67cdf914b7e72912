#include "apps/console/commands.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/domain/edit_distance.h"
#include "chathttp/domain/escape.h"

namespace chathttp {
namespace {

constexpr std::string_view kBlanks = " \t";
constexpr std::size_t kMaxDistance = 2;
constexpr std::size_t kMaxWordBytes = 32;

struct KeyHelp {
  std::string_view keys;
  std::string_view help;
};
constexpr std::array<KeyHelp, 10> kKeyHelp = {{
    {"Tab", "completes a command or a name; again: the next one"},
    {"Up, Down", "earlier and later lines; ^R searches them"},
    {"PgUp, PgDn", "scroll by a page; with Shift, Up and Down by a line"},
    {"^Home, ^End", "scroll to the first and to the last line; Esc to the last"},
    {"^_, ^Y, Alt-y", "undo; insert the deleted text; insert the one deleted before it"},
    {"F2, F3", "show or hide the users; who enters and leaves"},
    {"F11, F12", "scroll the list of users; so do Alt-PgUp and Alt-PgDn"},
    {"^C", "drops pasted lines, waiting messages or the line; twice: leaves"},
    {"^L, ^Z", "redraws the screen; suspends"},
    {"F1, F10", "this help; leaves"},
}};

bool IsOptional(const ChatCommand& command) { return command.argument.starts_with('['); }

std::string DescribeUnknown(std::string_view word) {
  const std::string_view nearest = NearestCommand(word);
  const std::string advice = nearest.empty()
                                 ? "/help lists them, // sends a message that begins with a slash"
                                 : absl::StrCat("did you mean ", AbslView(nearest), "?");
  return absl::StrCat("No such command: ", Visible(word, 40), " (", advice, ")");
}

std::string DescribeArgumentProblem(const ChatCommand& command, std::string_view argument) {
  if (command.argument.empty() && !argument.empty()) {
    return absl::StrCat(AbslView(command.name), " takes nothing behind it, got \"",
                        Visible(argument, 40), "\"");
  }
  if (command.argument.empty() || IsOptional(command) || !argument.empty()) return "";
  return absl::StrCat(AbslView(command.name), " needs a text: ", AbslView(command.name), " ",
                      AbslView(command.argument));
}

}  // namespace

std::string_view NearestCommand(std::string_view word) {
  std::string lower(word.substr(0, kMaxWordBytes));
  absl::AsciiStrToLower(&lower);
  std::string_view nearest;
  std::size_t least = kMaxDistance + 1;
  for (const ChatCommand& command : kChatCommands) {
    // A prefix of a command counts as distance 1.
    const bool begun = lower.size() > 1 && command.name.starts_with(lower);
    const std::size_t distance = begun ? 1 : EditDistance(lower, command.name);
    if (distance < least) {
      least = distance;
      nearest = command.name;
    }
  }
  return nearest;
}

ParsedCommand ParseCommand(std::string_view line, bool on_screen) {
  const std::string_view word = line.substr(0, line.find_first_of(kBlanks));
  std::string_view argument = line.substr(word.size());
  argument.remove_prefix(std::min(argument.find_first_not_of(kBlanks), argument.size()));
  argument = argument.substr(0, argument.find_last_not_of(kBlanks) + 1);
  for (const ChatCommand& command : kChatCommands) {
    if (word != command.name || (command.screen_only && !on_screen)) continue;
    return {.name = command.name,
            .argument = argument,
            .problem = DescribeArgumentProblem(command, argument)};
  }
  return {.problem = DescribeUnknown(word)};
}

std::string ActionText(std::string_view name, std::string_view action) {
  return absl::StrCat("* ", AbslView(name), " ", AbslView(action));
}

std::vector<std::string> CommandHelp(bool on_screen) {
  std::vector<std::string> lines;
  const auto add = [&lines](std::string_view name, std::string_view help) {
    lines.push_back(absl::StrFormat("%-15s%s", AbslView(name), AbslView(help)));
  };
  for (const ChatCommand& command : kChatCommands) {
    if (command.screen_only && !on_screen) continue;
    const std::string_view space = command.argument.empty() ? "" : " ";
    add(absl::StrCat(AbslView(command.name), AbslView(space), AbslView(command.argument)),
        command.help);
  }
  add("//text", "sends a message that begins with a slash");
  if (!on_screen) return lines;
  for (const KeyHelp& entry : kKeyHelp) add(entry.keys, entry.help);
  return lines;
}

}  // namespace chathttp

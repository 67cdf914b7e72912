#include "apps/console/commands.h"

#include "absl/strings/str_format.h"
#include "chathttp/domain/absl_view.h"

namespace chathttp {

std::vector<std::string> CommandHelp(bool on_screen) {
  std::vector<std::string> lines;
  const auto add = [&lines](std::string_view name, std::string_view help) {
    lines.push_back(absl::StrFormat("%-11s%s", AbslView(name), AbslView(help)));
  };
  for (const ChatCommand& command : kChatCommands) {
    if (on_screen || !command.screen_only) add(command.name, command.help);
  }
  add("//text", "sends a message that begins with a slash");
  return lines;
}

}  // namespace chathttp

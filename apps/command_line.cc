#include "apps/command_line.h"

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>
#include <utility>

#include "absl/flags/commandlineflag.h"
#include "absl/flags/reflection.h"
#include "absl/strings/match.h"
#include "domain/escape.h"

namespace chathttp {
namespace {

std::string program_name = "chathttp";  // set once, before anything else runs

using FlagsByName = std::map<std::string, absl::CommandLineFlag*>;

// The flags that this project defines; Abseil brings others of its own.
FlagsByName ProgramFlags() {
  FlagsByName flags;
  for (const auto& [name, flag] : absl::GetAllFlags()) {
    if (absl::StrContains(flag->Filename(), "apps/")) flags.emplace(std::string(name), flag);
  }
  return flags;
}

[[noreturn]] void PrintHelp(std::string_view purpose, const FlagsByName& flags) {
  std::cout << purpose << "\n\nUsage: " << program_name << " [--flag=value ...]\n\nFlags:\n";
  for (const auto& [name, flag] : flags) {
    std::cout << "  --" << name << "  (default: " << flag->DefaultValue() << ")\n      "
              << flag->Help() << "\n";
  }
  std::cout << "  --help\n      Prints this and exits.\n"
            << "  --version\n      Prints the version and exits.\n";
  std::cout.flush();
  std::exit(std::cout.good() ? EXIT_SUCCESS : EXIT_FAILURE);
}

struct Argument {
  std::string name;
  std::string value;
  bool has_value = false;
};

Argument Split(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) return {std::string(text), "", false};
  return {std::string(text.substr(0, equals)), std::string(text.substr(equals + 1)), true};
}

// Finds the flag of an argument; "--noswitch" becomes "switch" with the value false.
absl::CommandLineFlag& Resolve(const FlagsByName& flags, Argument& argument) {
  auto found = flags.find(argument.name);
  if (found != flags.end()) {
    if (found->second->IsOfType<bool>() && !argument.has_value) {
      argument = {argument.name, "true", true};
    }
    return *found->second;
  }
  if (argument.name.starts_with("no") && !argument.has_value) {
    found = flags.find(argument.name.substr(2));
    if (found != flags.end() && found->second->IsOfType<bool>()) {
      argument = {argument.name, "false", true};
      return *found->second;
    }
  }
  ExitWithUsageError("unknown flag --" + Visible(argument.name, 40));
}

void SetFlag(absl::CommandLineFlag& flag, const Argument& argument) {
  std::string error;
  if (flag.ParseFrom(argument.value, &error)) return;
  ExitWithUsageError("--" + argument.name + " cannot be \"" + Visible(argument.value, 40) + "\"" +
                     (error.empty() ? "" : ": " + error));
}

}  // namespace

std::vector<std::string> ParseCommandLine(int argc, char* argv[], std::string_view purpose) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  program_name = argv[0];
  program_name.erase(0, program_name.rfind('/') + 1);
  const FlagsByName flags = ProgramFlags();
  std::vector<std::string> positional;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "--") {
      positional.insert(positional.end(), arguments.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                        arguments.end());
      break;
    }
    if (!arguments[i].starts_with("--")) {
      if (arguments[i].starts_with('-') && arguments[i].size() > 1) {
        ExitWithUsageError("flags begin with two dashes, got " + Visible(arguments[i], 40));
      }
      positional.push_back(arguments[i]);
      continue;
    }
    Argument argument = Split(std::string_view(arguments[i]).substr(2));
    if (argument.name == "help") PrintHelp(purpose, flags);
    if (argument.name == "version") {
      std::cout << program_name << " (" << ProductVersion() << ")" << std::endl;
      std::exit(EXIT_SUCCESS);
    }
    absl::CommandLineFlag& flag = Resolve(flags, argument);
    if (!argument.has_value) {
      if (++i == arguments.size()) ExitWithUsageError("--" + argument.name + " needs a value");
      argument.value = arguments[i];
    }
    SetFlag(flag, argument);
  }
  return positional;
}

void ExitWithUsageError(std::string_view message) {
  std::cerr << program_name << ": " << message << " (--help lists the flags)" << std::endl;
  std::exit(kExitUsage);
}

std::string_view ProductVersion() { return "chathttp/" CHATHTTP_VERSION; }

}  // namespace chathttp

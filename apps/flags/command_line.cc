#include "apps/flags/command_line.h"

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>
#include <set>
#include <utility>

#include "absl/flags/commandlineflag.h"
#include "absl/flags/reflection.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "apps/flags/flag_file.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/domain/escape.h"
#include "chathttp/version.h"

namespace chathttp {
namespace {

std::string program_name = "chathttp";  // set once, at the start of main()

// Where the flags come from.
struct Sources {
  std::set<std::string> command_line;         // names of the flags that it sets
  std::map<std::string, std::string> places;  // "FILE:LINE: " of those that the last file sets
};
Sources sources;

using FlagsByName = std::map<std::string, absl::CommandLineFlag*>;

// The flags that this project defines, without those of Abseil.
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

constexpr const char* kFileFlag = "flagfile";
constexpr const char* kTwoDashes = "flags begin with two dashes, got ";

// Finds the flag of an argument; null if there is none. "--noswitch" becomes "switch" with the
// value false.
absl::CommandLineFlag* Resolve(const FlagsByName& flags, Argument& argument) {
  auto found = flags.find(argument.name);
  if (found != flags.end()) {
    if (found->second->IsOfType<bool>() && !argument.has_value) {
      argument = {argument.name, "true", true};
    }
    return found->second;
  }
  if (argument.name.starts_with("no") && !argument.has_value) {
    found = flags.find(argument.name.substr(2));
    if (found != flags.end() && found->second->IsOfType<bool>()) {
      argument = {argument.name, "false", true};
      return found->second;
    }
  }
  return nullptr;
}

std::string UnknownFlag(const Argument& argument) {
  return "unknown flag --" + Visible(argument.name, 40);
}

// Returns an error text if the value is invalid, else "".
std::string SetFlag(absl::CommandLineFlag& flag, const Argument& argument) {
  std::string error;
  if (flag.ParseFrom(argument.value, &error)) return "";
  // Abseil's error repeats the value and the flag in front of the reason.
  const std::size_t reason = error.find("'; ");
  error.erase(0, reason == std::string::npos ? error.size() : reason + 3);
  if (flag.IsOfType<absl::Duration>()) error = "give a duration such as 1.5s or 200ms";
  if (error.empty()) error = "--help describes its values";
  return "--" + argument.name + " cannot be \"" + Visible(argument.value, 40) + "\": " + error;
}

// Marks `flag` as set; returns an error text if the same source has set it before, else "".
std::string MarkSet(const absl::CommandLineFlag& flag, std::set<std::string>& set_flags) {
  if (set_flags.emplace(flag.Name()).second) return "";
  return absl::StrCat("--", flag.Name(), " is given more than once: give it once");
}

// Sets the flag in a line of a file unless the command line has set it. Returns an error text, or
// "".
std::string TakeLine(const FlagsByName& flags, const std::string& text, const std::string& place,
                     std::set<std::string>& taken_here) {
  if (!text.starts_with("--")) return absl::StrCat(kTwoDashes, Visible(text, 40));
  Argument argument = Split(std::string_view(text).substr(2));
  absl::CommandLineFlag* const flag = Resolve(flags, argument);
  if (flag == nullptr) return UnknownFlag(argument);
  if (flag->Name() == kFileFlag) return "--flagfile cannot be in a flag file";
  if (!argument.has_value) return absl::StrCat("--", argument.name, " needs a value after =");
  if (std::string problem = MarkSet(*flag, taken_here); !problem.empty()) return problem;
  const std::string name(flag->Name());
  if (sources.command_line.contains(name)) return "";
  sources.places[name] = place;
  return SetFlag(*flag, argument);
}

absl::Status TakeFile(const FlagsByName& flags, const std::string& path, MissingFile missing) {
  const auto lines = ReadFlagFile(path, missing);
  if (!lines.ok()) return lines.status();
  std::set<std::string> taken_here;
  for (const FlagLine& line : *lines) {
    const std::string place = absl::StrCat(path, ":", line.number, ": ");
    const std::string problem = TakeLine(flags, line.text, place, taken_here);
    if (!problem.empty()) return absl::InvalidArgumentError(absl::StrCat(place, problem));
  }
  return absl::OkStatus();
}

// The file that --flagfile names; empty if the program has no such flag or it is not set.
std::string FileOfFlag(const FlagsByName& flags) {
  const auto found = flags.find(kFileFlag);
  return found == flags.end() ? "" : found->second->CurrentValue();
}

}  // namespace

std::vector<std::string> ParseCommandLine(int argc, char* argv[], std::string_view purpose,
                                          const std::string& flag_file) {
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
        ExitWithUsageError(absl::StrCat(kTwoDashes, Visible(arguments[i], 40)));
      }
      positional.push_back(arguments[i]);
      continue;
    }
    Argument argument = Split(std::string_view(arguments[i]).substr(2));
    if (argument.name == "help") PrintHelp(purpose, flags);
    if (argument.name == "version") {
      std::cout << program_name << " (" << kProductVersion << ")" << std::endl;
      std::exit(EXIT_SUCCESS);
    }
    absl::CommandLineFlag* const flag = Resolve(flags, argument);
    if (flag == nullptr) ExitWithUsageError(UnknownFlag(argument));
    if (!argument.has_value) {
      if (++i == arguments.size()) ExitWithUsageError("--" + argument.name + " needs a value");
      argument.value = arguments[i];
    }
    for (const std::string& problem :
         {SetFlag(*flag, argument), MarkSet(*flag, sources.command_line)}) {
      if (!problem.empty()) ExitWithUsageError(problem);
    }
  }
  absl::Status status;
  if (!flag_file.empty()) status = TakeFile(flags, flag_file, MissingFile::kHasNoLines);
  const std::string named_file = FileOfFlag(flags);
  if (status.ok() && !named_file.empty()) {
    status = TakeFile(flags, named_file, MissingFile::kIsAnError);
  }
  if (!status.ok()) ExitWithUsageError(StdView(status.message()));
  return positional;
}

absl::Status WithFlagFile(absl::FunctionRef<absl::Status()> read) {
  const FlagsByName flags = ProgramFlags();
  const std::string path = FileOfFlag(flags);
  if (path.empty()) return absl::FailedPreconditionError("there is no --flagfile");
  const std::map<std::string, std::string> before = FlagValues();
  const std::map<std::string, std::string> places = std::exchange(sources.places, {});
  std::string error;  // none: these texts come from flags
  for (const auto& [name, flag] : flags) {
    if (!sources.command_line.contains(name)) flag->ParseFrom(flag->DefaultValue(), &error);
  }
  absl::Status status = TakeFile(flags, path, MissingFile::kIsAnError);
  if (status.ok()) status = read();
  for (const auto& [name, flag] : flags) flag->ParseFrom(before.at(name), &error);
  sources.places = places;
  return status;
}

bool IsFlagSet(const std::string& name) {
  return sources.command_line.contains(name) || sources.places.contains(name);
}

std::string PlaceOfFlag(const std::string& name) {
  const auto place = sources.places.find(name);
  return place == sources.places.end() ? "" : place->second;
}

std::map<std::string, std::string> FlagValues() {
  std::map<std::string, std::string> values;
  for (const auto& [name, flag] : ProgramFlags()) values[name] = flag->CurrentValue();
  return values;
}

void ExitWithInputError(std::string_view message) {
  std::cerr << program_name << ": " << message << std::endl;
  std::exit(kExitUsage);
}

void ExitWithUsageError(std::string_view message) {
  ExitWithInputError(absl::StrCat(AbslView(message), " (--help lists the flags)"));
}

}  // namespace chathttp

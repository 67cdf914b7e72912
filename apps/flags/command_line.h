// The command line of a program: its Abseil flags, --help and --version.
//
//   ABSL_FLAG(int, port, 9994, "Port to listen on; 0 is any free one");
//   ...
//   ParseCommandLine(argc, argv, "Runs a chat server.");
//
// Dash-dash flags only, each at most once: --name=value, --name value, --switch, --noswitch; "--"
// ends them. A file may hold flags, one on a line (see flag_file.h); the command line overrides it.
// In a file a value needs '='. Errors in it start with "FILE:LINE: ". A program that defines the flag
// --flagfile of type std::string reads the file that it names, which must exist. Bad usage is one
// line on stderr and exit 2; --help and --version go to stdout and exit 0.
#ifndef CHATHTTP_APPS_FLAGS_COMMAND_LINE_H_
#define CHATHTTP_APPS_FLAGS_COMMAND_LINE_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"

namespace chathttp {

inline constexpr int kExitUsage = 2;

// Sets the flags of this program from its arguments and from `flag_file` (if not empty and the file
// exists), and returns the positional arguments. Does not return on --help, --version or an error.
// `purpose` is one sentence for --help.
std::vector<std::string> ParseCommandLine(int argc, char* argv[], std::string_view purpose,
                                          const std::string& flag_file = "");

// Calls `read` while the flags are as ParseCommandLine would set them with the same command line and
// with --flagfile as it is now, and returns its result; then all flags are as before.
//
//   absl::Status status = WithFlagFile([&] { ... absl::GetFlag(FLAGS_port) ... });
//
// Without a call, it returns the error of the file, or FailedPrecondition without --flagfile.
absl::Status WithFlagFile(absl::FunctionRef<absl::Status()> read);

// Whether the command line or a file sets the flag.
bool IsFlagSet(const std::string& name);

// "FILE:LINE: " if the last file sets the flag and the command line does not; else "".
std::string PlaceOfFlag(const std::string& name);

// The values of all flags of the program, by name.
std::map<std::string, std::string> FlagValues();

// Ends the program: "PROGRAM: MESSAGE" on stderr, exit 2. For errors in files and the like.
[[noreturn]] void ExitWithInputError(std::string_view message);

// The same with " (--help lists the flags)".
[[noreturn]] void ExitWithUsageError(std::string_view message);

}  // namespace chathttp

#endif  // CHATHTTP_APPS_FLAGS_COMMAND_LINE_H_

// Prints and checks the history that chat_server keeps: flags and wiring.
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "apps/flags/command_line.h"
#include "apps/history/history_files.h"
#include "apps/history/history_report.h"
#include "chathttp/adapters/fd_stream.h"
#include "chathttp/domain/absl_view.h"

ABSL_FLAG(std::string, grep, "",
          "Print only messages and notices with this in their name or text.");
ABSL_FLAG(
    std::string, since, "",
    "Print only what is not older: a duration such as 24h, or a local time such as 2026-11-30 "
    "or \"2026-11-30 14:35:00\".");
ABSL_FLAG(bool, json, false, "Print each record as a JSON object on a line of its own.");
ABSL_FLAG(
    bool, verify, false,
    "Check each record, and print a line for each file: its records, its positions, and where "
    "it is torn or corrupt.");

namespace chathttp {
namespace {

HistoryOptions OptionsFromFlags() {
  HistoryOptions options{.grep = absl::GetFlag(FLAGS_grep),
                         .json = absl::GetFlag(FLAGS_json),
                         .verify = absl::GetFlag(FLAGS_verify),
                         .zone = absl::LocalTimeZone()};
  const std::string since = absl::GetFlag(FLAGS_since);
  const bool filters = options.json || !options.grep.empty() || !since.empty();
  if (options.verify && filters) {
    ExitWithUsageError("--verify takes neither --grep nor --since nor --json");
  }
  if (since.empty()) return options;
  const absl::StatusOr<absl::Time> time = ParseSince(since, absl::Now(), options.zone);
  if (!time.ok()) ExitWithUsageError(StdView(absl::StrCat("--since ", time.status().message())));
  options.since = *time;
  return options;
}

int Run(const std::vector<std::string>& paths) {
  const HistoryOptions options = OptionsFromFlags();
  if (paths.empty())
    ExitWithUsageError("needs a file or a directory, such as the --history_dir of a server");
  const auto error = [](std::string_view text) {
    std::cout << std::flush;
    std::cerr << "chat_history: " << text << std::flush;
  };
  const absl::StatusOr<std::vector<HistoryFile>> files = FindHistoryFiles(paths);
  if (!files.ok()) {
    error(absl::StrCat(files.status().message(), "\n"));
    return EXIT_FAILURE;
  }
  HistoryReport report(
      options, [](std::string_view text) { std::cout << text; }, error);
  for (const HistoryFile& file : *files) {
    report.Add(file, ReadHistoryFile(file.path));
    if (!std::cout.good()) break;
  }
  std::cout << std::flush;
  if (!std::cout.good()) error("cannot write to the standard output\n");
  return report.ok() && std::cout.good() ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace
}  // namespace chathttp

int main(int argc, char* argv[]) {
  std::signal(SIGPIPE, SIG_IGN);
  chathttp::posix::OpenClosedStandardDescriptors();
  return chathttp::Run(chathttp::ParseCommandLine(
      argc, argv, "Prints the history that chat_server keeps: chat_history FILE_OR_DIRECTORY..."));
}

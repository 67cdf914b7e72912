// Sends one command to a running chat_server, and prints the answer: flags and wiring.
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "apps/flags/command_line.h"
#include "chathttp/adapters/event_loop.h"
#include "chathttp/adapters/fd_stream.h"
#include "chathttp/adapters/posix_network.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/transport/admin/admin_client.h"
#include "chathttp/transport/admin/admin_text.h"

ABSL_FLAG(std::string, admin, "",
          "UNIX socket of the server: the path that chat_server was given with --admin.");

namespace chathttp {
namespace {

int Fail(const std::string& message) {
  std::cerr << "chat_admin: " << message << std::endl;
  return EXIT_FAILURE;
}

// Errors go to the standard error output, so that a pipe gets answers only.
int Print(const std::string& answer) {
  if (IsError(answer)) {
    std::cerr << "chat_admin: " << answer << std::flush;
    return EXIT_FAILURE;
  }
  std::cout << answer << std::flush;
  return std::cout.good() ? EXIT_SUCCESS : Fail("cannot write to the standard output");
}

// The command as one line.
std::string CommandFrom(const std::vector<std::string>& words) {
  if (absl::GetFlag(FLAGS_admin).empty()) ExitWithUsageError("needs --admin=PATH");
  if (words.empty()) ExitWithUsageError("needs a command, such as list or help");
  std::string command = absl::StrJoin(words, " ");
  if (command.find('\n') != std::string::npos) ExitWithUsageError("a command is one line");
  if (command.size() > kMaxCommandBytes) {
    ExitWithUsageError(StdView(
        absl::StrCat("a command has at most ", kMaxCommandBytes, " bytes, got ", command.size())));
  }
  return command;
}

int Run(const std::vector<std::string>& words) {
  const std::string command = CommandFrom(words);
  const std::string path = absl::GetFlag(FLAGS_admin);
  const auto loop = posix::EventLoop::Create();
  if (!loop.ok()) return Fail(std::string(loop.status().message()));
  posix::PosixNetwork network(**loop);
  absl::StatusOr<std::string> answer;
  const AdminClient client(network, **loop, {"unix:" + path, 0}, command, [&](auto result) {
    answer = std::move(result);
    (*loop)->Stop();
  });
  (*loop)->Run();
  if (answer.ok()) return Print(*answer);
  return Fail(absl::StrCat("no answer at ", path, ": ", answer.status().message(),
                           "; is chat_server running with --admin=", path,
                           ", and are you its user?"));
}

}  // namespace
}  // namespace chathttp

int main(int argc, char* argv[]) {
  std::signal(SIGPIPE, SIG_IGN);
  chathttp::posix::OpenClosedStandardDescriptors();
  return chathttp::Run(chathttp::ParseCommandLine(
      argc, argv, "Sends a command to a running chat_server: chat_admin --admin=PATH COMMAND..."));
}

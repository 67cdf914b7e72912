// The chat server as a program.
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "apps/flags/command_line.h"
#include "apps/server/config.h"
#include "apps/server/listeners.h"
#include "apps/server/program.h"
#include "chathttp/adapters/event_loop.h"
#include "chathttp/adapters/fd_stream.h"
#include "chathttp/adapters/log_file.h"
#include "chathttp/adapters/log_output.h"
#include "chathttp/adapters/nonblocking_output.h"
#include "chathttp/domain/absl_view.h"

namespace chathttp {
namespace {

// On the standard error output if `path` is empty.
absl::StatusOr<std::unique_ptr<posix::LogOutput>> OpenLog(const std::string& path) {
  if (path.empty()) return std::make_unique<posix::NonblockingOutput>(STDERR_FILENO);
  return posix::LogFile::Open(path);
}

int Fail(std::string_view message) {
  std::cerr << "chat_server: " << message << std::endl;
  return EXIT_FAILURE;
}

int Run() {
  auto sockets = TakeSockets();
  if (!sockets.ok()) return Fail(StdView(sockets.status().message()));
  auto config =
      ConfigFromFlags(sockets->proxy.empty() ? ProxySockets::kNone : ProxySockets::kInherited);
  if (!config.ok()) ExitWithUsageError(StdView(config.status().message()));
  if (config->check_only) {
    std::cout << "configuration ok" << std::endl;
    return std::cout.good() ? EXIT_SUCCESS : EXIT_FAILURE;
  }
  auto loop = posix::EventLoop::Create();
  if (!loop.ok()) return Fail(StdView(loop.status().message()));
  auto log = OpenLog(config->log_file);
  if (!log.ok()) return Fail("--log_file: " + std::string(log.status().message()));
  ServerProgram program(**loop, *std::move(config), *std::move(log), *std::move(sockets));
  if (absl::Status status = program.Start(); !status.ok()) return Fail(StdView(status.message()));
  (*loop)->Run();
  return program.exit_code();
}

}  // namespace
}  // namespace chathttp

int main(int argc, char* argv[]) {
  for (const int signal : {SIGPIPE, SIGUSR1, SIGUSR2}) std::signal(signal, SIG_IGN);
  chathttp::posix::OpenClosedStandardDescriptors();
  if (!chathttp::ParseCommandLine(argc, argv, "Runs a chat room that speaks ChatHTTP.").empty()) {
    chathttp::ExitWithUsageError("takes no arguments but flags");
  }
  return chathttp::Run();
}

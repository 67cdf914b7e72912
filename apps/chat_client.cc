// The console client as a program: flags, wiring, signals.
#include <unistd.h>

#include <cstdint>
#include <iostream>
#include <optional>
#include <string>

#include "absl/flags/flag.h"
#include "adapters/event_loop.h"
#include "adapters/fd_stream.h"
#include "adapters/posix_network.h"
#include "adapters/signals.h"
#include "apps/command_line.h"
#include "transport/line_client.h"

ABSL_FLAG(std::optional<std::string>, host, std::nullopt,
          "Address or host name of the server; 127.0.0.1, or asked for on a terminal.");
ABSL_FLAG(std::optional<std::uint16_t>, port, std::nullopt,
          "Port of the server; 9994, or asked for on a terminal.");
ABSL_FLAG(std::optional<std::string>, user, std::nullopt,
          "User name, 1 to 32 of A-Z a-z 0-9 _ . -; asked for on a terminal.");

namespace chathttp {
namespace {

int Run() {
  LineClientOptions options;
  options.host = absl::GetFlag(FLAGS_host);
  options.port = absl::GetFlag(FLAGS_port);
  options.user = absl::GetFlag(FLAGS_user);
  options.interactive = isatty(STDIN_FILENO) != 0 && isatty(STDOUT_FILENO) != 0;
  options.client.time_zone = absl::LocalTimeZone();
  if (options.port == 0) ExitWithUsageError("--port must be 1 to 65535, got 0");

  auto loop = posix::EventLoop::Create();
  if (!loop.ok()) {
    std::cerr << "chat_client: " << loop.status().message() << std::endl;
    return static_cast<int>(ExitCode::kCannotConnect);
  }
  posix::PosixNetwork network(**loop);
  posix::FdStream in(**loop, STDIN_FILENO, posix::FdStream::Direction::kRead);
  posix::FdStream out(**loop, STDOUT_FILENO, posix::FdStream::Direction::kWrite);
  posix::FdStream err(**loop, STDERR_FILENO, posix::FdStream::Direction::kWrite);
  ExitCode code = ExitCode::kDone;
  LineClient client(network, **loop, {in, out, err}, options, [&](ExitCode ended) {
    code = ended;
    (*loop)->Stop();
  });
  // The first signal leaves properly, the second one at once.
  bool leaving = false;
  const auto signals = posix::Signals::Catch(**loop, {SIGTERM, SIGINT, SIGHUP}, [&](int) {
    if (leaving) return (*loop)->Stop();
    leaving = true;
    client.Leave();
  });
  if (!signals.ok()) {
    std::cerr << "chat_client: " << signals.status().message() << std::endl;
    return static_cast<int>(ExitCode::kCannotConnect);
  }
  (*loop)->Run();
  return static_cast<int>(code);
}

}  // namespace
}  // namespace chathttp

int main(int argc, char* argv[]) {
  if (!chathttp::ParseCommandLine(argc, argv, "Joins a chat room that speaks ChatHTTP.").empty()) {
    chathttp::ExitWithUsageError("takes no arguments but flags");
  }
  return chathttp::Run();
}

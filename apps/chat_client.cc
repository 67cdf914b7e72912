// The console client as a program: flags, wiring, signals.
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "apps/client/exit_code.h"
#include "apps/client/line_client.h"
#include "apps/client/login_file.h"
#include "apps/client/screen.h"
#include "apps/client/settings.h"
#include "apps/flags/command_line.h"
#include "chathttp/adapters/event_loop.h"
#include "chathttp/adapters/fd_stream.h"
#include "chathttp/adapters/log_file.h"
#include "chathttp/adapters/posix_network.h"
#include "chathttp/adapters/signals.h"

ABSL_FLAG(std::optional<std::string>, host, std::nullopt,
          "Address or host name of the server. Without it, --plain asks for it; otherwise it is "
          "127.0.0.1.");
ABSL_FLAG(std::optional<std::uint16_t>, port, std::nullopt,
          "Port of the server, 1 to 65535. Without it, --plain asks for it; otherwise it is 9994.");
ABSL_FLAG(
    std::optional<std::string>, user, std::nullopt,
    "User name, 1 to 32 of A-Z a-z 0-9 _ . -. Without it, the client asks for it on a terminal.");
ABSL_FLAG(
    std::optional<std::uint32_t>, history, std::nullopt,
    "Show so many of the latest messages and notices from before the login, 0 to 1000, if the "
    "server gives them. Without it, 50 on a terminal and 0 in a pipe.");
ABSL_FLAG(std::string, log, "", "File to which the screen appends the lines that it shows.");
ABSL_FLAG(bool, plain, false, "Print lines and prompts on a terminal instead of a full screen.");
ABSL_FLAG(chathttp::ColorChoice, color, chathttp::ColorChoice::kAuto,
          "Use colors: auto, always or never. auto means never if NO_COLOR is set, always if not.");
ABSL_FLAG(bool, bell, false,
          "Ring the bell of the terminal when a message mentions the user name.");
ABSL_FLAG(bool, json, false, "Print one line with a JSON object for each event; no prompts.");
ABSL_FLAG(
    bool, keep_session, true,
    "Keep the session of the screen in a file of the user, so that the next start comes back to it "
    "if this program is killed.");
ABSL_FLAG(bool, read, false, "Only listen: do not read standard input; no prompts.");

namespace chathttp {
namespace {

std::string_view Variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

Environment CurrentEnvironment() {
  return {.no_color = Variable("NO_COLOR"),
          .term = Variable("TERM"),
          .color_term = Variable("COLORTERM"),
          .xdg_config_home = Variable("XDG_CONFIG_HOME"),
          .xdg_state_home = Variable("XDG_STATE_HOME"),
          .home = Variable("HOME")};
}

ClientUi UiFromFlags() {
  return ChooseUi({.terminal = isatty(STDIN_FILENO) != 0 && isatty(STDOUT_FILENO) != 0,
                   .plain = absl::GetFlag(FLAGS_plain),
                   .json = absl::GetFlag(FLAGS_json),
                   .listens = absl::GetFlag(FLAGS_read),
                   .term = Variable("TERM")});
}

// Reports why the program cannot start, and returns the exit code.
int ReportStartFailure(const absl::Status& status) {
  std::cerr << "chat_client: " << status.message() << std::endl;
  return static_cast<int>(ExitCode::kCannotConnect);
}

// Runs the loop. The first signal leaves the room, the second one stops the loop at once.
absl::Status RunLoop(posix::EventLoop& loop, const std::function<void()>& leave) {
  bool leaving = false;
  const auto signals = posix::Signals::Catch(loop, {SIGTERM, SIGINT, SIGHUP}, [&](int) {
    if (std::exchange(leaving, true)) return loop.Stop();
    leave();
  });
  if (!signals.ok()) return signals.status();
  loop.Run();
  return absl::OkStatus();
}

int RunLines(posix::EventLoop& loop, ClientUi ui) {
  LineClientOptions options;
  options.host = absl::GetFlag(FLAGS_host);
  options.port = absl::GetFlag(FLAGS_port);
  options.user = absl::GetFlag(FLAGS_user);
  options.interactive = ui == ClientUi::kPrompts;
  options.json = absl::GetFlag(FLAGS_json);
  options.listens = absl::GetFlag(FLAGS_read);
  options.history = HistoryOf(absl::GetFlag(FLAGS_history), ui);
  options.client.time_zone = absl::LocalTimeZone();
  options.client.heartbeat_seconds = kHeartbeatSeconds;
  posix::PosixNetwork network(loop);
  posix::FdStream in(loop, STDIN_FILENO, posix::FdStream::Direction::kRead);
  posix::FdStream out(loop, STDOUT_FILENO, posix::FdStream::Direction::kWrite);
  posix::FdStream err(loop, STDERR_FILENO, posix::FdStream::Direction::kWrite);
  ExitCode code = ExitCode::kDone;
  LineClient client(network, loop, {in, out, err}, options, [&](ExitCode ended) {
    code = ended;
    loop.Stop();
  });
  if (absl::Status status = RunLoop(loop, [&] { client.Leave(); }); !status.ok()) {
    return ReportStartFailure(status);
  }
  return static_cast<int>(code);
}

int RunScreen(posix::EventLoop& loop) {
  std::mt19937_64 dice(std::random_device{}());
  ConsoleOptions options;
  options.session.client.time_zone = absl::LocalTimeZone();
  options.session.client.heartbeat_seconds = kHeartbeatSeconds;
  options.session.history = HistoryOf(absl::GetFlag(FLAGS_history), ClientUi::kScreen);
  options.session.random = [&dice] { return dice(); };
  options.host = absl::GetFlag(FLAGS_host);
  options.port = absl::GetFlag(FLAGS_port);
  options.user = absl::GetFlag(FLAGS_user);
  options.color = ColorModeOf(absl::GetFlag(FLAGS_color), CurrentEnvironment());
  options.links = TakesLinks(Variable("TERM"));
  options.bell = absl::GetFlag(FLAGS_bell);
  options.chat.time_zone = absl::LocalTimeZone();
  if (absl::GetFlag(FLAGS_keep_session)) {
    options.logins = LoginFiles(ClientStateDirectory(CurrentEnvironment()));
  }
  std::unique_ptr<posix::LogFile> log;
  if (const std::string path = absl::GetFlag(FLAGS_log); !path.empty()) {
    auto file = posix::LogFile::Open(path);
    if (!file.ok()) ExitWithUsageError(absl::StrCat("--log: ", file.status().message()));
    log = *std::move(file);
    options.chat.log = [&log](std::string_view line) { return log->Write(line) > 0; };
  }
  posix::PosixNetwork network(loop);
  ClientScreen screen(loop, network, options, [&] { loop.Stop(); });
  // Catch the signals first, so that the terminal guard leaves them to the loop.
  absl::Status opened;
  loop.AtEndOfTurn([&] {
    opened = screen.Open(STDIN_FILENO, STDOUT_FILENO);
    if (!opened.ok()) loop.Stop();
  });
  const absl::Status run = RunLoop(loop, [&] { screen.LeaveRoom(); });
  screen.Close();
  if (!run.ok() || !opened.ok()) return ReportStartFailure(run.ok() ? opened : run);
  std::cerr << screen.unsent_report() << std::flush;
  return static_cast<int>(screen.unsent_report().empty() ? ExitCode::kDone : ExitCode::kUnsent);
}

int Run() {
  if (absl::GetFlag(FLAGS_port) == 0) ExitWithUsageError("--port must be 1 to 65535, got 0");
  const std::uint32_t history = absl::GetFlag(FLAGS_history).value_or(0);
  if (history > LoginOptions::kMaxHistory) {
    ExitWithUsageError(
        absl::StrCat("--history must be 0 to ", LoginOptions::kMaxHistory, ", got ", history));
  }
  const auto loop = posix::EventLoop::Create();
  if (!loop.ok()) return ReportStartFailure(loop.status());
  const ClientUi ui = UiFromFlags();
  return ui == ClientUi::kScreen ? RunScreen(**loop) : RunLines(**loop, ui);
}

}  // namespace
}  // namespace chathttp

int main(int argc, char* argv[]) {
  std::signal(SIGPIPE, SIG_IGN);
  chathttp::posix::OpenClosedStandardDescriptors();
  const std::string flag_file = chathttp::ClientFlagFile(chathttp::CurrentEnvironment());
  if (!chathttp::ParseCommandLine(argc, argv, "Joins a chat room that speaks ChatHTTP.", flag_file)
           .empty()) {
    chathttp::ExitWithUsageError("takes no arguments but flags");
  }
  return chathttp::Run();
}

// Loads a ChatHTTP server with members and reports its performance: flags and wiring.
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/strings/numbers.h"
#include "absl/time/time.h"
#include "apps/flags/command_line.h"
#include "apps/load/options.h"
#include "apps/load/report.h"
#include "apps/load/run.h"
#include "chathttp/adapters/descriptor_limit.h"
#include "chathttp/domain/absl_view.h"

ABSL_FLAG(std::string, host, chathttp::LoadOptions().host, "IPv4 address of the server.");
ABSL_FLAG(std::uint16_t, port, chathttp::LoadOptions().ports.front(), "Port of the server.");
ABSL_FLAG(std::vector<std::string>, ports, {},
          "Instead of --port: ports of several servers of one room, with commas. The members are "
          "spread over them, and must all hear one order.");
ABSL_FLAG(std::size_t, members, chathttp::LoadOptions().members, "Number of members that join.");
ABSL_FLAG(std::size_t, senders, chathttp::LoadOptions().senders,
          "Number of these members that send texts.");
ABSL_FLAG(std::size_t, window, chathttp::LoadOptions().window,
          "Texts that each sender has in flight; not used with --rate.");
ABSL_FLAG(std::size_t, size, chathttp::LoadOptions().text_bytes, "Length of each text in bytes.");
ABSL_FLAG(double, seconds, absl::ToDoubleSeconds(chathttp::LoadOptions().duration),
          "Seconds to measure.");
ABSL_FLAG(absl::Duration, warm_up, chathttp::LoadOptions().warm_up,
          "How long senders send before the measurement begins.");
ABSL_FLAG(absl::Duration, patience, chathttp::LoadOptions().patience,
          "How long the server may send nothing before the run fails.");
ABSL_FLAG(double, rate, chathttp::LoadOptions().rate,
          "Texts a second of all senders together, without waiting for replies; 0: see --window.");
ABSL_FLAG(
    std::int32_t, pid, 0,
    "Process ID of the server, to report its processor time and memory; 0: do not report them.");
ABSL_FLAG(std::string, prefix, chathttp::LoadOptions().prefix,
          "Beginning of the members' names; a number of five digits follows.");
ABSL_FLAG(std::size_t, never_read, 0, "Number of members that read nothing after all have joined.");
ABSL_FLAG(std::size_t, slow_read, 0,
          "Number of members that read 1 KiB a second after all have joined.");
ABSL_FLAG(std::size_t, joining, chathttp::LoadOptions().joining,
          "Members that connect and log in, or come back, at the same time.");
ABSL_FLAG(
    bool, sessions, false,
    "Each member asks for a session, comes back after a loss of its connection, and must miss "
    "nothing then.");
ABSL_FLAG(absl::Duration, resume_limit, chathttp::LoadOptions().resume_limit,
          "With --sessions: how long a member may take to come back before the run fails.");
ABSL_FLAG(bool, join_storm, false, "Only join; send no texts.");
ABSL_FLAG(bool, idle, false,
          "Join, be idle for --seconds, then let one member send texts, one at a time.");
ABSL_FLAG(bool, json, false, "Print the report as JSON.");

namespace chathttp {
namespace {

std::vector<std::uint16_t> PortsFromFlags() {
  const std::vector<std::string> texts = absl::GetFlag(FLAGS_ports);
  if (texts.empty()) return {absl::GetFlag(FLAGS_port)};
  std::vector<std::uint16_t> ports;
  for (const std::string& text : texts) {
    std::uint32_t port = 0;
    if (!absl::SimpleAtoi(text, &port) || port < 1 || port > 65'535) {
      ExitWithUsageError("--ports must be ports from 1 to 65535 with commas, got " + text);
    }
    ports.push_back(static_cast<std::uint16_t>(port));
  }
  return ports;
}

LoadOptions OptionsFromFlags() {
  LoadOptions options;
  options.host = absl::GetFlag(FLAGS_host);
  options.ports = PortsFromFlags();
  options.members = absl::GetFlag(FLAGS_members);
  options.senders = absl::GetFlag(FLAGS_senders);
  options.window = absl::GetFlag(FLAGS_window);
  options.text_bytes = absl::GetFlag(FLAGS_size);
  options.duration = absl::Seconds(absl::GetFlag(FLAGS_seconds));
  options.warm_up = absl::GetFlag(FLAGS_warm_up);
  options.patience = absl::GetFlag(FLAGS_patience);
  options.rate = absl::GetFlag(FLAGS_rate);
  options.server = absl::GetFlag(FLAGS_pid);
  options.prefix = absl::GetFlag(FLAGS_prefix);
  options.never_read = absl::GetFlag(FLAGS_never_read);
  options.slow_read = absl::GetFlag(FLAGS_slow_read);
  options.joining = absl::GetFlag(FLAGS_joining);
  options.sessions = absl::GetFlag(FLAGS_sessions);
  options.resume_limit = absl::GetFlag(FLAGS_resume_limit);
  options.progress = isatty(STDERR_FILENO) != 0;
  if (absl::GetFlag(FLAGS_join_storm)) options.mode = LoadOptions::Mode::kJoinStorm;
  if (absl::GetFlag(FLAGS_idle)) options.mode = LoadOptions::Mode::kIdle;
  return options;
}

std::atomic<bool> interrupted = false;

// The first SIGINT or SIGTERM ends the measurement, the second one the program.
void WatchSignals() {
  struct sigaction action {};
  action.sa_handler = [](int) { interrupted = true; };
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

int Run() {
  if (absl::GetFlag(FLAGS_join_storm) && absl::GetFlag(FLAGS_idle)) {
    ExitWithUsageError("--join_storm and --idle exclude each other");
  }
  const LoadOptions options = OptionsFromFlags();
  if (absl::Status status = CheckLoadOptions(options); !status.ok()) {
    ExitWithUsageError(StdView(status.message()));
  }
  posix::RaiseDescriptorLimit();
  WatchSignals();
  const LoadReport report = LoadRun(options, interrupted).Run();
  if (options.progress) std::cerr << "\r\033[K";
  std::cout << (absl::GetFlag(FLAGS_json) ? ReportJson(options, report)
                                          : ReportText(options, report))
            << std::flush;
  return report.verified(options) ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace
}  // namespace chathttp

int main(int argc, char* argv[]) {
  if (!chathttp::ParseCommandLine(argc, argv,
                                  "Loads a ChatHTTP server with many members and measures it.")
           .empty()) {
    chathttp::ExitWithUsageError("takes no arguments but flags");
  }
  return chathttp::Run();
}

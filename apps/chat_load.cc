// Loads a ChatHTTP server with members and tells how it does: flags and wiring.
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>

#include "absl/flags/flag.h"
#include "absl/time/time.h"
#include "adapters/descriptor_limit.h"
#include "apps/command_line.h"
#include "apps/load_options.h"
#include "apps/load_report.h"
#include "apps/load_run.h"
#include "domain/absl_view.h"

ABSL_FLAG(std::string, host, chathttp::LoadOptions().host, "IPv4 address of the server.");
ABSL_FLAG(std::uint16_t, port, chathttp::LoadOptions().port, "Port of the server.");
ABSL_FLAG(std::size_t, members, chathttp::LoadOptions().members, "Members that join.");
ABSL_FLAG(std::size_t, senders, chathttp::LoadOptions().senders, "Of these, how many talk.");
ABSL_FLAG(std::size_t, window, chathttp::LoadOptions().window,
          "Texts that a sender has in flight; without --rate.");
ABSL_FLAG(std::size_t, size, chathttp::LoadOptions().text_bytes, "Bytes of a text.");
ABSL_FLAG(double, seconds, absl::ToDoubleSeconds(chathttp::LoadOptions().duration),
          "How long to measure.");
ABSL_FLAG(absl::Duration, warm_up, chathttp::LoadOptions().warm_up,
          "How long to talk before measuring.");
ABSL_FLAG(absl::Duration, patience, chathttp::LoadOptions().patience,
          "How long nothing at all may come from the server.");
ABSL_FLAG(double, rate, chathttp::LoadOptions().rate,
          "Texts a second of all senders together, whatever comes back; 0: as --window has it.");
ABSL_FLAG(std::int32_t, pid, 0,
          "Process of the server, to tell its processor time and memory; 0: none.");
ABSL_FLAG(std::string, prefix, chathttp::LoadOptions().prefix, "What the names begin with.");
ABSL_FLAG(std::size_t, never_read, 0, "Members that never read once all have joined.");
ABSL_FLAG(std::size_t, slow_read, 0, "Members that read 1 KiB a second once all have joined.");
ABSL_FLAG(std::size_t, joining, chathttp::LoadOptions().joining,
          "Members on their way in at the same time.");
ABSL_FLAG(bool, join_storm, false, "Only join.");
ABSL_FLAG(bool, idle, false,
          "Join, be idle for --seconds, then let one member talk, a text at a time.");
ABSL_FLAG(bool, json, false, "Report as JSON.");

namespace chathttp {
namespace {

LoadOptions OptionsFromFlags() {
  LoadOptions options;
  options.host = absl::GetFlag(FLAGS_host);
  options.port = absl::GetFlag(FLAGS_port);
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
  options.progress = isatty(STDERR_FILENO) != 0;
  if (absl::GetFlag(FLAGS_join_storm)) options.mode = LoadOptions::Mode::kJoinStorm;
  if (absl::GetFlag(FLAGS_idle)) options.mode = LoadOptions::Mode::kIdle;
  return options;
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
  const LoadReport report = LoadRun(options).Run();
  if (options.progress) std::cerr << "\r\033[K";
  std::cout << (absl::GetFlag(FLAGS_json) ? ReportJson(options, report)
                                          : ReportText(options, report))
            << std::flush;
  return report.verified() ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace
}  // namespace chathttp

int main(int argc, char* argv[]) {
  if (!chathttp::ParseCommandLine(argc, argv, "Loads a ChatHTTP server and reports how it does.")
           .empty()) {
    chathttp::ExitWithUsageError("takes no arguments but flags");
  }
  return chathttp::Run();
}

// chat_sim: runs, searches, shrinks and shows simulated conversations; see docs/simulation.md.
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/reflection.h"
#include "absl/time/time.h"
#include "apps/flags/command_line.h"
#include "apps/simulator/commands.h"
#include "apps/simulator/running_seed.h"
#include "chathttp/domain/absl_view.h"

ABSL_FLAG(std::string, seeds, "",
          "FIRST..LAST, or one seed: for swarm and census the seeds to run, by default 1..4096; "
          "for run the seeds to play each file with, instead of its own.");
ABSL_FLAG(std::uint16_t, jobs, 1, "For swarm and census: the number of threads, 1 to 1024.");
ABSL_FLAG(std::string, mode, "",
          "For seeds: the mode of their scenarios: clean, faulty or hostile.");
ABSL_FLAG(std::uint32_t, failures, 0,
          "For swarm: stop after this number of failing seeds; 0: never.");
ABSL_FLAG(std::string, keep, "",
          "For swarm: the directory for failing scenarios, as files, shrunk files and tests.");
ABSL_FLAG(bool, real, false, "For run: use a real server on the loopback interface.");
ABSL_FLAG(bool, json, false, "For trace: print JSON lines.");
ABSL_FLAG(bool, svg, false, "For trace: print a sequence chart as an SVG document.");
ABSL_FLAG(absl::Duration, from, absl::ZeroDuration(), "For trace --svg: the first time to draw.");
ABSL_FLAG(absl::Duration, to, absl::InfiniteDuration(), "For trace --svg: the last time to draw.");
ABSL_FLAG(std::uint16_t, width, 0,
          "For trace: the number of columns; 0: those of the terminal, or 100.");

namespace chathttp {
namespace {

constexpr std::string_view kPurpose =
    "Runs conversations of the chat server and its clients on a simulated network.\n\n"
    "  chat_sim run FILE...        runs scenarios, each twice\n"
    "  chat_sim swarm              runs generated scenarios of many seeds\n"
    "  chat_sim gen SEED           prints the scenario of a seed\n"
    "  chat_sim shrink FILE|SEED   prints the smallest scenario that fails in the same way\n"
    "  chat_sim trace FILE|SEED    shows a run as a chart\n"
    "  chat_sim census             counts the faults and marked places that the runs reach\n\n"
    "Exit codes: 0 ok, 1 an invariant is broken, 2 bad usage, 3 two runs differ, 4 a gap in "
    "coverage. docs/simulation.md describes the language of scenarios.";

struct FlagUse {
  std::string_view flag;
  std::vector<std::string_view> commands;
};

// Ends the program if a flag was given that the command does not use.
void CheckFlags(std::string_view command) {
  const std::vector<FlagUse> uses = {{"seeds", {"run", "swarm", "census"}},
                                     {"jobs", {"swarm", "census"}},
                                     {"mode", {"swarm", "census", "gen", "shrink", "trace"}},
                                     {"failures", {"swarm"}},
                                     {"keep", {"swarm"}},
                                     {"real", {"run"}},
                                     {"json", {"trace"}},
                                     {"svg", {"trace"}},
                                     {"from", {"trace"}},
                                     {"to", {"trace"}},
                                     {"width", {"trace"}}};
  for (const auto& [name, commands] : uses) {
    const absl::CommandLineFlag* const flag = absl::FindCommandLineFlag(AbslView(name));
    const bool given = flag->CurrentValue() != flag->DefaultValue();
    if (!given || std::count(commands.begin(), commands.end(), command) > 0) continue;
    std::string users;
    for (const std::string_view user : commands) {
      users += (users.empty() ? "" : ", ") + std::string(user);
    }
    ExitWithUsageError(std::string(command) + " has no --" + std::string(name) +
                       ", it is a flag of: " + users);
  }
}

std::optional<sim::SeedRange> SeedsFlag() {
  const std::string value = absl::GetFlag(FLAGS_seeds);
  if (value.empty()) return std::nullopt;
  const std::optional<sim::SeedRange> seeds = sim::ParseSeeds(value);
  if (!seeds) ExitWithUsageError("--seeds must be FIRST..LAST or one seed, got " + value);
  return seeds;
}

std::optional<sim::Mode> ModeFlag() {
  const std::string word = absl::GetFlag(FLAGS_mode);
  if (word.empty()) return std::nullopt;
  const std::optional<sim::Mode> mode = sim::ParseMode(word);
  if (!mode) ExitWithUsageError("--mode must be clean, faulty or hostile, got " + word);
  return mode;
}

SearchOptions SearchFlags() {
  SearchOptions options{.seeds = SeedsFlag().value_or(sim::SeedRange{1, 4'096})};
  options.jobs = absl::GetFlag(FLAGS_jobs);
  if (options.jobs < 1 || options.jobs > 1'024) {
    ExitWithUsageError("--jobs must be 1 to 1024, got " + std::to_string(options.jobs));
  }
  if (absl::GetFlag(FLAGS_failures) > 0) options.max_findings = absl::GetFlag(FLAGS_failures);
  options.mode = ModeFlag();
  return options;
}

std::size_t Width() {
  if (absl::GetFlag(FLAGS_width) > 0) return absl::GetFlag(FLAGS_width);
  winsize window = {};
  const bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col > 0;
  return known ? window.ws_col : 100;
}

TraceOptions TraceFlags() {
  TraceOptions options{.mode = ModeFlag()};
  options.json = absl::GetFlag(FLAGS_json);
  options.svg = absl::GetFlag(FLAGS_svg);
  options.width = Width();
  options.window.from = absl::GetFlag(FLAGS_from);
  options.window.to = absl::GetFlag(FLAGS_to);
  if (options.json && options.svg) ExitWithUsageError("trace prints --json or --svg, not both");
  const bool cut =
      options.window.from > absl::ZeroDuration() || options.window.to < absl::InfiniteDuration();
  if (cut && !options.svg) ExitWithUsageError("--from and --to need --svg");
  if (options.window.from > options.window.to) {
    ExitWithUsageError("--from must not be later than --to");
  }
  return options;
}

int Dispatch(const std::string& command, const std::vector<std::string>& arguments) {
  const auto one = [&](const std::string& what) -> const std::string& {
    if (arguments.size() != 1) ExitWithUsageError(command + " needs one " + what);
    return arguments.front();
  };
  const auto none = [&] {
    if (!arguments.empty()) {
      ExitWithUsageError(command + " takes no arguments, got " + arguments.front());
    }
  };
  if (command == "run") {
    if (arguments.empty()) ExitWithUsageError("run needs at least one file");
    const std::optional<sim::SeedRange> seeds = SeedsFlag();
    const bool real = absl::GetFlag(FLAGS_real);
    if (seeds && real) ExitWithUsageError("--real has no --seeds: a real network draws nothing");
    return RunFiles(arguments, real, seeds);
  }
  if (command == "gen") return PrintGenerated(one("seed"), ModeFlag());
  if (command == "shrink") return ShrinkOne(one("file or seed"), ModeFlag());
  if (command == "trace") {
    return TraceOne(one("file or seed"), TraceFlags());
  }
  if (command == "swarm") {
    none();
    return RunSwarm(SearchFlags(), absl::GetFlag(FLAGS_keep));
  }
  if (command == "census") {
    none();
    return PrintCensus(SearchFlags());
  }
  ExitWithUsageError("unknown command " + command);
}

}  // namespace
}  // namespace chathttp

int main(int argc, char* argv[]) {
  std::vector<std::string> words = chathttp::ParseCommandLine(argc, argv, chathttp::kPurpose);
  if (words.empty()) chathttp::ExitWithUsageError("no command given");
  const std::string command = words.front();
  chathttp::CheckFlags(command);
  chathttp::NameSeedsOnCrash();
  words.erase(words.begin());
  return chathttp::Dispatch(command, words);
}

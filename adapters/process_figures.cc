#include "chathttp/adapters/process_figures.h"

#include <sched.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <system_error>

namespace chathttp::posix {
namespace {

std::int64_t Microseconds(const timeval& time) {
  return std::int64_t{time.tv_sec} * 1'000'000 + time.tv_usec;
}

std::uint64_t ResidentBytes() {
  std::ifstream statm("/proc/self/statm");
  std::uint64_t all = 0;
  std::uint64_t resident = 0;
  statm >> all >> resident;
  return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

// Since Linux 6.2 the size of the folder is their number.
std::uint64_t OpenDescriptors() {
  constexpr const char* kFolder = "/proc/self/fd";
  struct stat folder {};
  if (stat(kFolder, &folder) == 0 && folder.st_size > 0) {
    return static_cast<std::uint64_t>(folder.st_size);
  }
  std::uint64_t entries = 0;
  std::error_code error;
  std::filesystem::directory_iterator entry(kFolder, error);
  while (!error && entry != std::filesystem::directory_iterator()) {
    ++entries;
    entry.increment(error);
  }
  return entries > 0 ? entries - 1 : 0;  // without the descriptor of the folder
}

double BootTimeSeconds() {
  std::ifstream file("/proc/stat");
  for (std::string word; file >> word;) {
    double seconds = 0;
    if (word == "btime" && file >> seconds) return seconds;
  }
  return 0;
}

// Field 22 of /proc/self/stat, in clock ticks since the boot.
double StartTimeSeconds() {
  std::ifstream file("/proc/self/stat");
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  text.erase(0, text.rfind(')') + 1);  // the program name may hold any character
  std::istringstream fields(text);
  std::string skipped;
  for (int field = 3; field < 22; ++field) fields >> skipped;
  double ticks = 0;
  if (!(fields >> ticks)) return 0;
  return BootTimeSeconds() + ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
}

}  // namespace

ProcessFigures ReadProcessFigures() {
  static const double start_time_seconds = StartTimeSeconds();
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const std::int64_t cpu = Microseconds(usage.ru_utime) + Microseconds(usage.ru_stime);
  rlimit descriptors{};
  getrlimit(RLIMIT_NOFILE, &descriptors);
  return {.cpu_seconds = static_cast<double>(cpu) / 1e6,
          .start_time_seconds = start_time_seconds,
          .resident_bytes = ResidentBytes(),
          .open_descriptors = OpenDescriptors(),
          .max_descriptors = descriptors.rlim_cur};
}

std::size_t ProcessorsOfProcess() {
  cpu_set_t processors;
  if (sched_getaffinity(0, sizeof(processors), &processors) != 0) return 1;
  return static_cast<std::size_t>(std::max(1, CPU_COUNT(&processors)));
}

}  // namespace chathttp::posix

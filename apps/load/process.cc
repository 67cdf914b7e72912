#include "apps/load/process.h"

#include <ctime>
#include <fstream>
#include <string>

namespace chathttp {

double ProcessorSeconds(pid_t pid) {
  clockid_t clock = CLOCK_PROCESS_CPUTIME_ID;
  timespec time{};
  // The CPU clock of the process; /proc/PID/stat has a resolution of only 10 ms.
  if (pid != 0 && clock_getcpuclockid(pid, &clock) != 0) return 0;
  if (clock_gettime(clock, &time) != 0) return 0;
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

std::size_t ResidentBytes(pid_t pid) {
  const std::string name = pid == 0 ? "self" : std::to_string(pid);
  std::ifstream file("/proc/" + name + "/smaps_rollup");
  std::string word;
  std::size_t kib = 0;
  while (file >> word) {
    if (word == "Rss:") file >> kib;
  }
  return kib * 1024;
}

}  // namespace chathttp

// Processor time and resident memory of a process, from the kernel.
//
//   const double before = ProcessorSeconds(pid);
//   ...
//   Report(ProcessorSeconds(pid) - before);
//
// `pid` 0 means this process. Thread-safe.
#ifndef CHATHTTP_APPS_LOAD_PROCESS_H_
#define CHATHTTP_APPS_LOAD_PROCESS_H_

#include <sys/types.h>

#include <cstddef>

namespace chathttp {

// User and system time of all threads of the process, in seconds with a resolution of 1 ns; 0 if
// unknown.
[[nodiscard]] double ProcessorSeconds(pid_t pid);

// The bytes of its resident pages; 0 if unknown. The kernel walks the page tables for this.
[[nodiscard]] std::size_t ResidentBytes(pid_t pid);

}  // namespace chathttp

#endif  // CHATHTTP_APPS_LOAD_PROCESS_H_

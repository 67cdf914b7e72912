// What the kernel says about a process: processor time and resident memory.
//
//   const double before = ProcessorSeconds(pid);
//   ...
//   Report(ProcessorSeconds(pid) - before);
//
// `pid` 0 is this process.
#ifndef CHATHTTP_APPS_LOAD_PROCESS_H_
#define CHATHTTP_APPS_LOAD_PROCESS_H_

#include <sys/types.h>

#include <cstddef>

namespace chathttp {

// User and system time of all its threads, to the nanosecond; 0 if it cannot be told.
[[nodiscard]] double ProcessorSeconds(pid_t pid);

// Its pages in memory; 0 if it cannot be told. Costs a walk over the page tables.
[[nodiscard]] std::size_t ResidentBytes(pid_t pid);

}  // namespace chathttp

#endif  // CHATHTTP_APPS_LOAD_PROCESS_H_

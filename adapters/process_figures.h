// Figures of this process, as monitoring systems want them.
#ifndef CHATHTTP_ADAPTERS_PROCESS_FIGURES_H_
#define CHATHTTP_ADAPTERS_PROCESS_FIGURES_H_

#include <cstddef>

#include "chathttp/transport/metrics/server_metrics.h"

namespace chathttp::posix {

// What the kernel says of this process (getrusage(2), proc(5)); log_lines_dropped is 0. Costs some
// system calls; before Linux 6.2 also time for each open descriptor.
ProcessFigures ReadProcessFigures();

// The processors that this process may run on; at least 1 (sched_getaffinity(2)).
std::size_t ProcessorsOfProcess();

}  // namespace chathttp::posix

#endif  // CHATHTTP_ADAPTERS_PROCESS_FIGURES_H_

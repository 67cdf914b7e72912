#include "absl/strings/str_cat.h"
#include "chathttp/sim/oracle/checks.h"

namespace chathttp::sim {

void CheckHeap(Evidence& evidence, const Life& life) {
  const ServerRecord& server = life.server;
  if (!server.heap_is_counted) return;
  if (server.heap_bytes_left != 0) {
    evidence.Report("memory", absl::StrCat("the server left ", server.heap_bytes_left,
                                           " bytes on the heap when it was gone"));
  }
}

}  // namespace chathttp::sim

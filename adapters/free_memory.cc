#include "chathttp/adapters/free_memory.h"

#include <cstdlib>
#include <utility>

#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 33)
#include <malloc.h>
#endif

namespace chathttp::posix {
namespace {

void GiveBack() {
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 33)
  constexpr std::size_t kWorthIt = 4 << 20;
  if (mallinfo2().fordblks >= kWorthIt) malloc_trim(0);
#endif
}

}  // namespace

void FreeMemory::GiveBackIfQuiet(std::uint64_t activity) {
  const bool was_quiet = std::exchange(quiet_, activity == activity_);
  activity_ = activity;
  if (quiet_ && !was_quiet) GiveBack();
}

}  // namespace chathttp::posix

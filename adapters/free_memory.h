// Gives memory back to the system after a peak: malloc keeps what the program has freed.
//
//   FreeMemory memory;
//   RepeatingTimer timer(loop, absl::Seconds(10), [&] { memory.GiveBackIfQuiet(requests); });
//
// malloc holds everybody up meanwhile, for a second and more if 100 MB in small blocks are free, so
// this waits until the program has nothing to do. Only with glibc 2.33 or newer; without effect
// elsewhere. Not thread-safe.
#ifndef CHATHTTP_ADAPTERS_FREE_MEMORY_H_
#define CHATHTTP_ADAPTERS_FREE_MEMORY_H_

#include <cstdint>

namespace chathttp::posix {

class FreeMemory {
 public:
  // `activity` is a counter of what the program does. If it is the same as in the last call, and was
  // not so in that call, gives back whole free pages, provided that 4 MiB are free.
  void GiveBackIfQuiet(std::uint64_t activity);

 private:
  std::uint64_t activity_ = 0;
  bool quiet_ = true;
};

}  // namespace chathttp::posix

#endif  // CHATHTTP_ADAPTERS_FREE_MEMORY_H_

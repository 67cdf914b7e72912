#include "chathttp/sim/world/heap_count.h"

#include <new>

namespace chathttp::sim {

bool HeapCount::works() {
  static const bool counts = [] {
    const Inside inside;
    const std::int64_t before = bytes();
    void* const block = ::operator new(1);
    const bool counted = bytes() > before;
    ::operator delete(block);
    return counted;
  }();
  return counts;
}

}  // namespace chathttp::sim

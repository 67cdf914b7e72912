// The global operators new and delete for HeapCount. All forms that are not here call one of these.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <new>

#include "absl/base/config.h"
#include "chathttp/sim/world/heap_count.h"

#if !defined(ABSL_HAVE_ADDRESS_SANITIZER) && !defined(ABSL_HAVE_THREAD_SANITIZER)

namespace {

using chathttp::sim::HeapCount;

// Stands before each block.
struct alignas(__STDCPP_DEFAULT_NEW_ALIGNMENT__) Header {
  std::size_t counted_bytes;  // 0: the block is not counted
};

constexpr std::size_t kMostBytes = std::numeric_limits<std::size_t>::max() / 2;

void* Allocate(std::size_t bytes, std::size_t alignment) {
  const std::size_t front = std::max(alignment, sizeof(Header));
  if (bytes > kMostBytes || front > kMostBytes / 2) throw std::bad_alloc();
  // A multiple of the alignment, as aligned_alloc wants it.
  const std::size_t total = (front + bytes + alignment - 1) / alignment * alignment;
  void* const start = alignment == sizeof(Header) ? std::malloc(front + bytes)
                                                  : std::aligned_alloc(alignment, total);
  if (start == nullptr) throw std::bad_alloc();
  char* const block = static_cast<char*>(start) + front;
  const std::size_t counted = HeapCount::state.inside ? bytes : 0;
  ::new (block - sizeof(Header)) Header{counted};
  HeapCount::state.bytes += static_cast<std::int64_t>(counted);
  return block;
}

void Free(void* block, std::size_t alignment) {
  if (block == nullptr) return;
  char* const bytes = static_cast<char*>(block);
  const auto* const header = reinterpret_cast<const Header*>(bytes - sizeof(Header));
  HeapCount::state.bytes -= static_cast<std::int64_t>(header->counted_bytes);
  std::free(bytes - std::max(alignment, sizeof(Header)));
}

constexpr std::size_t kUsual = sizeof(Header);

}  // namespace

void* operator new(std::size_t bytes) { return Allocate(bytes, kUsual); }
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  return Allocate(bytes, static_cast<std::size_t>(alignment));
}
void operator delete(void* block) noexcept { Free(block, kUsual); }
void operator delete(void* block, std::size_t) noexcept { Free(block, kUsual); }
void operator delete(void* block, std::align_val_t alignment) noexcept {
  Free(block, static_cast<std::size_t>(alignment));
}
void operator delete(void* block, std::size_t, std::align_val_t alignment) noexcept {
  Free(block, static_cast<std::size_t>(alignment));
}

#endif

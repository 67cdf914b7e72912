#include "tests/transport/codec/allocation_count.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace {

std::int64_t allocated = 0;
std::int64_t freed = 0;

void* Allocate(std::size_t bytes) {
  ++allocated;
  void* const memory = std::malloc(bytes == 0 ? 1 : bytes);
  if (memory == nullptr) std::abort();
  return memory;
}

void Free(void* memory) {
  if (memory == nullptr) return;
  ++freed;
  std::free(memory);
}

}  // namespace

// All operators that may not forward to these by default: a sanitizer replaces them.
void* operator new(std::size_t bytes) { return Allocate(bytes); }
void* operator new[](std::size_t bytes) { return Allocate(bytes); }
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept { return Allocate(bytes); }
void* operator new[](std::size_t bytes, const std::nothrow_t&) noexcept { return Allocate(bytes); }
void operator delete(void* memory) noexcept { Free(memory); }
void operator delete[](void* memory) noexcept { Free(memory); }
void operator delete(void* memory, std::size_t) noexcept { Free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { Free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { Free(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { Free(memory); }

namespace chathttp {

AllocationCount::AllocationCount() : allocated_before_(allocated), freed_before_(freed) {}

std::int64_t AllocationCount::allocations() const { return allocated - allocated_before_; }

std::int64_t AllocationCount::live() const { return allocations() - (freed - freed_before_); }

}  // namespace chathttp

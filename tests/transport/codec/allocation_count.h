// Counts the allocations of this test program: allocation_count.cc replaces operator new in it.
//
//   const AllocationCount count;
//   DoSomething();
//   EXPECT_EQ(count.allocations(), 0);
//
// For single-threaded programs.
#ifndef CHATHTTP_TESTS_TRANSPORT_CODEC_ALLOCATION_COUNT_H_
#define CHATHTTP_TESTS_TRANSPORT_CODEC_ALLOCATION_COUNT_H_

#include <cstdint>

namespace chathttp {

// Counts since its construction.
class AllocationCount {
 public:
  AllocationCount();

  std::int64_t allocations() const;
  // Allocations minus deallocations, also those of older memory.
  std::int64_t live() const;

 private:
  std::int64_t allocated_before_;
  std::int64_t freed_before_;
};

}  // namespace chathttp

#endif  // CHATHTTP_TESTS_TRANSPORT_CODEC_ALLOCATION_COUNT_H_

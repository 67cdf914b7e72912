// Counts the allocations of this test program: allocation_count.cc replaces operator new in it.
//
//   const AllocationCount count;
//   DoSomething();
//   EXPECT_EQ(count.allocations(), 0);
//
// For programs of one thread.
#ifndef CHATHTTP_TESTS_TRANSPORT_CODEC_ALLOCATION_COUNT_H_
#define CHATHTTP_TESTS_TRANSPORT_CODEC_ALLOCATION_COUNT_H_

#include <cstdint>

namespace chathttp {

// Since it was made.
class AllocationCount {
 public:
  AllocationCount();

  std::int64_t allocations() const;
  // Allocations that have not been freed, less what was freed of older ones.
  std::int64_t live() const;

 private:
  std::int64_t allocated_before_;
  std::int64_t freed_before_;
};

}  // namespace chathttp

#endif  // CHATHTTP_TESTS_TRANSPORT_CODEC_ALLOCATION_COUNT_H_

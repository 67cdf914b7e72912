// The count of a server's heap: what is allocated inside, until it is freed, and nothing else.
#include "chathttp/sim/world/heap_count.h"

#include <cstddef>
#include <cstdint>
#include <new>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace chathttp::sim {
namespace {

class HeapCountTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!HeapCount::works()) GTEST_SKIP() << "a sanitizer has its own operators";
    before_ = HeapCount::bytes();
  }
  std::int64_t bytes() const { return HeapCount::bytes() - before_; }

 private:
  std::int64_t before_ = 0;
};

TEST_F(HeapCountTest, BlocksAreCountedInTheSizeThatWasAskedFor) {
  const HeapCount::Inside inside;
  void* const first = ::operator new(1);
  EXPECT_EQ(bytes(), 1);
  void* const second = ::operator new(1001);
  EXPECT_EQ(bytes(), 1002);
  ::operator delete(first);
  EXPECT_EQ(bytes(), 1001);
  ::operator delete(second);
  EXPECT_EQ(bytes(), 0);
}

TEST_F(HeapCountTest, WhatIsAllocatedOutsideIsNotCounted) {
  std::vector<char> block(100);
  EXPECT_EQ(bytes(), 0);
  const HeapCount::Inside inside;
  {
    const HeapCount::Outside outside;
    block = std::vector<char>(200);
    EXPECT_EQ(bytes(), 0);
  }
  block = {};
  EXPECT_EQ(bytes(), 0) << "freed inside";
}

TEST_F(HeapCountTest, ABlockCountsUntilItIsFreedWhereverThatIs) {
  std::vector<char> block;
  {
    const HeapCount::Inside inside;
    block = std::vector<char>(100);
  }
  EXPECT_EQ(bytes(), 100);
  block = std::vector<char>();
  EXPECT_EQ(bytes(), 0);
}

TEST_F(HeapCountTest, ScopesNest) {
  const auto allocates = [] {
    const std::int64_t before = HeapCount::bytes();
    ::operator delete(::operator new(1));
    void* const block = ::operator new(1);
    const bool counted = HeapCount::bytes() > before;
    ::operator delete(block);
    return counted;
  };
  const HeapCount::Inside inside;
  {
    const HeapCount::Inside again;
    EXPECT_TRUE(allocates());
    const HeapCount::Outside outside;
    EXPECT_FALSE(allocates());
  }
  EXPECT_TRUE(allocates());
}

TEST_F(HeapCountTest, EachFormOfTheOperatorsCounts) {
  constexpr std::align_val_t kAligned{64};
  const HeapCount::Inside inside;
  const auto counts = [&](void* block, std::size_t alignment, auto free) {
    EXPECT_EQ(bytes(), 100);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block) % alignment, 0);
    static_cast<char*>(block)[99] = 1;
    free(block);
    EXPECT_EQ(bytes(), 0);
  };
  constexpr std::size_t kUsual = __STDCPP_DEFAULT_NEW_ALIGNMENT__;
  counts(::operator new(100), kUsual, [](void* b) { ::operator delete(b); });
  counts(::operator new[](100), kUsual, [](void* b) { ::operator delete[](b); });
  counts(::operator new(100, std::nothrow), kUsual,
         [](void* b) { ::operator delete(b, std::nothrow); });
  counts(::operator new[](100, std::nothrow), kUsual,
         [](void* b) { ::operator delete[](b, std::nothrow); });
  counts(::operator new(100, kAligned), 64, [](void* b) { ::operator delete(b, kAligned); });
  counts(::operator new[](100, kAligned), 64, [](void* b) { ::operator delete[](b, kAligned); });
  counts(::operator new(100, kAligned, std::nothrow), 64,
         [](void* b) { ::operator delete(b, kAligned, std::nothrow); });
}

TEST_F(HeapCountTest, DeletingNothingIsAllowed) {
  ::operator delete(nullptr);
  EXPECT_EQ(bytes(), 0);
}

TEST_F(HeapCountTest, TooManyBytesThrow) {
  const volatile std::size_t most = static_cast<std::size_t>(-1);
  EXPECT_THROW(::operator delete(::operator new(most)), std::bad_alloc);
  EXPECT_EQ(::operator new(most, std::nothrow), nullptr);
}

}  // namespace
}  // namespace chathttp::sim

#include "chathttp/adapters/free_memory.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

#include "chathttp/adapters/process_figures.h"
#include "gtest/gtest.h"

namespace chathttp::posix {
namespace {

std::uint64_t Resident() { return ReadProcessFigures().resident_bytes; }

// Blocks that were used, then freed but for some: the last one keeps malloc from giving back all.
void UseAndFree(std::size_t count, std::vector<std::unique_ptr<char[]>>& kept) {
  std::vector<std::unique_ptr<char[]>> blocks;
  for (std::size_t i = 0; i < count; ++i) blocks.push_back(std::make_unique<char[]>(4'000));
  kept.push_back(std::make_unique<char[]>(4'000));
}

TEST(FreeMemoryTest, GoesBackToTheSystemWhenNothingHappens) {
  std::vector<std::unique_ptr<char[]>> kept;
  FreeMemory memory;
  const std::uint64_t before = Resident();
  for (std::uint64_t peak = 1; peak <= 2; ++peak) {
    UseAndFree(10'000, kept);
    if (Resident() < before + (30 << 20)) GTEST_SKIP() << "malloc gives back what is freed";
    memory.GiveBackIfQuiet(peak);
    EXPECT_GT(Resident(), before + (30 << 20)) << "something happened";
    memory.GiveBackIfQuiet(peak);
    EXPECT_LT(Resident(), before + (4 << 20));
  }
}

TEST(FreeMemoryTest, IsGivenBackOnceInAQuietTime) {
  std::vector<std::unique_ptr<char[]>> kept;
  FreeMemory memory;
  memory.GiveBackIfQuiet(1);
  memory.GiveBackIfQuiet(1);
  const std::uint64_t before = Resident();
  UseAndFree(10'000, kept);
  if (Resident() < before + (30 << 20)) GTEST_SKIP() << "malloc gives back what is freed";
  memory.GiveBackIfQuiet(1);
  EXPECT_GT(Resident(), before + (30 << 20));
}

}  // namespace
}  // namespace chathttp::posix

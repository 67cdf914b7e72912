// Runs the contract suite over each implementation of the ports.
#include "gtest/gtest.h"
#include "tests/contract/worlds/worlds.h"

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  chathttp::RegisterSimTests();
  chathttp::RegisterMemoryTests();
  chathttp::RegisterSocketTests();
  chathttp::RegisterLogTests();
  chathttp::RegisterRedisTests();
  return RUN_ALL_TESTS();
}

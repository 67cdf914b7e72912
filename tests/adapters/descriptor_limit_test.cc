#include "chathttp/adapters/descriptor_limit.h"

#include <sys/resource.h>

#include "gtest/gtest.h"
#include "tests/adapters/raw_peer.h"

namespace chathttp::posix {
namespace {

TEST(DescriptorLimitTest, TheSoftLimitIsRaisedToTheHardOne) {
  DescriptorLimit limit;
  limit.Set(32);
  const std::uint64_t raised = RaiseDescriptorLimit();
  rlimit now{};
  getrlimit(RLIMIT_NOFILE, &now);
  EXPECT_EQ(raised, now.rlim_max);
  EXPECT_EQ(now.rlim_cur, now.rlim_max);
}

}  // namespace
}  // namespace chathttp::posix

// The figures of this process are those of the kernel.
#include "chathttp/adapters/process_figures.h"

#include <sys/resource.h>
#include <unistd.h>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "chathttp/adapters/file_descriptor.h"
#include "gtest/gtest.h"

namespace chathttp::posix {
namespace {

TEST(ProcessFiguresTest, DescriptorsAreCounted) {
  const ProcessFigures before = ReadProcessFigures();
  EXPECT_GE(before.open_descriptors, 3u);
  const FileDescriptor one(dup(STDERR_FILENO));
  const FileDescriptor two(dup(STDERR_FILENO));
  EXPECT_EQ(ReadProcessFigures().open_descriptors, before.open_descriptors + 2);
  rlimit limit{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_EQ(before.max_descriptors, limit.rlim_cur);
}

TEST(ProcessFiguresTest, MemoryIsThatOfAProcess) {
  EXPECT_GT(ReadProcessFigures().resident_bytes, 100u << 10);
}

TEST(ProcessFiguresTest, ProcessorTimeGrows) {
  const double before = ReadProcessFigures().cpu_seconds;
  const absl::Time limit = absl::Now() + absl::Seconds(30);
  while (ReadProcessFigures().cpu_seconds <= before) ASSERT_LT(absl::Now(), limit);
}

TEST(ProcessFiguresTest, TheStartWasAShortTimeAgo) {
  const double now = absl::ToDoubleSeconds(absl::Now() - absl::UnixEpoch());
  const double age = now - ReadProcessFigures().start_time_seconds;
  EXPECT_GT(age, -2) << "btime has whole seconds";
  EXPECT_LT(age, 3600);
}

}  // namespace
}  // namespace chathttp::posix

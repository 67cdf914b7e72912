#include "chathttp/adapters/posix_disk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

namespace chathttp::posix {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class PosixDiskTest : public testing::Test {
 protected:
  PosixDiskTest() {
    std::string pattern = testing::TempDir() + "/disk_XXXXXX";
    folder_ = mkdtemp(pattern.data());
    disk_ = *PosixDisk::Open(path());
  }
  ~PosixDiskTest() override { std::filesystem::remove_all(folder_); }

  std::string path() const { return folder_ + "/history"; }

  std::string folder_;
  std::unique_ptr<PosixDisk> disk_;
};

TEST_F(PosixDiskTest, MakesTheDirectoryForItsUserAndGroup) {
  struct stat about {};
  ASSERT_EQ(stat(path().c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0007U, 0U);
  EXPECT_EQ(disk_->directory(), path());
  EXPECT_THAT(*disk_->List(), ElementsAre("lock"));
}

TEST_F(PosixDiskTest, HasWhatWasAppended) {
  ASSERT_TRUE(disk_->Create("b").ok());
  ASSERT_TRUE(disk_->Append("b", "one ").ok());
  ASSERT_TRUE(disk_->Create("a").ok());
  ASSERT_TRUE(disk_->Append("b", "two").ok());
  ASSERT_TRUE(disk_->Sync("b").ok());
  ASSERT_TRUE(disk_->SyncDirectory().ok());
  EXPECT_THAT(*disk_->List(), ElementsAre("a", "b", "lock"));
  EXPECT_EQ(*disk_->Read("b", 7), "one two");
  EXPECT_EQ(*disk_->Read("a", 0), "");
  struct stat about {};
  ASSERT_EQ(stat((path() + "/b").c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0007U, 0U) << "others must not read it";
}

TEST_F(PosixDiskTest, AppendsBehindACut) {
  ASSERT_TRUE(disk_->Create("a").ok());
  ASSERT_TRUE(disk_->Append("a", "0123456789").ok());
  ASSERT_TRUE(disk_->Truncate("a", 4).ok());
  ASSERT_TRUE(disk_->Append("a", "x").ok());
  EXPECT_EQ(*disk_->Read("a", 100), "0123x");
}

TEST_F(PosixDiskTest, FileThatWasRemovedAndMadeAgainIsAnotherOne) {
  ASSERT_TRUE(disk_->Create("a").ok());
  ASSERT_TRUE(disk_->Append("a", "old").ok());
  ASSERT_TRUE(disk_->Remove("a").ok());
  EXPECT_EQ(disk_->Append("a", "lost").code(), absl::StatusCode::kNotFound);
  ASSERT_TRUE(disk_->Create("a").ok());
  ASSERT_TRUE(disk_->Append("a", "new").ok());
  EXPECT_EQ(*disk_->Read("a", 100), "new");
}

TEST_F(PosixDiskTest, ErrorsHaveTheCodesOfThePort) {
  EXPECT_EQ(disk_->Read("none", 1).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(disk_->ReadStart("none", 1).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(disk_->Append("none", "x").code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(disk_->Sync("none").code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(disk_->Truncate("none", 0).code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(disk_->Remove("none").code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(disk_->Rename("none", "a").code(), absl::StatusCode::kNotFound);
  ASSERT_TRUE(disk_->Create("a").ok());
  EXPECT_EQ(disk_->Create("a").code(), absl::StatusCode::kAlreadyExists);
  ASSERT_TRUE(disk_->Append("a", "12345").ok());
  EXPECT_EQ(disk_->Read("a", 4).status().code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(disk_->Remove("none").message(),
            "cannot remove " + path() + "/none: no such file or directory");
}

TEST_F(PosixDiskTest, RenamedFileReplacesTheOneWithItsNewName) {
  ASSERT_TRUE(disk_->Create("a").ok());
  ASSERT_TRUE(disk_->Append("a", "old").ok());
  ASSERT_TRUE(disk_->Create("a.new").ok());
  ASSERT_TRUE(disk_->Append("a.new", "new").ok());
  ASSERT_TRUE(disk_->Rename("a.new", "a").ok());
  EXPECT_EQ(disk_->Append("a.new", "lost").code(), absl::StatusCode::kNotFound);
  ASSERT_TRUE(disk_->Append("a", " more").ok());
  EXPECT_EQ(*disk_->Read("a", 100), "new more");
  EXPECT_THAT(*disk_->List(), ElementsAre("a", "lock"));
}

// The last file that was written is open: nothing may go to one that is replaced.
TEST_F(PosixDiskTest, NothingIsWrittenToAFileThatWasReplaced) {
  ASSERT_TRUE(disk_->Create("b").ok());
  ASSERT_TRUE(disk_->Append("b", "one").ok());
  ASSERT_TRUE(disk_->Create("a").ok());
  ASSERT_TRUE(disk_->Append("a", "two").ok());
  ASSERT_TRUE(disk_->Rename("b", "a").ok());
  ASSERT_TRUE(disk_->Append("a", " more").ok());
  EXPECT_EQ(*disk_->Read("a", 100), "one more");
  EXPECT_EQ(disk_->Append("b", "lost").code(), absl::StatusCode::kNotFound);
}

TEST_F(PosixDiskTest, StartOfAFileComesWithItsSize) {
  ASSERT_TRUE(disk_->Create("a").ok());
  ASSERT_TRUE(disk_->Append("a", "0123456789").ok());
  EXPECT_EQ(disk_->ReadStart("a", 4)->bytes, "0123");
  EXPECT_EQ(disk_->ReadStart("a", 4)->file_bytes, 10U);
  EXPECT_EQ(disk_->ReadStart("a", 40)->bytes, "0123456789");
}

// The device /dev/full is a file without space. Only root may make it in another directory.
TEST_F(PosixDiskTest, NoSpaceIsResourceExhausted) {
  const std::string full = path() + "/full";
  if (mknod(full.c_str(), S_IFCHR | 0600, makedev(1, 7)) != 0) GTEST_SKIP() << "needs root";
  const absl::Status status = disk_->Append("full", "x");
  if (absl::IsInternal(status)) GTEST_SKIP() << "needs devices";
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(status.message(), "cannot write to " + full + ": no space left");
}

TEST_F(PosixDiskTest, LinksAreNotWrittenThrough) {
  std::ofstream(folder_ + "/other") << "other";
  std::filesystem::create_symlink(folder_ + "/other", path() + "/link");
  EXPECT_EQ(disk_->Append("link", "x").code(), absl::StatusCode::kInternal);
  EXPECT_EQ(std::filesystem::file_size(folder_ + "/other"), 5U);
}

TEST_F(PosixDiskTest, OnlyRegularFilesAreRead) {
  ASSERT_EQ(mkfifo((path() + "/fifo").c_str(), 0600), 0);
  std::filesystem::create_directory(path() + "/folder");
  EXPECT_EQ(disk_->Read("fifo", 100).status().code(), absl::StatusCode::kInternal);
  EXPECT_EQ(disk_->Read("folder", 100).status().code(), absl::StatusCode::kInternal);
}

TEST_F(PosixDiskTest, TwoServersCannotHaveOneDirectory) {
  const absl::Status status = PosixDisk::Open(path()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(status.message(),
            path() + " is in use by another server; stop it, or choose another directory");
  disk_.reset();
  EXPECT_TRUE(PosixDisk::Open(path()).ok());
}

TEST_F(PosixDiskTest, DirectoryThatCannotBeMadeIsAnError) {
  const absl::Status none = PosixDisk::Open(folder_ + "/no/history").status();
  EXPECT_EQ(none.message(), "cannot make " + folder_ + "/no/history: no such file or directory");
  std::ofstream(folder_ + "/file") << "x";
  const absl::Status file = PosixDisk::Open(folder_ + "/file").status();
  EXPECT_THAT(std::string(file.message()), HasSubstr("not a directory"));
}

}  // namespace
}  // namespace chathttp::posix

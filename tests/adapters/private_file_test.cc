#include "chathttp/adapters/private_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace chathttp::posix {
namespace {

using testing::HasSubstr;

class PrivateFileTest : public testing::Test {
 protected:
  PrivateFileTest() {
    std::string pattern = testing::TempDir() + "/private_XXXXXX";
    folder_ = mkdtemp(pattern.data());
    path_ = folder_ + "/a/b/file";
  }
  ~PrivateFileTest() override { std::filesystem::remove_all(folder_); }

  static unsigned ModeOf(const std::string& path) {
    struct stat about {};
    return stat(path.c_str(), &about) == 0 ? about.st_mode & 07777U : 0U;
  }

  std::string folder_;
  std::string path_;
};

TEST_F(PrivateFileTest, HasWhatWasWrittenForItsUserAlone) {
  {
    const auto file = *PrivateFile::Open(path_);
    EXPECT_EQ(*file->Read(100), "");
    ASSERT_TRUE(file->Write("the first bytes").ok());
    ASSERT_TRUE(file->Write("second").ok());
    EXPECT_EQ(*file->Read(100), "second");
    EXPECT_EQ(ModeOf(path_), 0600U);
    EXPECT_EQ(ModeOf(folder_ + "/a/b"), 0700U);
    EXPECT_EQ(ModeOf(folder_ + "/a"), 0700U);
  }
  EXPECT_EQ(*(*PrivateFile::Open(path_))->Read(3), "sec");
  EXPECT_FALSE(std::filesystem::exists(path_ + ".new"));
}

TEST_F(PrivateFileTest, OneObjectHasItAtATimeAlsoAfterAWrite) {
  auto file = *PrivateFile::Open(path_);
  for (int i = 0; i < 2; ++i) {
    const absl::Status status = PrivateFile::Open(path_).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr("is in use by another process"));
    ASSERT_TRUE(file->Write("x").ok());
  }
  file.reset();
  EXPECT_TRUE(PrivateFile::Open(path_).ok());
}

TEST_F(PrivateFileTest, FileWithoutBytesIsRemoved) {
  PrivateFile::Open(path_)->reset();
  EXPECT_FALSE(std::filesystem::exists(path_));
  auto file = *PrivateFile::Open(path_);
  ASSERT_TRUE(file->Write("x").ok());
  file->Clear();
  file.reset();
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(PrivateFileTest, FileThatOthersMayUseIsRefused) {
  PrivateFile::Open(path_)->get()->Write("x").IgnoreError();
  ASSERT_EQ(chmod(path_.c_str(), 0644), 0);
  EXPECT_EQ(PrivateFile::Open(path_).status().code(), absl::StatusCode::kPermissionDenied);
}

TEST_F(PrivateFileTest, LinksAreNotFollowed) {
  std::ofstream(folder_ + "/other") << "other";
  std::filesystem::create_directories(folder_ + "/a/b");
  std::filesystem::create_symlink(folder_ + "/other", path_);
  EXPECT_EQ(PrivateFile::Open(path_).status().code(), absl::StatusCode::kInternal);
  std::filesystem::remove(path_);
  const auto file = *PrivateFile::Open(path_);
  std::filesystem::create_symlink(folder_ + "/other", path_ + ".new");
  EXPECT_FALSE(file->Write("x").ok());
  EXPECT_EQ(std::filesystem::file_size(folder_ + "/other"), 5U);
}

TEST_F(PrivateFileTest, DirectoryThatCannotBeMadeIsAnError) {
  const absl::Status status = PrivateFile::Open("/dev/null/state/file").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_THAT(std::string(status.message()), HasSubstr("cannot make /dev/null/state"));
}

}  // namespace
}  // namespace chathttp::posix

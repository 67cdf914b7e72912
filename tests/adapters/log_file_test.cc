#include "chathttp/adapters/log_file.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>

#include "absl/functional/function_ref.h"
#include "gmock/gmock.h"
#include "tests/adapters/pipe.h"

namespace chathttp::posix {
namespace {

using testing::EndsWith;
using testing::StartsWith;

class LogFileTest : public testing::Test {
 protected:
  LogFileTest() {
    std::string pattern = testing::TempDir() + "/log_file_XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~LogFileTest() override { std::filesystem::remove_all(folder_); }

  std::string PathOf(const std::string& name) const { return folder_ / name; }

  std::string Read(const std::string& name) const {
    std::ifstream file(PathOf(name));
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }

  // Waits for the thread of the file; false if that takes too long.
  static bool Eventually(absl::FunctionRef<bool()> done) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!done()) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
  }

  // Fills the queue with lines, of which the file takes none; returns how many.
  static std::size_t Fill(LogFile& file) {
    const std::string line(1023, 'x');
    std::size_t lines = 0;
    while (file.Write(line + '\n') > 0) ++lines;
    return lines;
  }

  std::filesystem::path folder_;
};

TEST_F(LogFileTest, AllLinesAreWrittenBeforeItIsClosed) {
  auto file = LogFile::Open(PathOf("log"));
  ASSERT_TRUE(file.ok()) << file.status();
  std::string lines;
  for (int i = 0; i < 1000; ++i) {
    const std::string line = std::to_string(i) + "\n";
    EXPECT_EQ((*file)->Write(line), line.size());
    lines += line;
  }
  file->reset();
  EXPECT_EQ(Read("log"), lines);
}

TEST_F(LogFileTest, LinesAreWrittenWithoutFurtherCalls) {
  auto file = LogFile::Open(PathOf("log"));
  ASSERT_TRUE(file.ok()) << file.status();
  (*file)->Write("a\n");
  EXPECT_TRUE(Eventually([&] { return Read("log") == "a\n"; }));
}

TEST_F(LogFileTest, TheLinesOfBeforeStay) {
  std::ofstream(PathOf("log")) << "before\n";
  auto file = LogFile::Open(PathOf("log"));
  ASSERT_TRUE(file.ok()) << file.status();
  (*file)->Write("after\n");
  file->reset();
  EXPECT_EQ(Read("log"), "before\nafter\n");
}

TEST_F(LogFileTest, OthersMayNotReadIt) {
  const mode_t before = umask(0);
  EXPECT_TRUE(LogFile::Open(PathOf("log")).ok());
  umask(before);
  struct stat status {};
  ASSERT_EQ(stat(PathOf("log").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0640U);
}

TEST_F(LogFileTest, APathThatCannotBeOpenedIsAnError) {
  const auto missing = LogFile::Open(PathOf("missing/log"));
  EXPECT_EQ(missing.status().message(),
            "cannot write to " + PathOf("missing/log") + ": no such file or directory");
  const auto folder = LogFile::Open(folder_);
  EXPECT_EQ(folder.status().message(), "cannot write to " + folder_.string() + ": is a directory");
}

TEST_F(LogFileTest, AfterReopenLinesGoToANewFile) {
  auto file = LogFile::Open(PathOf("log"));
  ASSERT_TRUE(file.ok()) << file.status();
  (*file)->Write("old\n");
  ASSERT_TRUE(Eventually([&] { return Read("log") == "old\n"; }));
  std::filesystem::rename(PathOf("log"), PathOf("log.1"));
  EXPECT_TRUE((*file)->Reopen().ok());
  (*file)->Write("new\n");
  file->reset();
  EXPECT_EQ(Read("log.1"), "old\n");
  EXPECT_EQ(Read("log"), "new\n");
}

TEST_F(LogFileTest, AFailedReopenKeepsTheOldFile) {
  std::filesystem::create_directory(PathOf("folder"));
  auto file = LogFile::Open(PathOf("folder/log"));
  ASSERT_TRUE(file.ok()) << file.status();
  std::filesystem::rename(PathOf("folder"), PathOf("renamed"));
  EXPECT_EQ((*file)->Reopen().message(),
            "cannot write to " + PathOf("folder/log") + ": no such file or directory");
  (*file)->Write("a\n");
  file->reset();
  EXPECT_EQ(Read("renamed/log"), "a\n");
}

TEST_F(LogFileTest, AFullDeviceFillsTheQueueAndNoMore) {
  auto file = LogFile::Open("/dev/full");
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(Fill(**file), LogFile::kQueueBytes / 1024);
  EXPECT_EQ((*file)->Write("x"), 0U);
}

TEST_F(LogFileTest, LinesWaitUntilTheFileTakesThemAgain) {
  ASSERT_EQ(mkfifo(PathOf("log").c_str(), 0600), 0);
  const FileDescriptor reader(open(PathOf("log").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  auto file = LogFile::Open(PathOf("log"));
  ASSERT_TRUE(file.ok()) << file.status();
  const std::size_t lines = Fill(**file);
  std::string taken;
  std::string buffer(65536, '\0');
  EXPECT_TRUE(Eventually([&] {
    const ssize_t count = read(reader.get(), buffer.data(), buffer.size());
    if (count > 0) taken.append(buffer, 0, static_cast<std::size_t>(count));
    return taken.size() >= lines * 1024;
  }));
  EXPECT_THAT(taken, StartsWith("xxx"));
  EXPECT_THAT(taken, EndsWith("x\n"));
  EXPECT_TRUE(Eventually([&] { return (*file)->Write("more\n") == 5; }));
}

TEST_F(LogFileTest, ReopenEndsTheWaitForAFullDevice) {
  std::filesystem::create_symlink("/dev/full", PathOf("log"));
  auto file = LogFile::Open(PathOf("log"));
  ASSERT_TRUE(file.ok()) << file.status();
  (*file)->Write("a\n");
  std::filesystem::remove(PathOf("log"));
  EXPECT_TRUE((*file)->Reopen().ok());
  EXPECT_TRUE(Eventually([&] { return Read("log") == "a\n"; }));
}

}  // namespace
}  // namespace chathttp::posix

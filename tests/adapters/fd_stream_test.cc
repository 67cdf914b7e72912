#include "chathttp/adapters/fd_stream.h"

#include <fcntl.h>

#include <array>
#include <csignal>
#include <memory>
#include <string>

#include "chathttp/adapters/file_descriptor.h"
#include "gtest/gtest.h"
#include "tests/adapters/loop_test.h"
#include "tests/adapters/pipe.h"

namespace chathttp::posix {
namespace {

class FdStreamTest : public LoopTest {
 protected:
  FdStreamTest() { signal(SIGPIPE, SIG_IGN); }

  FdStream In(int descriptor) { return {loop(), descriptor, FdStream::Direction::kRead}; }
  FdStream Out(int descriptor) { return {loop(), descriptor, FdStream::Direction::kWrite}; }

  Pipe pipe_;
};

FileDescriptor OpenFile(const char* path, int flags) {
  FileDescriptor file(open(path, flags | O_CLOEXEC, 0600));
  EXPECT_TRUE(file.valid()) << path;
  return file;
}

// An unlinked regular file.
FileDescriptor TemporaryFile() { return OpenFile(testing::TempDir().c_str(), O_TMPFILE | O_RDWR); }

TEST_F(FdStreamTest, BytesOfAPipeAreRead) {
  FdStream in = In(pipe_.read_end());
  Reader reader(in);
  pipe_.Put("hello");
  ASSERT_TRUE(RunUntil([&] { return reader.bytes == "hello"; }));
  EXPECT_EQ(reader.last, IoStatus::kWouldBlock);
}

TEST_F(FdStreamTest, BytesThatWereThereBeforeAreTold) {
  pipe_.Put("early");
  FdStream in = In(pipe_.read_end());
  Reader reader(in);
  ASSERT_TRUE(RunUntil([&] { return reader.bytes == "early"; }));
}

TEST_F(FdStreamTest, MoreBytesAreToldAgain) {
  FdStream in = In(pipe_.read_end());
  Reader reader(in);
  pipe_.Put("one");
  ASSERT_TRUE(RunUntil([&] { return reader.bytes == "one"; }));
  pipe_.Put("two");
  ASSERT_TRUE(RunUntil([&] { return reader.bytes == "onetwo"; }));
}

TEST_F(FdStreamTest, AClosedPipeEndsTheStreamAfterItsLastByte) {
  FdStream in = In(pipe_.read_end());
  Reader reader(in);
  pipe_.Put("bye");
  pipe_.CloseWriteEnd();
  ASSERT_TRUE(RunUntil([&] { return reader.ended(); }));
  EXPECT_EQ(reader.bytes, "bye");
}

TEST_F(FdStreamTest, ARegularFileIsReadToItsEnd) {
  const FileDescriptor file = TemporaryFile();
  ASSERT_EQ(write(file.get(), "lines", 5), 5);
  ASSERT_EQ(lseek(file.get(), 0, SEEK_SET), 0);
  FdStream in = In(file.get());
  Reader reader(in);
  EXPECT_EQ(reader.readable, 0);
  ASSERT_TRUE(RunUntil([&] { return reader.ended(); }));
  EXPECT_EQ(reader.bytes, "lines");
}

TEST_F(FdStreamTest, DevNullIsAtItsEnd) {
  const FileDescriptor null = OpenFile("/dev/null", O_RDONLY);
  FdStream in = In(null.get());
  Reader reader(in);
  ASSERT_TRUE(RunUntil([&] { return reader.ended(); }));
  EXPECT_EQ(reader.bytes, "");
}

TEST_F(FdStreamTest, ADirectoryCannotBeRead) {
  const FileDescriptor directory = OpenFile("/", O_RDONLY | O_DIRECTORY);
  FdStream in = In(directory.get());
  Reader reader(in);
  ASSERT_TRUE(RunUntil([&] { return reader.broken(); }));
  EXPECT_EQ(in.broken_reason(), "is a directory");
}

TEST_F(FdStreamTest, WriteTakesAllPiecesInOrder) {
  FdStream out = Out(pipe_.write_end());
  NoticeCounter counter;
  out.Observe(counter);
  const std::string large(5000, 'x');  // more than one write takes
  const std::array<std::string_view, 4> pieces = {"a", "", large, "b"};
  const IoResult result = out.Write(pieces);
  EXPECT_EQ(result.status, IoStatus::kProgress);
  EXPECT_EQ(result.bytes, 5002U);
  EXPECT_EQ(pipe_.TakeAll(), "a" + large + "b");
}

TEST_F(FdStreamTest, WriteToARegularFileOrDevNullTakesAll) {
  const FileDescriptor file = TemporaryFile();
  const FileDescriptor null = OpenFile("/dev/null", O_WRONLY);
  for (const int descriptor : {file.get(), null.get()}) {
    FdStream out = Out(descriptor);
    NoticeCounter counter;
    out.Observe(counter);
    EXPECT_EQ(WriteText(out, std::string(10'000, 'x')).bytes, 10'000U);
  }
  EXPECT_EQ(lseek(file.get(), 0, SEEK_END), 10'000);
}

TEST_F(FdStreamTest, AFullPipeDoesNotBlockButTakesAPart) {
  FdStream out = Out(pipe_.write_end());
  NoticeCounter counter;
  out.Observe(counter);
  const std::string huge(1'000'000, 'x');
  const IoResult part = WriteText(out, huge);
  EXPECT_EQ(part.status, IoStatus::kProgress);
  EXPECT_LT(part.bytes, huge.size());
  EXPECT_EQ(WriteText(out, huge).status, IoStatus::kWouldBlock);
  EXPECT_EQ(pipe_.TakeAll().size(), part.bytes);
}

TEST_F(FdStreamTest, RoomInAPipeIsToldAfterAShortWriteOnly) {
  FdStream out = Out(pipe_.write_end());
  NoticeCounter counter;
  out.Observe(counter);
  RunUntilIdle();
  EXPECT_EQ(counter.writable, 0);
  pipe_.Fill();
  EXPECT_EQ(WriteText(out, "more").status, IoStatus::kWouldBlock);
  RunUntilIdle();
  pipe_.TakeAll();
  ASSERT_TRUE(RunUntil([&] { return counter.writable > 0; }));
  EXPECT_EQ(WriteText(out, "more").status, IoStatus::kProgress);
}

TEST_F(FdStreamTest, APipeThatNobodyReadsIsBroken) {
  FdStream out = Out(pipe_.write_end());
  NoticeCounter counter;
  out.Observe(counter);
  EXPECT_EQ(out.broken_reason(), "");
  pipe_.CloseReadEnd();
  EXPECT_EQ(WriteText(out, "x").status, IoStatus::kBroken);
  EXPECT_EQ(out.broken_reason(), "broken pipe");
  EXPECT_EQ(WriteText(out, "x").status, IoStatus::kBroken);
}

TEST_F(FdStreamTest, AFullDeviceIsBroken) {
  const FileDescriptor full = OpenFile("/dev/full", O_WRONLY);
  FdStream out = Out(full.get());
  EXPECT_EQ(WriteText(out, "x").status, IoStatus::kBroken);
  EXPECT_EQ(out.broken_reason(), "no space left");
}

TEST_F(FdStreamTest, TheFlagsOfTheDescriptorStayAsTheyAre) {
  const int before = fcntl(pipe_.read_end(), F_GETFL);
  FdStream in = In(pipe_.read_end());
  Reader reader(in);
  RunUntilIdle();
  EXPECT_EQ(fcntl(pipe_.read_end(), F_GETFL), before);
}

TEST_F(FdStreamTest, NothingIsWrittenAfterShutdownButTheDescriptorStaysOpen) {
  FdStream out = Out(pipe_.write_end());
  out.ShutdownWrite();
  out.ShutdownWrite();
  EXPECT_EQ(WriteText(out, "x").status, IoStatus::kBroken);
  EXPECT_EQ(out.broken_reason(), "writing was shut down");
  pipe_.Put("y");
  EXPECT_EQ(pipe_.TakeAll(), "y");
}

TEST_F(FdStreamTest, AStreamWorksInItsOwnDirectionOnly) {
  FdStream in = In(pipe_.read_end());
  FdStream out = Out(pipe_.write_end());
  std::array<char, 4> buffer;
  EXPECT_EQ(WriteText(in, "x").status, IoStatus::kBroken);
  EXPECT_EQ(out.Read(buffer).status, IoStatus::kBroken);
}

TEST_F(FdStreamTest, AfterResetNothingIsReadOrTold) {
  pipe_.Put("x");
  FdStream in = In(pipe_.read_end());
  NoticeCounter counter;
  in.Observe(counter);
  in.Reset();
  RunUntilIdle();
  EXPECT_EQ(counter.readable, 0);
  std::array<char, 4> buffer;
  EXPECT_EQ(in.Read(buffer).status, IoStatus::kBroken);
  EXPECT_EQ(in.broken_reason(), "connection aborted");
}

TEST_F(FdStreamTest, AStreamMayBeDestroyedInItsOwnNotice) {
  struct Destroyer final : StreamObserver {
    void OnReadable() override { stream.reset(); }
    void OnWritable() override {}
    std::unique_ptr<FdStream> stream;
  } destroyer;
  const FileDescriptor null = OpenFile("/dev/null", O_RDONLY);
  destroyer.stream = std::make_unique<FdStream>(loop(), null.get(), FdStream::Direction::kRead);
  destroyer.stream->Observe(destroyer);
  ASSERT_TRUE(RunUntil([&] { return destroyer.stream == nullptr; }));
}

}  // namespace
}  // namespace chathttp::posix

#include "chathttp/transport/journal/journal_writer.h"

#include "tests/transport/journal/journal_test.h"

namespace chathttp {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

class Writer : public JournalTest {
 protected:
  // Says texts of 100 bytes until there are so many files.
  void SayUntilFiles(std::size_t files) {
    while (Files().size() < files) ASSERT_TRUE(Say("Alice", std::string(100, 'x')).ok());
  }
};

TEST_F(Writer, FirstFileIsOnTheDiskBeforeItIsUsed) {
  Start();
  EXPECT_THAT(Files(), ElementsAre(SegmentName(0)));
  disk_.Crash();
  EXPECT_THAT(Files(), ElementsAre(SegmentName(0)));
  EXPECT_THAT(Bytes(SegmentName(0)), SizeIs(kSegmentHeaderBytes));
}

TEST_F(Writer, FullFileIsFollowedByOneThatTellsTheRoom) {
  options_.journal.segment_bytes = 1000;
  Start();
  ASSERT_TRUE(Enter("Alice").ok());
  ASSERT_TRUE(
      Append(SessionBegun{.member = MemberId{5}, .name = "alice", .token = TestHash(1)}).ok());
  ASSERT_TRUE(Enter("Bob").ok());
  ASSERT_TRUE(Enter("Carol").ok());
  ASSERT_TRUE(Leave("Bob").ok());
  SayUntilFiles(2);
  const std::uint64_t first = *FirstCountOf(Files().back());
  EXPECT_GE(Bytes(SegmentName(0)).size(), 1000U);
  const std::string bytes = Bytes(Files().back());
  SegmentReader reader(bytes);
  EXPECT_EQ(reader.header()->epoch, kFreshEpoch);
  EXPECT_EQ(reader.header()->records, 2U);
  StoredRecord stored;
  ASSERT_TRUE(reader.Next(stored));
  EXPECT_EQ(stored.record,
            JournalRecord(MemberPresent{
                .member = MemberId{5}, .name = "Alice", .entered = 1, .token = TestHash(1)}));
  ASSERT_TRUE(reader.Next(stored));
  EXPECT_EQ(stored.record, JournalRecord(MemberPresent{.name = "Carol", .entered = 3}));
  ASSERT_TRUE(reader.Next(stored));
  EXPECT_EQ(stored.count, first);
}

// Otherwise a crash could leave a torn file before a whole one.
TEST_F(Writer, FullFileIsOnTheDiskBeforeTheNextOneIsMade) {
  options_.journal.segment_bytes = 1000;
  Start();
  SayUntilFiles(2);
  const std::string full = Bytes(SegmentName(0));
  disk_.Crash();
  EXPECT_THAT(Files(), SizeIs(2));
  EXPECT_EQ(Bytes(SegmentName(0)), full);
}

TEST_F(Writer, BatchMayFillSeveralFiles) {
  options_.journal.segment_bytes = 1000;
  Start();
  std::string batch;
  for (std::uint64_t count = 0; count < 50; ++count) {
    AppendRecord(count, SaidOrNotice{.name = "Alice", .text = std::string(100, 'x')}, batch);
  }
  ASSERT_TRUE(writer().Write(batch).ok());
  EXPECT_EQ(writer().count(), 50U);
  EXPECT_THAT(Files(), SizeIs(testing::Gt(4U)));
  EXPECT_THAT(Start().broadcasts, SizeIs(50));
}

TEST_F(Writer, OldestFilesGoWhenAllHaveTooManyBytes) {
  options_.journal.segment_bytes = 1000;
  options_.journal.keep_bytes = 5000;
  Start();
  for (int i = 0; i < 500; ++i) {
    ASSERT_TRUE(Say("Alice", std::string(100, 'x')).ok());
    EXPECT_LE(disk_.bytes(), 5000U + 1200U);
  }
  EXPECT_THAT(Files(), SizeIs(testing::Ge(4U)));
  EXPECT_EQ(Files().size(), writer().segments().size());
  EXPECT_EQ(Start().end.count, 500U);
}

TEST_F(Writer, CrashLeavesNoHoleWhereFilesWereRemoved) {
  options_.journal.segment_bytes = 1000;
  Start();
  SayUntilFiles(12);
  ASSERT_TRUE(writer().Sync().ok());
  const std::uint64_t count = writer().count();
  options_.journal.keep_bytes = 2500;
  Start();
  EXPECT_THAT(Files(), SizeIs(testing::Lt(5U)));
  disk_.Crash();
  EXPECT_GE(Start().end.count, count);
}

TEST_F(Writer, FilesThatAreTooOldGo) {
  options_.journal.segment_bytes = 1000;
  options_.journal.keep_age = absl::Hours(24);
  Start();
  SayUntilFiles(3);
  const std::uint64_t newest = *FirstCountOf(Files().back());
  wall_ += absl::Hours(24);
  SayUntilFiles(4);
  EXPECT_THAT(Files(), SizeIs(4)) << "they are not older than a day";
  wall_ += absl::Seconds(1);
  while (Files().size() >= 4) ASSERT_TRUE(Say("Alice", std::string(100, 'x')).ok());
  EXPECT_EQ(FirstCountOf(Files().front()), newest) << "it has a broadcast of the second day";
}

TEST_F(Writer, FileWithoutABroadcastIsNeverFull) {
  options_.journal.segment_bytes = 10;
  Start();
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(Append(EpochBegun{kFreshEpoch}).ok());
  EXPECT_THAT(Files(), SizeIs(1));
  EXPECT_TRUE(Start().broadcasts.empty());
}

// ---- Errors -------------------------------------------------------------------------------------

TEST_F(Writer, FullDiskTurnsItOffForGood) {
  Start();
  ASSERT_TRUE(Say("Alice", "one").ok());
  disk_.SetCapacity(disk_.bytes() + 10);
  const absl::Status status = Say("Alice", "two");
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr(SegmentName(0)));
  disk_.SetCapacity(1 << 20);
  EXPECT_EQ(Say("Alice", "three"), status);
  EXPECT_EQ(writer().Sync(), status);
  EXPECT_EQ(writer().Close(), status);
  EXPECT_THAT(Texts(Start()), ElementsAre("one"));
}

TEST_F(Writer, FullDiskIsHelpedByTheRemovalOfFilesBeyondTheOptions) {
  options_.journal.segment_bytes = 1000;
  options_.journal.keep_age = absl::Hours(24);
  Start();
  SayUntilFiles(3);
  const std::uint64_t before = writer().count();
  disk_.SetCapacity(disk_.bytes() + 10);
  wall_ += absl::Hours(25);
  EXPECT_TRUE(Say("Alice", std::string(100, 'y')).ok()) << writer().status();
  EXPECT_THAT(Files(), SizeIs(1));
  const PastRoom& past = Start();
  EXPECT_EQ(past.end.count, before + 1);
  EXPECT_EQ(Texts(past).back(), std::string(100, 'y')) << "and the half that fitted before is gone";
}

TEST_F(Writer, FullDiskWhenAFileIsBegunIsHelpedLikewise) {
  options_.journal.segment_bytes = 1000;
  options_.journal.keep_age = absl::Hours(24);
  Start();
  SayUntilFiles(2);
  wall_ += absl::Hours(25);
  constexpr std::size_t kFull = kSegmentHeaderBytes + 1000;
  while (Bytes(Files().back()).size() < kFull) ASSERT_TRUE(Say("Alice", "late").ok());
  disk_.SetCapacity(disk_.bytes() + 10);
  EXPECT_TRUE(Say("Alice", "in a new file").ok()) << writer().status();
  disk_.SetCapacity(1 << 20);
  EXPECT_EQ(writer().segments().back().first_count + 1, writer().count());
  EXPECT_EQ(Texts(Start()).back(), "in a new file");
}

// A file has its name when its head is on the disk, so it is never there in part.
TEST_F(Writer, NewFileIsThereWholeOrNotAtAllAfterACrash) {
  std::size_t seen = 0;
  options_.journal.segment_bytes = 1000;
  for (unsigned round = 0; round < 40; ++round) {
    StartAfresh();
    ASSERT_TRUE(Enter("Alice").ok());
    while (Bytes(SegmentName(0)).size() < kSegmentHeaderBytes + 1000)
      ASSERT_TRUE(Say("Alice", std::string(100, 'x')).ok());
    const std::uint64_t count = writer().count();
    disk_.FailSync(round % 3);  // that of the full file, of the new one, or of its name
    EXPECT_FALSE(Say("Alice", "not written").ok());
    disk_.Crash();
    for (const std::string& name : Files()) {
      if (!FirstCountOf(name)) continue;
      const std::string bytes = Bytes(name);
      SegmentReader reader(bytes);
      for (StoredRecord stored; reader.Next(stored);) continue;
      EXPECT_TRUE(reader.head_complete()) << name << ", round " << round;
    }
    seen += Files().size() - 1;
    EXPECT_LE(Start().end.count, count);
    for (const std::string& name : Files()) EXPECT_TRUE(FirstCountOf(name)) << name;
  }
  EXPECT_GT(seen, 5U);
}

TEST_F(Writer, FailedSyncIsNeverRetried) {
  Start();
  ASSERT_TRUE(Say("Alice", "one").ok());
  disk_.FailSync();
  const absl::Status status = writer().Sync();
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal) << status;
  const std::uint64_t syncs = disk_.counters().syncs;
  EXPECT_EQ(writer().Sync(), status);
  EXPECT_EQ(Say("Alice", "two"), status);
  EXPECT_EQ(disk_.counters().syncs, syncs);
}

}  // namespace
}  // namespace chathttp

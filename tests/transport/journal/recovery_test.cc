#include "chathttp/transport/journal/recovery.h"

#include "chathttp/transport/journal/crc32c.h"
#include "chathttp/transport/journal/little_endian.h"
#include "tests/transport/journal/journal_test.h"

namespace chathttp {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Recovers : public JournalTest {
 protected:
  static constexpr std::size_t kRecordBytes = 33;  // of a text of two bytes by Alice

  static std::string TextOf(std::size_t number) {
    return std::string(number < 10 ? "0" : "") + std::to_string(number);
  }

  // Files with ten texts each, "01" to "30"; the epoch is kFreshEpoch. Later ones do not fill them.
  void MakeThreeFiles() {
    options_.journal.segment_bytes = 10 * kRecordBytes;
    Start();
    for (std::size_t i = 1; i <= 30; ++i) {
      wall_ += absl::Seconds(1);
      ASSERT_TRUE(Say("Alice", TextOf(i)).ok());
    }
    ASSERT_TRUE(writer().Sync().ok());
    ASSERT_THAT(Files(), ElementsAre(SegmentName(0), SegmentName(10), SegmentName(20)));
    options_.journal = {};
  }

  // The bytes of the disk, to see that nothing has changed.
  std::vector<std::string> AllBytes() {
    std::vector<std::string> all = Files();
    for (const std::string& name : Files()) all.push_back(Bytes(name));
    return all;
  }
};

TEST_F(Recovers, EmptyDirectoryIsAFreshRoom) {
  const PastRoom& past = Start();
  EXPECT_EQ(past.end, (Position{kFreshEpoch, 0}));
  EXPECT_TRUE(past.clean);
  EXPECT_THAT(past.ended, IsEmpty());
  EXPECT_THAT(past.broadcasts, IsEmpty());
  EXPECT_THAT(past.members, IsEmpty());
}

TEST_F(Recovers, OtherFilesAreLeftAlone) {
  ASSERT_TRUE(disk_.Create("lock").ok());
  ASSERT_TRUE(disk_.Create("notes.txt").ok());
  Start();
  EXPECT_THAT(Files(), ElementsAre(SegmentName(0), "lock", "notes.txt"));
}

TEST_F(Recovers, PositionsOfACleanStopStayExactInTheNextEpoch) {
  Start();
  ASSERT_TRUE(Enter("Alice").ok());
  ASSERT_TRUE(Say("Alice", "hello").ok());
  ASSERT_TRUE(writer().Close().ok());
  disk_.Crash();
  options_.fresh_epoch = 5000;
  const PastRoom& past = Start();
  EXPECT_TRUE(past.clean);
  EXPECT_EQ(past.end, (Position{5000, 2}));
  EXPECT_THAT(past.ended, ElementsAre(EpochEnd{kFreshEpoch, 2}));
  EXPECT_THAT(notes(), IsEmpty());
}

// As it would otherwise, when the newest file is lost, or a backup comes back.
TEST_F(Recovers, NoEpochComesBackThatALostPartOfTheFilesHasHad) {
  Start();
  ASSERT_TRUE(Say("Alice", "hello").ok());
  options_.fresh_epoch = 5000;
  EXPECT_EQ(Start().end.epoch, 5000U);
}

// The first broadcast after the restart may be heard and lost: so the file must not look closed.
TEST_F(Recovers, CrashBehindACleanStopIsNotClean) {
  Start();
  ASSERT_TRUE(Say("Alice", "hello").ok());
  ASSERT_TRUE(writer().Close().ok());
  Start();
  ASSERT_TRUE(Say("Alice", "lost").ok());
  disk_.Crash();
  disk_.Tear(0);
  const PastRoom& past = Start();
  EXPECT_FALSE(past.clean);
  EXPECT_EQ(past.end.epoch, kFreshEpoch + 1);
}

TEST_F(Recovers, UncleanStopBeginsTheNextEpoch) {
  Start();
  ASSERT_TRUE(Say("Alice", "hello").ok());
  const PastRoom& past = Start();
  EXPECT_FALSE(past.clean);
  EXPECT_EQ(past.end, (Position{kFreshEpoch + 1, 1}));
  EXPECT_THAT(past.ended, ElementsAre(EpochEnd{kFreshEpoch, 1}));
  ASSERT_TRUE(Say("Alice", "again").ok());
  const PastRoom& later = Start();
  EXPECT_EQ(later.end, (Position{kFreshEpoch + 2, 2}));
  EXPECT_THAT(later.ended, ElementsAre(EpochEnd{kFreshEpoch, 1}, EpochEnd{kFreshEpoch + 1, 2}));
}

TEST_F(Recovers, NewEpochIsOnTheDiskBeforeTheServerStarts) {
  Start();
  Start();
  disk_.Crash();
  EXPECT_EQ(Start().end.epoch, kFreshEpoch + 2);
}

TEST_F(Recovers, MembersAreThoseWhoHadNotLeft) {
  Start();
  ASSERT_TRUE(Enter("Alice").ok());
  ASSERT_TRUE(
      Append(SessionBegun{.member = MemberId{7}, .name = "Alice", .token = TestHash(3)}).ok());
  ASSERT_TRUE(Enter("Bob").ok());
  ASSERT_TRUE(Enter("Carol").ok());
  ASSERT_TRUE(Leave("Bob").ok());
  ASSERT_TRUE(Say("Carol", "hi").ok());
  ASSERT_TRUE(Enter("bob").ok());
  const std::vector<PastMember> members = {
      {.id = MemberId{7}, .name = "Alice", .token = TestHash(3), .entered = 1},
      {.name = "Carol", .entered = 3},
      {.name = "bob", .entered = 6},
  };
  EXPECT_EQ(Start().members, members);
  EXPECT_EQ(Start().members, members) << "also from a journal that was opened again";
}

TEST_F(Recovers, BroadcastsAreThoseThatWereWritten) {
  Start();
  ASSERT_TRUE(Enter("Alice").ok());
  wall_ += absl::Nanoseconds(1'500'000'001);
  ASSERT_TRUE(Say("Alice", "h\xc3\xa9").ok());
  ASSERT_TRUE(Leave("Alice").ok());
  const std::vector<PastBroadcast> broadcasts = {
      {.count = 1,
       .wall = kJournalStart,
       .kind = Broadcast::Kind::kEntered,
       .name = "Alice",
       .text = ""},
      {.count = 2,
       .wall = wall_,
       .kind = Broadcast::Kind::kSaid,
       .name = "Alice",
       .text = "h\xc3\xa9"},
      {.count = 3, .wall = wall_, .kind = Broadcast::Kind::kLeft, .name = "Alice", .text = ""},
  };
  EXPECT_EQ(Start().broadcasts, broadcasts);
}

TEST_F(Recovers, BroadcastsComeFromSeveralFiles) {
  MakeThreeFiles();
  const PastRoom& past = Start();
  ASSERT_THAT(past.broadcasts, SizeIs(30));
  for (std::size_t i = 0; i < 30; ++i) {
    EXPECT_EQ(past.broadcasts[i].count, i + 1);
    EXPECT_EQ(past.broadcasts[i].text, TextOf(i + 1));
  }
}

TEST_F(Recovers, OnlyTheLastBroadcastsThatFitAreGiven) {
  MakeThreeFiles();
  for (std::size_t kept = 0; kept <= 30; ++kept) {
    options_.broadcast_bytes = kept * (5 + 2 + kPastBroadcastBytes);
    const PastRoom& past = Start();
    ASSERT_THAT(past.broadcasts, SizeIs(kept));
    for (std::size_t i = 0; i < kept; ++i) EXPECT_EQ(past.broadcasts[i].count, 31 - kept + i);
  }
}

// ---- What a start reads -----------------------------------------------------------------------------

// 40 files with ten texts each.
class RecoversFromManyFiles : public Recovers {
 protected:
  RecoversFromManyFiles() {
    options_.journal.segment_bytes = 10 * kRecordBytes;
    Start();
    for (std::size_t i = 1; i <= 400; ++i) {
      wall_ += absl::Minutes(1);
      EXPECT_TRUE(Say("Alice", TextOf(i)).ok());
    }
    EXPECT_TRUE(writer().Sync().ok());
    EXPECT_THAT(Files(), SizeIs(40));
  }

  void WantBroadcasts(std::size_t count) {
    options_.broadcast_bytes = count * (5 + 3 + kPastBroadcastBytes);
  }

  std::uint64_t BytesOfStart() {
    const std::uint64_t before = disk_.counters().read_bytes;
    Start();
    return disk_.counters().read_bytes - before;
  }
};

TEST_F(RecoversFromManyFiles, AStartReadsNoMoreThanItNeeds) {
  const std::uint64_t file_bytes = Bytes(Files()[20]).size();
  const std::uint64_t headers = 40 * kSegmentHeaderBytes;
  for (const std::size_t kept : {0, 5, 10, 15, 25, 105}) {
    SCOPED_TRACE(kept);
    WantBroadcasts(kept);
    EXPECT_LE(BytesOfStart(), (kept / 10 + 2) * (file_bytes + 100) + headers);
    EXPECT_EQ(recovery_.past.end.count, 400U);
    ASSERT_THAT(recovery_.past.broadcasts, SizeIs(kept));
    EXPECT_TRUE(kept == 0 || Texts(recovery_.past).front() == TextOf(401 - kept));
  }
}

TEST_F(RecoversFromManyFiles, CorruptionBehindAHeaderThatAloneIsReadPasses) {
  WantBroadcasts(15);
  disk_.FlipByte(Files()[20], kSegmentHeaderBytes + 40, 1);
  EXPECT_EQ(Start().end.count, 400U);
  disk_.FlipByte(Files()[38], kSegmentHeaderBytes + 40, 1);
  EXPECT_EQ(StartError().code(), absl::StatusCode::kDataLoss)
      << "it has broadcasts that are wanted";
}

TEST_F(RecoversFromManyFiles, BadHeaderOfAnOldFileIsCorruption) {
  WantBroadcasts(15);
  disk_.FlipByte(Files()[20], 20, 1);
  const absl::Status status = StartError();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()), HasSubstr(Files()[20]));
}

TEST_F(RecoversFromManyFiles, OldFilesGoByTheirSizesAndTimes) {
  WantBroadcasts(15);
  options_.journal.keep_age = absl::Minutes(101);  // 101 broadcasts
  Start();
  EXPECT_EQ(Files().front(), SegmentName(290));
  const std::vector<std::string> all = Files();
  std::uint64_t bytes = 0;
  for (std::size_t i = all.size() - 4; i < all.size(); ++i) bytes += Bytes(all[i]).size();
  options_.journal.keep_bytes = bytes + 30;  // of the epoch that begins
  Start();
  EXPECT_THAT(Files(), SizeIs(4));
  EXPECT_EQ(Start().end.count, 400U);
}

TEST_F(RecoversFromManyFiles, OlderEpochsAreKnownWhoseFilesAreNotRead) {
  WantBroadcasts(15);
  std::vector<EpochEnd> ended = {{kFreshEpoch, 400}};
  for (std::uint64_t epoch = 1; epoch <= 30; ++epoch) {
    options_.fresh_epoch = kFreshEpoch + 10 * epoch;
    EXPECT_EQ(Start().ended, ended);
    for (std::size_t i = 0; i < epoch % 7; ++i) ASSERT_TRUE(Say("Alice", "0123456789").ok());
    ended.push_back({options_.fresh_epoch, writer().count()});
  }
  ++options_.fresh_epoch;
  EXPECT_EQ(Start().ended, ended);
}

TEST_F(Recovers, TheLastOlderEpochsAreKept) {
  Start();
  for (std::size_t i = 0; i < JournalRoom::kMaxEnded + 5; ++i) Start();
  ASSERT_THAT(recovery_.past.ended, SizeIs(JournalRoom::kMaxEnded));
  EXPECT_EQ(recovery_.past.ended.back().epoch + 1, recovery_.past.end.epoch);
  EXPECT_EQ(recovery_.past.ended.front().epoch, recovery_.past.end.epoch - JournalRoom::kMaxEnded);
}

// ---- Torn ---------------------------------------------------------------------------------------

TEST_F(Recovers, TornTailIsCutAndThenAppendedTo) {
  Start();
  ASSERT_TRUE(Say("Alice", "one").ok());
  ASSERT_TRUE(Say("Alice", "two").ok());
  disk_.Tear(3);
  EXPECT_THAT(Texts(Start()), ElementsAre("one"));
  EXPECT_THAT(notes(), ElementsAre(HasSubstr(SegmentName(0) + " at byte ")));
  ASSERT_TRUE(Say("Alice", "three").ok());
  EXPECT_THAT(Texts(Start()), ElementsAre("one", "three"));
  EXPECT_THAT(notes(), IsEmpty());
  EXPECT_EQ(writer().segments().back().bytes, Bytes(SegmentName(0)).size());
}

TEST_F(Recovers, TornTailBehindACleanStopIsNotClean) {
  Start();
  ASSERT_TRUE(writer().Close().ok());
  ASSERT_TRUE(disk_.Append(SegmentName(0), "torn").ok());
  EXPECT_FALSE(Start().clean);
  EXPECT_EQ(recovery_.past.end.epoch, kFreshEpoch + 1);
}

TEST_F(Recovers, FileOfAWriteThatWasCutOffIsRemoved) {
  MakeThreeFiles();
  for (const char* name : {"00000000000000000030.chatlog.new", "00000000000000000020.chatlog.new",
                           "other.new", "30.chatlog.new"}) {
    ASSERT_TRUE(disk_.Create(name).ok());
    ASSERT_TRUE(disk_.Append(name, "chatl").ok());
  }
  EXPECT_EQ(Start().end.count, 30U);
  EXPECT_THAT(Files(), ElementsAre(SegmentName(0), SegmentName(10), SegmentName(20),
                                   "30.chatlog.new", "other.new"));
}

// ---- A sync that failed -------------------------------------------------------------------------

// What recovery has found is on the disk before the server goes on, though no sync of the old file tells.
TEST_F(Recovers, ACrashLosesNothingThatARestartHasFoundAfterAFailedSync) {
  for (int round = 0; round < 100; ++round) {
    SCOPED_TRACE(round);
    StartAfresh();
    ASSERT_TRUE(Say("Alice", "one").ok());
    ASSERT_TRUE(writer().Sync().ok());
    ASSERT_TRUE(Say("Alice", "two").ok());
    disk_.FailSync(0);
    ASSERT_FALSE(writer().Sync().ok());
    EXPECT_THAT(Texts(Start()), ElementsAre("one", "two"));
    ASSERT_TRUE(Say("Alice", "three").ok());
    ASSERT_TRUE(writer().Sync().ok());
    disk_.Crash();
    EXPECT_THAT(Texts(Start()), ElementsAre("one", "two", "three"));
    disk_.Crash();
    EXPECT_THAT(Texts(Start()), ElementsAre("one", "two", "three"));
  }
}

// The file looks like that of a clean stop.
TEST_F(Recovers, TheSameAfterTheSyncOfACleanStopHasFailed) {
  for (int round = 0; round < 100; ++round) {
    SCOPED_TRACE(round);
    StartAfresh();
    ASSERT_TRUE(Say("Alice", "one").ok());
    disk_.FailSync(0);
    ASSERT_FALSE(writer().Close().ok());
    EXPECT_THAT(Texts(Start()), ElementsAre("one"));
    ASSERT_TRUE(Say("Alice", "two").ok());
    ASSERT_TRUE(writer().Sync().ok());
    disk_.Crash();
    EXPECT_THAT(Texts(Start()), ElementsAre("one", "two"));
  }
}

// The machine crashes after each step of a start, and its names survive or not.
TEST_F(Recovers, ACrashWithinAStartLosesNothingThatWasSynced) {
  std::size_t unfinished = 0;
  for (int round = 0; round < 100; ++round) {
    SCOPED_TRACE(round);
    StartAfresh();
    ASSERT_TRUE(Enter("Alice").ok());
    ASSERT_TRUE(Say("Alice", "one").ok());
    ASSERT_TRUE(writer().Sync().ok());
    const bool synced_names = round % 2 == 0;
    disk_.FailSync(synced_names ? 1 : 0);  // that of the name, or that of the copy
    ASSERT_FALSE(StartError().ok());
    disk_.Crash();
    unfinished += Files().size() - 1;
    const PastRoom& past = Start();
    EXPECT_THAT(Texts(past), ElementsAre("", "one"));
    EXPECT_THAT(Members(past), ElementsAre("Alice"));
    EXPECT_THAT(Files(), ElementsAre(SegmentName(0)));
  }
  EXPECT_GT(unfinished, 10U);
}

TEST_F(Recovers, TheCopyOfTheNewestFileNeedsSpaceAndSaysSo) {
  Start();
  ASSERT_TRUE(Say("Alice", std::string(1000, 'x')).ok());
  disk_.SetCapacity(disk_.bytes() + 500);
  const absl::Status status = StartError();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("make room for it and start again"));
  disk_.SetCapacity(1 << 20);
  EXPECT_THAT(Texts(Start()), ElementsAre(std::string(1000, 'x')));
  EXPECT_THAT(Files(), SizeIs(1));
}

// ---- Corrupt ------------------------------------------------------------------------------------

TEST_F(Recovers, CorruptionIsAnErrorThatChangesNothing) {
  MakeThreeFiles();
  const std::string newest = Files().back();
  disk_.FlipByte(newest, kSegmentHeaderBytes + 40, 1);
  const std::vector<std::string> before = AllBytes();
  const absl::Status status = StartError();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()),
              AllOf(HasSubstr("/journal/" + newest), HasSubstr(" at byte 77:"),
                    HasSubstr("--history_repair"),
                    HasSubstr("keeps a copy of the file as NAME.bad and cuts it there")));
  EXPECT_EQ(AllBytes(), before);
}

TEST_F(Recovers, RepairCutsTheNewestFileAndBeginsANewEpoch) {
  MakeThreeFiles();
  disk_.FlipByte(Files().back(), kSegmentHeaderBytes + 40, 1);
  const std::string corrupt = Bytes(SegmentName(20));
  options_.repair = true;
  const PastRoom& past = Start();
  EXPECT_FALSE(past.clean);
  EXPECT_EQ(past.end.count, 21U);
  EXPECT_GT(past.end.epoch, kFreshEpoch + 1);
  EXPECT_THAT(past.ended, ElementsAre(EpochEnd{kFreshEpoch, 21}));
  EXPECT_EQ(Texts(past).back(), "21");
  EXPECT_THAT(notes(), ElementsAre(AllOf(HasSubstr("cut /journal/" + SegmentName(20)),
                                         HasSubstr(SegmentName(20) + ".bad is a copy"))));
  disk_.Crash();
  EXPECT_EQ(Bytes(SegmentName(20) + ".bad"), corrupt);
  options_.repair = false;
  ASSERT_TRUE(Say("Alice", "on").ok());
  EXPECT_EQ(Texts(Start()).back(), "on");
}

// Epochs that the lost bytes told of must not come again.
TEST_F(Recovers, EpochAfterARepairIsAboveThoseThatWereLost) {
  Start();
  ASSERT_TRUE(Say("Alice", "one").ok());
  for (int i = 0; i < 50; ++i) Start();
  const std::uint64_t highest = recovery_.past.end.epoch;
  EXPECT_EQ(highest, kFreshEpoch + 50);
  disk_.FlipByte(SegmentName(0), kSegmentHeaderBytes + 20, 1);
  options_.repair = true;
  EXPECT_GT(Start().end.epoch, highest);
}

TEST_F(Recovers, RepairWithNothingToRepairIsAnOrdinaryStart) {
  Start();
  ASSERT_TRUE(writer().Close().ok());
  options_.repair = true;
  EXPECT_EQ(Start().end, (Position{kFreshEpoch, 0}));
  EXPECT_THAT(recovery_.past.ended, IsEmpty()) << "the epoch goes on";
}

TEST_F(Recovers, CorruptOlderFileIsAnError) {
  MakeThreeFiles();
  for (const std::uint64_t at :
       {std::uint64_t{3}, std::uint64_t{100}, Bytes(Files()[1]).size() - 1}) {
    disk_.FlipByte(Files()[1], at, 4);
    const std::vector<std::string> before = AllBytes();
    const absl::Status status = StartError();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << at;
    EXPECT_THAT(std::string(status.message()),
                AllOf(HasSubstr(Files()[1]), HasSubstr("sets it and all files before it aside")));
    EXPECT_EQ(AllBytes(), before);
    disk_.FlipByte(Files()[1], at, 4);
  }
  EXPECT_TRUE(StartError().ok());
}

TEST_F(Recovers, RepairSetsACorruptOlderFileAndThoseBeforeItAside) {
  MakeThreeFiles();
  disk_.FlipByte(Files()[1], 100, 4);
  const std::string first = Bytes(SegmentName(0));
  const std::string second = Bytes(SegmentName(10));
  options_.repair = true;
  const PastRoom& past = Start();
  EXPECT_EQ(past.end.count, 30U);
  EXPECT_GE(past.end.epoch, kFreshEpoch + 1);
  EXPECT_THAT(past.broadcasts, SizeIs(10));
  EXPECT_THAT(notes(), SizeIs(2));
  disk_.Crash();
  EXPECT_THAT(Files(),
              ElementsAre(SegmentName(0) + ".bad", SegmentName(10) + ".bad", SegmentName(20)));
  EXPECT_EQ(Bytes(SegmentName(0) + ".bad"), first);
  EXPECT_EQ(Bytes(SegmentName(10) + ".bad"), second);
  options_.repair = false;
  EXPECT_EQ(Start().end.count, 30U);
}

TEST_F(Recovers, MissingFileIsAnErrorUntilItIsRepaired) {
  MakeThreeFiles();
  ASSERT_TRUE(disk_.Remove(Files()[1]).ok());
  const absl::Status status = StartError();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()),
              AllOf(HasSubstr("the files behind /journal/" + SegmentName(0)),
                    HasSubstr("ends at the count 10, and the next file starts at 20"),
                    HasSubstr("--history_repair")));
  options_.repair = true;
  EXPECT_EQ(Start().end.count, 30U);
  EXPECT_THAT(Start().broadcasts, SizeIs(10));
}

TEST_F(Recovers, MissingOldestFilesAreNoError) {
  MakeThreeFiles();
  ASSERT_TRUE(disk_.Remove(Files()[0]).ok());
  EXPECT_THAT(Start().broadcasts, SizeIs(20));
}

TEST_F(Recovers, FileUnderAnotherNameIsAnError) {
  MakeThreeFiles();
  const std::string bytes = Bytes(Files()[2]);
  ASSERT_TRUE(disk_.Remove(Files()[2]).ok());
  ASSERT_TRUE(disk_.Create(SegmentName(21)).ok());
  ASSERT_TRUE(disk_.Append(SegmentName(21), bytes).ok());
  EXPECT_EQ(StartError().code(), absl::StatusCode::kDataLoss);
}

TEST_F(Recovers, CorruptHeadOfTheOnlyFileIsAnErrorAndRepairBeginsAFreshRoom) {
  Start();
  ASSERT_TRUE(Say("Alice", "one").ok());
  disk_.FlipByte(SegmentName(0), 20, 1);
  const std::string corrupt = Bytes(SegmentName(0));
  const absl::Status status = StartError();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("its head is bad; start once with --history_repair, which sets the file "
                        "aside as NAME.bad, so that the room is empty, and begins a new epoch"));
  options_.repair = true;
  options_.fresh_epoch = 9000;
  EXPECT_EQ(Start().end, (Position{9000, 0}));
  EXPECT_EQ(Bytes(SegmentName(0) + ".bad"), corrupt);
}

TEST_F(Recovers, RepairSetsTheNewestFileAsideIfItsHeadIsCorrupt) {
  MakeThreeFiles();
  disk_.FlipByte(SegmentName(20), 20, 1);
  const std::string corrupt = Bytes(SegmentName(20));
  const std::vector<std::string> before = AllBytes();
  EXPECT_THAT(std::string(StartError().message()),
              HasSubstr("sets the file aside as NAME.bad and goes on behind the one before it"));
  EXPECT_EQ(AllBytes(), before);
  options_.repair = true;
  const PastRoom& past = Start();
  EXPECT_EQ(past.end.count, 20U);
  EXPECT_GT(past.end.epoch, kFreshEpoch + corrupt.size());
  EXPECT_THAT(notes(), ElementsAre("renamed /journal/" + SegmentName(20) + " to " +
                                   SegmentName(20) + ".bad: its head is corrupt"));
  disk_.Crash();
  EXPECT_THAT(Files(), ElementsAre(SegmentName(0), SegmentName(10), SegmentName(20) + ".bad"));
  EXPECT_EQ(Bytes(SegmentName(20) + ".bad"), corrupt);
}

TEST_F(Recovers, FilesThatWereSetAsideBeforeStay) {
  options_.repair = true;
  std::vector<std::string> kept = {SegmentName(0)};
  for (const std::string suffix : {".bad", ".bad2", ".bad3"}) {
    Start();
    ASSERT_TRUE(Say("Alice", "one").ok());
    ASSERT_TRUE(Say("Alice", "two").ok());
    disk_.FlipByte(SegmentName(0), Bytes(SegmentName(0)).size() - 40, 1);
    const std::string corrupt = Bytes(SegmentName(0));
    Start();
    kept.push_back(SegmentName(0) + suffix);
    EXPECT_THAT(Files(), testing::ElementsAreArray(kept));
    EXPECT_EQ(Bytes(kept.back()), corrupt);
  }
}

TEST_F(Recovers, CopyThatARepairHasNotFinishedIsRemoved) {
  MakeThreeFiles();
  disk_.FlipByte(SegmentName(20), kSegmentHeaderBytes + 40, 1);
  options_.repair = true;
  disk_.FailSync();
  EXPECT_FALSE(StartError().ok());
  EXPECT_THAT(Files(), Contains(SegmentName(20) + ".bad.new"));
  EXPECT_EQ(Start().end.count, 21U);
  EXPECT_THAT(Files(), ElementsAre(SegmentName(0), SegmentName(10), SegmentName(20),
                                   SegmentName(20) + ".bad"));
}

TEST_F(Recovers, OtherVersionIsAnErrorThatRepairDoesNotTouch) {
  std::string header;
  AppendSegmentHeader({}, header);
  header[8] = 2;
  header.resize(header.size() - 4);
  AppendLittleEndian(Crc32c(header), header);
  ASSERT_TRUE(disk_.Create(SegmentName(0)).ok());
  ASSERT_TRUE(disk_.Append(SegmentName(0), header + "what only that version knows").ok());
  options_.repair = true;
  const std::vector<std::string> before = AllBytes();
  const absl::Status status = StartError();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
  EXPECT_EQ(AllBytes(), before);
}

// ---- Errors of the disk ---------------------------------------------------------------------------

TEST_F(Recovers, FullDiskAtTheStartIsAnError) {
  disk_.SetCapacity(10);
  EXPECT_EQ(StartError().code(), absl::StatusCode::kResourceExhausted);
  disk_.SetCapacity(1 << 20);
  EXPECT_EQ(Start().end.epoch, kFreshEpoch);
}

TEST_F(Recovers, FailedSyncAtTheStartIsAnError) {
  disk_.FailSync();
  EXPECT_EQ(StartError().code(), absl::StatusCode::kInternal);
}

}  // namespace
}  // namespace chathttp

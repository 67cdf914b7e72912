#include "chathttp/transport/journal/segment.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "chathttp/transport/journal/crc32c.h"
#include "chathttp/transport/journal/little_endian.h"

namespace chathttp {
namespace {

using End = SegmentReader::End;

const JournalRecord kSaid = SaidOrNotice{.name = "Alice", .text = "hello"};
const JournalRecord kPresent = MemberPresent{.name = "Alice", .entered = 12};

// A file that starts behind 40 broadcasts, with Alice in the room.
class SegmentFile : public testing::Test {
 protected:
  SegmentFile() {
    AppendSegmentHeader({.epoch = 9, .first_count = 40, .records = 1}, bytes_);
    AppendRecord(40, kPresent, bytes_);
  }

  // Reads `bytes` to the end; the number of records is in records_.
  End Read(const std::string& bytes) {
    reader_.emplace(bytes);
    records_ = 0;
    for (StoredRecord stored; reader_->Next(stored);) ++records_;
    return reader_->end();
  }

  void Add(std::uint64_t count, const JournalRecord& record) {
    ends_.push_back(bytes_.size());
    AppendRecord(count, record, bytes_);
  }

  std::string bytes_;
  std::vector<std::size_t> ends_;  // of the records before those of Add
  std::optional<SegmentReader> reader_;
  int records_ = 0;
};

TEST(SegmentName, SortsByCount) {
  EXPECT_EQ(SegmentName(0), "00000000000000000000.chatlog");
  EXPECT_EQ(SegmentName(kMaxJournalCount), "01000000000000000000.chatlog");
  EXPECT_LT(SegmentName(9), SegmentName(10));
  EXPECT_EQ(FirstCountOf(SegmentName(123)), 123U);
}

TEST(SegmentName, OtherNamesAreNone) {
  for (const char* name : {"", "lock", ".chatlog", "123.chatlog", "0000000000000000000x.chatlog",
                           "00000000000000000001.chatlog~", "99999999999999999999.chatlog",
                           "01000000000000000001.chatlog", "+0000000000000000001.chatlog"}) {
    EXPECT_FALSE(FirstCountOf(name)) << name;
  }
}

TEST_F(SegmentFile, GivesItsRecordsInOrder) {
  Add(40, kSaid);
  Add(41, EpochBegun{11});
  Add(41, kSaid);
  EXPECT_EQ(Read(bytes_), End::kWhole);
  EXPECT_EQ(records_, 4);
  EXPECT_EQ(reader_->count(), 42U);
  EXPECT_EQ(reader_->epoch(), 11U);
  EXPECT_EQ(reader_->offset(), bytes_.size());
  EXPECT_TRUE(reader_->head_complete());
}

TEST_F(SegmentFile, CutOffLastRecordIsTorn) {
  Add(40, kSaid);
  Add(41, kSaid);
  for (std::size_t size = ends_[1] + 1; size < bytes_.size(); ++size) {
    EXPECT_EQ(Read(bytes_.substr(0, size)), End::kTorn) << size;
    EXPECT_EQ(records_, 2) << size;
    EXPECT_EQ(reader_->offset(), ends_[1]) << size;
  }
}

TEST_F(SegmentFile, ZerosBehindTheLastRecordAreTorn) {
  Add(40, kSaid);
  EXPECT_EQ(Read(bytes_ + std::string(5000, '\0')), End::kTorn);
  EXPECT_EQ(reader_->offset(), bytes_.size());
}

TEST_F(SegmentFile, BadRecordWithAValidOneBehindItIsCorrupt) {
  Add(40, kSaid);
  Add(41, kSaid);
  for (std::size_t at = ends_[0]; at < ends_[1]; ++at) {
    std::string changed = bytes_;
    changed[at] = static_cast<char>(changed[at] ^ 0x10);
    EXPECT_EQ(Read(changed), End::kCorrupt) << at;
    EXPECT_EQ(records_, 1) << at;
    EXPECT_EQ(reader_->offset(), ends_[0]) << at;
  }
}

TEST_F(SegmentFile, ShortestRecordBehindABadOneIsFound) {
  Add(40, Closed{});
  Add(40, Closed{});
  bytes_[ends_[0]] = '\x7f';
  EXPECT_EQ(Read(bytes_), End::kCorrupt) << "the length is the bad part";
}

TEST_F(SegmentFile, RecordOfAnotherPlaceIsBad) {
  Add(40, kSaid);
  Add(42, kSaid);
  EXPECT_EQ(Read(bytes_), End::kTorn);
  EXPECT_EQ(records_, 2);
}

TEST_F(SegmentFile, EpochNeverFalls) {
  Add(40, EpochBegun{8});
  EXPECT_EQ(Read(bytes_), End::kTorn);
  EXPECT_EQ(records_, 1);
}

TEST_F(SegmentFile, RecordsOfTheHeadAreBadBehindIt) {
  const std::string head = bytes_;
  for (const JournalRecord& record :
       {kPresent, JournalRecord(EpochEnded{.epoch = 3, .count = 7})}) {
    bytes_ = head;
    Add(40, record);
    EXPECT_EQ(Read(bytes_), End::kTorn);
    EXPECT_EQ(records_, 1);
  }
}

TEST_F(SegmentFile, HeaderIsReadAsItWasWritten) {
  for (const absl::Time wall : {absl::InfinitePast(), absl::FromUnixNanos(-7),
                                absl::FromUnixNanos(1'796'049'300'123'456'789)}) {
    std::string header;
    AppendSegmentHeader({.epoch = 9, .first_count = 40, .records = 3, .last_wall = wall}, header);
    EXPECT_EQ(header.size(), kSegmentHeaderBytes);
    const SegmentReader reader(header);
    ASSERT_TRUE(reader.header());
    EXPECT_EQ(reader.header()->epoch, 9U);
    EXPECT_EQ(reader.header()->first_count, 40U);
    EXPECT_EQ(reader.header()->records, 3U);
    EXPECT_EQ(reader.header()->last_wall, wall);
  }
}

// A file gets its name when its head is on the disk.
TEST_F(SegmentFile, HeadThatIsCutOffOrBadIsCorrupt) {
  std::string two;
  AppendSegmentHeader({.epoch = 9, .first_count = 40, .records = 2}, two);
  AppendRecord(40, kPresent, two);
  const std::size_t second = two.size();
  AppendRecord(40, MemberPresent{.name = "Bob"}, two);
  for (std::size_t size = 0; size < two.size(); ++size) {
    EXPECT_EQ(Read(two.substr(0, size)), End::kCorrupt) << size;
    EXPECT_FALSE(reader_->head_complete());
  }
  for (const std::size_t at : {std::size_t{0}, std::size_t{20}, second - 1}) {
    std::string changed = two;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    EXPECT_EQ(Read(changed), End::kCorrupt) << at;
    EXPECT_FALSE(reader_->head_complete());
  }
}

TEST_F(SegmentFile, OtherVersionIsNotCorrupt) {
  std::string header = bytes_.substr(0, kSegmentHeaderBytes - 4);
  header[8] = 2;
  AppendLittleEndian(Crc32c(header), header);
  EXPECT_EQ(Read(header + "whatever follows"), End::kOtherVersion);
  EXPECT_EQ(records_, 0);
}

TEST_F(SegmentFile, CountsNeverOverflow) {
  std::string last;
  AppendSegmentHeader({.epoch = 1, .first_count = kMaxJournalCount}, last);
  AppendRecord(kMaxJournalCount, kSaid, last);
  EXPECT_EQ(Read(last), End::kTorn);
  std::string beyond;
  AppendSegmentHeader({.epoch = 1, .first_count = kMaxJournalCount + 1}, beyond);
  EXPECT_EQ(Read(beyond), End::kCorrupt);
  EXPECT_FALSE(reader_->header());
}

TEST_F(SegmentFile, RandomBytesGiveNothing) {
  std::mt19937 random(1);
  for (int round = 0; round < 200; ++round) {
    std::string bytes(random() % 300, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    EXPECT_EQ(Read(bytes), End::kCorrupt);
    EXPECT_EQ(Read(bytes_ + bytes), bytes.empty() ? End::kWhole : End::kTorn);
    EXPECT_EQ(records_, 1);
  }
}

}  // namespace
}  // namespace chathttp

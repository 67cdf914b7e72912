#include "chathttp/transport/journal/record_codec.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "chathttp/transport/journal/crc32c.h"
#include "chathttp/transport/journal/little_endian.h"

namespace chathttp {
namespace {

constexpr absl::Time kWall = absl::FromUnixNanos(1'796'049'300'123'456'789);

TokenHash HashOf(std::uint8_t first) {
  TokenHash hash{};
  for (std::size_t i = 0; i < hash.size(); ++i) hash[i] = static_cast<std::uint8_t>(first + i);
  return hash;
}

std::vector<JournalRecord> AllKinds() {
  return {
      SaidOrNotice{.wall = kWall, .kind = Broadcast::Kind::kEntered, .name = "Alice"},
      SaidOrNotice{.wall = kWall, .name = "Alice", .text = "h\xc3\xa9llo\tyou"},
      SaidOrNotice{
          .wall = absl::FromUnixNanos(-5), .kind = Broadcast::Kind::kLeft, .name = "bo.b_-9"},
      SessionBegun{.member = MemberId{0xfedcba9876543210}, .name = "Alice", .token = HashOf(0xf0)},
      EpochBegun{kMaxJournalCount},
      Closed{},
      EpochEnded{.epoch = kMaxJournalCount, .count = 3},
      MemberPresent{.name = std::string_view("Bob"), .entered = 77},
      MemberPresent{.member = MemberId{9}, .name = "Bob", .entered = 1, .token = HashOf(1)},
  };
}

std::string BytesOf(std::uint64_t count, const JournalRecord& record) {
  std::string bytes;
  AppendRecord(count, record, bytes);
  return bytes;
}

// A record with this payload, and a correct CRC.
std::string WithPayload(std::string_view payload) {
  std::string checked;
  AppendLittleEndian(static_cast<std::uint32_t>(payload.size()), checked);
  AppendLittleEndian(std::uint64_t{7}, checked);
  checked.append(payload);
  std::string crc;
  AppendLittleEndian(Crc32c(checked), crc);
  return checked.insert(4, crc);
}

TEST(RecordCodec, EachKindIsReadAsItWasWritten) {
  for (const JournalRecord& record : AllKinds()) {
    const std::string bytes = BytesOf(1'000'000, record) + "more";
    const auto stored = ReadRecord(bytes, 0, kMaxJournalCount);
    ASSERT_TRUE(stored) << record.index();
    EXPECT_EQ(stored->record, record) << record.index();
    EXPECT_EQ(stored->count, 1'000'000U);
    EXPECT_EQ(stored->bytes, bytes.size() - 4);
  }
}

// The format does not change: old files stay readable.
TEST(RecordCodec, BytesAreThoseOfTheDescription) {
  EXPECT_EQ(BytesOf(7, Closed{}), WithPayload("\6"));
  EXPECT_EQ(BytesOf(7, EpochBegun{0x0102}), WithPayload(std::string("\5\2\1\0\0\0\0\0\0", 9)));
  EXPECT_EQ(BytesOf(7, SaidOrNotice{.wall = absl::FromUnixNanos(3), .name = "Al", .text = "hi"}),
            WithPayload(std::string("\2\3\0\0\0\0\0\0\0\2Alhi", 14)));
}

TEST(RecordCodec, ARecordThatIsCutOffIsNone) {
  for (const JournalRecord& record : AllKinds()) {
    const std::string bytes = BytesOf(5, record);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      EXPECT_FALSE(ReadRecord(bytes.substr(0, size), 5, 5)) << record.index() << " " << size;
    }
  }
}

TEST(RecordCodec, AChangedBitMakesARecordInvalid) {
  for (const JournalRecord& record : AllKinds()) {
    const std::string bytes = BytesOf(5, record);
    for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
      std::string changed = bytes + std::string(600, '\0');
      changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
      EXPECT_FALSE(ReadRecord(changed, 0, kMaxJournalCount)) << record.index() << " " << bit;
    }
  }
}

TEST(RecordCodec, ARecordCountsOnlyAtItsPlace) {
  const std::string bytes = BytesOf(5, Closed{});
  EXPECT_TRUE(ReadRecord(bytes, 5, 5));
  EXPECT_FALSE(ReadRecord(bytes, 6, 9));
  EXPECT_FALSE(ReadRecord(bytes, 0, 4));
}

TEST(RecordCodec, ZerosAreNoRecord) {
  EXPECT_FALSE(ReadRecord(std::string(1000, '\0'), 0, kMaxJournalCount));
}

TEST(RecordCodec, AHugeLengthIsNoRecord) {
  std::string bytes = BytesOf(5, Closed{});
  bytes.replace(0, 4, "\xff\xff\xff\xff");
  EXPECT_FALSE(ReadRecord(bytes, 0, kMaxJournalCount));
}

// Somebody made them: the CRC is correct.
TEST(RecordCodec, NamesAndTextsThatBreakTheRulesMakeARecordInvalid) {
  const std::string said("\2\3\0\0\0\0\0\0\0\2Al", 12);
  const std::string left("\3\3\0\0\0\0\0\0\0\2Al", 12);
  EXPECT_TRUE(ReadRecord(WithPayload(said + "x"), 7, 7));
  EXPECT_TRUE(ReadRecord(WithPayload(left), 7, 7));
  for (const std::string& payload : {
           said,                                                       // blank
           said + "\x1b[2J",                                           // controls the terminal
           said + "\xff",                                              // not UTF-8
           said + "a\nb",                                              // two lines
           left + "x",                                                 // a notice with a text
           std::string("\1\3\0\0\0\0\0\0\0\2A", 11),                   // a name that is cut off
           std::string("\1\3\0\0\0\0\0\0\0\0", 10),                    // no name
           std::string("\1\3\0\0\0\0\0\0\0\2A ", 12),                  // a name with a space
           std::string("\4\1\0\0\0\0\0\0\0", 9),                       // a session without a hash
           std::string("\5\1\0\0\0\0\0\0", 8),                         // an epoch that is cut off
           std::string("\5\xff\xff\xff\xff\xff\xff\xff\xff", 9),       // an epoch above the limit
           std::string("\6\0", 2),                                     // bytes behind the end
           std::string("\7\1\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\5Al", 20),  // half a hash
           std::string("\x8\1\0\0\0\0\0\0\0\1\0\0\0\0\0\0", 16),       // an end that is cut off
           std::string("\x8\1\0\0\0\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff",
                       17),       // above the limit
           std::string("\0", 1),  // no such kind
           std::string("\x09"
                       "Al"),  // no such kind
       }) {
    EXPECT_FALSE(ReadRecord(WithPayload(payload), 7, 7)) << testing::PrintToString(payload);
  }
}

}  // namespace
}  // namespace chathttp

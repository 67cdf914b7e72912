// The bytes of entries and snapshots, and the replies that have them.
#include "chathttp/adapters/redis/entry.h"

#include <string>
#include <vector>

#include "chathttp/adapters/redis/bytes.h"
#include "chathttp/adapters/redis/snapshot.h"
#include "gtest/gtest.h"

namespace chathttp::redis {
namespace {

const absl::Time kWall = absl::FromUnixNanos(1'700'000'000'123'456'789);

Entry SampleBatch() {
  Entry entry{.wall = kWall,
              .known = {3, 70'000},
              .hash = 0xfedcba9876543210,
              .server = ServerNumber{(1 << 24) - 1},
              .n = 1ull << 40};
  entry.commands = {
      {.kind = BatchCommand::Kind::kLogin, .number = 7, .text = "Alice"},
      {.kind = BatchCommand::Kind::kSay,
       .delay = absl::Nanoseconds(-5),
       .number = (1ull << 40) - 1,
       .text = "Hi"},
      {.kind = BatchCommand::Kind::kLogout, .delay = absl::Hours(1), .number = 0},
      {.kind = BatchCommand::Kind::kTick},
      {.kind = BatchCommand::Kind::kGone, .gone = ServerNumber{9}, .heard = {3, 300}},
  };
  return entry;
}

TEST(EntryTest, ABatchComesBackAsItWas) {
  const Entry entry = SampleBatch();
  const std::string bytes = EncodeEntry(entry);
  const absl::StatusOr<Entry> decoded = DecodeEntry(bytes);
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_EQ(EncodeEntry(*decoded), bytes);
  EXPECT_EQ(decoded->wall, kWall);
  EXPECT_EQ(decoded->known, entry.known);
  EXPECT_EQ(decoded->hash, entry.hash);
  EXPECT_EQ(decoded->server, entry.server);
  EXPECT_EQ(decoded->n, entry.n);
  ASSERT_EQ(decoded->commands.size(), 5u);
  EXPECT_EQ(decoded->commands[1].delay, absl::Nanoseconds(-5));
  EXPECT_EQ(decoded->commands[1].number, (1ull << 40) - 1);
  EXPECT_EQ(decoded->commands[1].text, "Hi");
  EXPECT_EQ(decoded->commands[2].delay, absl::Hours(1));
  EXPECT_EQ(decoded->commands[4].gone, ServerNumber{9});
  EXPECT_EQ(decoded->commands[4].heard, (Position{3, 300}));
}

TEST(EntryTest, OtherKindsComeBackAsTheyWere) {
  for (const Entry::Kind kind :
       {Entry::Kind::kCreate, Entry::Kind::kServerUp, Entry::Kind::kRestart}) {
    Entry entry{.kind = kind, .wall = kWall};
    if (kind != Entry::Kind::kCreate) entry.text = "why or who";
    if (kind == Entry::Kind::kServerUp) {
      entry.known = {1, 2};
      entry.hash = 3;
      entry.nonce = 0x8000000000000001;
      entry.max_members = 10'000;
      entry.max_text_bytes = 4096;
    }
    const std::string bytes = EncodeEntry(entry);
    const absl::StatusOr<Entry> decoded = DecodeEntry(bytes);
    ASSERT_TRUE(decoded.ok()) << decoded.status();
    EXPECT_EQ(decoded->kind, kind);
    EXPECT_EQ(decoded->text, entry.text);
    EXPECT_EQ(decoded->nonce, entry.nonce);
    EXPECT_EQ(decoded->max_members, entry.max_members);
    EXPECT_EQ(decoded->max_text_bytes, entry.max_text_bytes);
    EXPECT_EQ(decoded->known, entry.known);
    EXPECT_EQ(EncodeEntry(*decoded), bytes);
  }
}

TEST(EntryTest, NoPrefixAndNoExtensionIsAnEntry) {
  const std::string bytes = EncodeEntry(SampleBatch());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_TRUE(absl::IsDataLoss(DecodeEntry(bytes.substr(0, size)).status())) << size;
  }
  EXPECT_TRUE(absl::IsDataLoss(DecodeEntry(bytes + "x").status()));
}

TEST(EntryTest, AChangedByteNeverGivesAnotherEntryWithTheSameBytes) {
  const std::string bytes = EncodeEntry(SampleBatch());
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = bytes;
      changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
      const absl::StatusOr<Entry> decoded = DecodeEntry(changed);
      EXPECT_EQ(absl::IsUnimplemented(decoded.status()), at == 0);
      EXPECT_TRUE(!decoded.ok() || EncodeEntry(*decoded) != bytes);
    }
  }
}

TEST(EntryTest, NumbersBeyondTheirRangesAreRefused) {
  Entry entry = SampleBatch();
  entry.server = ServerNumber{1 << 24};
  EXPECT_FALSE(DecodeEntry(EncodeEntry(entry)).ok());
  entry.server = ServerNumber{0};
  EXPECT_FALSE(DecodeEntry(EncodeEntry(entry)).ok());
  entry = SampleBatch();
  entry.commands[0].number = 1ull << 40;
  EXPECT_FALSE(DecodeEntry(EncodeEntry(entry)).ok());
}

TEST(EntryTest, ABatchHasAtMostSoManyCommands) {
  Entry entry = SampleBatch();
  entry.commands.assign(kMaxBatchCommands, {.kind = BatchCommand::Kind::kTick});
  EXPECT_TRUE(DecodeEntry(EncodeEntry(entry)).ok());
  entry.commands.emplace_back();
  EXPECT_EQ(DecodeEntry(EncodeEntry(entry)).status(),
            absl::DataLossError("it has 65 commands, at most 64 are allowed"));
}

TEST(EntryTest, ACountThatIsTooLargeTakesNoMemory) {
  Entry entry = SampleBatch();
  const std::string head = EncodeBatchHead(entry, std::size_t{1} << 50);
  EXPECT_TRUE(absl::IsDataLoss(DecodeEntry(head).status()));
}

TEST(BytesTest, VarintsOfAllLengthsComeBack) {
  for (int bits = 0; bits <= 64; ++bits) {
    for (const std::uint64_t more : {0u, 1u}) {
      const std::uint64_t value = (bits == 64 ? 0 : 1ull << bits) - more;
      std::string bytes;
      ByteWriter(bytes).Varint(value);
      ByteWriter(bytes).Signed(static_cast<std::int64_t>(value));
      ByteReader in(bytes);
      EXPECT_EQ(in.Varint(), value);
      EXPECT_EQ(in.Signed(), static_cast<std::int64_t>(value));
      EXPECT_TRUE(in.ok() && in.at_end());
    }
  }
  ByteReader too_long("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02");
  EXPECT_EQ(too_long.Varint(), 0u);
  EXPECT_FALSE(too_long.ok());
}

TEST(SnapshotTest, ASnapshotComesBackAsItWas) {
  Snapshot snapshot{.hash = 0xfedcba9876543210, .server_count = 12};
  snapshot.servers = {
      {.number = ServerNumber{3},
       .nonce = 7,
       .max_members = 70'000,
       .max_text_bytes = 80,
       .name = "one",
       .n = 9,
       .heard = {2, 5}},
      {.number = ServerNumber{12}, .nonce = 8, .name = "", .n = 0, .heard = {2, 0}}};
  snapshot.members = {{MemberIdOf(ServerNumber{12}, 1), "Zoe"},
                      {MemberIdOf(ServerNumber{3}, 2), "Adam"}};
  const std::string bytes = EncodeSnapshot(snapshot);
  const absl::StatusOr<Snapshot> decoded = DecodeSnapshot(bytes);
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_EQ(*decoded, snapshot);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_TRUE(absl::IsDataLoss(DecodeSnapshot(bytes.substr(0, size)).status())) << size;
  }
  EXPECT_TRUE(absl::IsDataLoss(DecodeSnapshot(bytes + "x").status()));
  EXPECT_TRUE(absl::IsUnimplemented(DecodeSnapshot("\x02").status()));
}

TEST(PositionTest, OnlyIdsAsRedisWritesThemAreParsed) {
  EXPECT_EQ(ParsePosition("18446744073709551615-0"), (Position{~std::uint64_t{0}, 0}));
  EXPECT_EQ(ToString(Position{3, 17}), "3-17");
  for (const char* const bad : {"", "-", "1", "1-", "-1", "1-2-3", "01-2", "1-02", "a-1", "1- 2",
                                "18446744073709551616-0", "+1-2"}) {
    EXPECT_FALSE(ParsePosition(bad)) << bad;
  }
}

}  // namespace
}  // namespace chathttp::redis

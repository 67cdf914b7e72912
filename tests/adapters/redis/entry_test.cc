// The bytes of entries and snapshots, and the replies that have them.
#include "chathttp/adapters/redis/entry.h"

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "chathttp/adapters/redis/bytes.h"
#include "chathttp/adapters/redis/snapshot.h"
#include "gtest/gtest.h"

namespace chathttp::redis {
namespace {

const absl::Time kWall = absl::FromUnixNanos(1'700'000'000'123'456'789);

const ServerNumber kOwn{(1 << 24) - 1};
const MemberId kReturned = MemberIdOf(ServerNumber{4}, 70'000);

TokenHash HashOf(std::uint8_t first) {
  TokenHash hash;
  for (std::uint8_t& byte : hash) byte = first++;
  return hash;
}

Entry SampleBatch() {
  Entry entry{.wall = kWall,
              .known = {3, 70'000},
              .hash = 0xfedcba9876543210,
              .server = kOwn,
              .n = 1ull << 40};
  entry.commands = {
      {.kind = BatchCommand::Kind::kLogin, .member = MemberIdOf(kOwn, 7), .text = "Alice"},
      {.kind = BatchCommand::Kind::kSay,
       .delay = absl::Nanoseconds(-5),
       .member = MemberIdOf(kOwn, (1ull << 40) - 1),
       .text = "Hi"},
      {.kind = BatchCommand::Kind::kLogout,
       .delay = absl::Hours(1),
       .member = kReturned,
       .returns = 0xffffffff},
      {.kind = BatchCommand::Kind::kTick},
      {.kind = BatchCommand::Kind::kGone, .gone = ServerNumber{9}, .heard = {3, 300}},
      {.kind = BatchCommand::Kind::kSay, .member = kReturned, .returns = 300, .text = "back"},
  };
  const SessionLogin logins[] = {
      {},
      {.begins = HashOf(1)},
      {.returns = HashOf(60)},
      {.begins = HashOf(1), .returns = HashOf(200), .since = {{1'700'000'000'000, 1ull << 63}}}};
  for (const SessionLogin& login : logins) {
    entry.commands.push_back({.kind = BatchCommand::Kind::kLogin,
                              .member = MemberIdOf(kOwn, 8),
                              .text = "Bob",
                              .session = login});
  }
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
  ASSERT_EQ(decoded->commands.size(), entry.commands.size());
  for (std::size_t i = 0; i < entry.commands.size(); ++i) {
    EXPECT_EQ(decoded->commands[i].member, entry.commands[i].member) << i;
    EXPECT_EQ(decoded->commands[i].returns, entry.commands[i].returns) << i;
    EXPECT_EQ(decoded->commands[i].text, entry.commands[i].text) << i;
    EXPECT_TRUE(decoded->commands[i].session == entry.commands[i].session) << i;
  }
  EXPECT_EQ(decoded->commands[1].delay, absl::Nanoseconds(-5));
  EXPECT_EQ(decoded->commands[2].delay, absl::Hours(1));
  EXPECT_EQ(decoded->commands[4].gone, ServerNumber{9});
  EXPECT_EQ(decoded->commands[4].heard, (Position{3, 300}));
}

TEST(EntryTest, OtherKindsComeBackAsTheyWere) {
  for (const Entry::Kind kind :
       {Entry::Kind::kCreate, Entry::Kind::kServerUp, Entry::Kind::kRestart}) {
    Entry entry{.kind = kind, .wall = kWall};
    if (kind != Entry::Kind::kCreate) entry.text = "why or who";
    if (kind != Entry::Kind::kServerUp) entry.numbering = kNumberingEnd - 1;
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
    EXPECT_EQ(decoded->numbering, entry.numbering);
    EXPECT_EQ(decoded->nonce, entry.nonce);
    EXPECT_EQ(decoded->max_members, entry.max_members);
    EXPECT_EQ(decoded->max_text_bytes, entry.max_text_bytes);
    EXPECT_EQ(decoded->known, entry.known);
    EXPECT_EQ(EncodeEntry(*decoded), bytes);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      EXPECT_TRUE(absl::IsDataLoss(DecodeEntry(bytes.substr(0, size)).status())) << size;
    }
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
  entry.commands[1].member = MemberIdOf(ServerNumber{0}, 1);
  EXPECT_TRUE(absl::IsDataLoss(DecodeEntry(EncodeEntry(entry)).status())) << "of no server";
  for (const std::uint64_t numbering : {std::uint64_t{0}, kNumberingEnd}) {
    const Entry restart{.kind = Entry::Kind::kRestart, .numbering = numbering};
    EXPECT_TRUE(absl::IsDataLoss(DecodeEntry(EncodeEntry(restart)).status())) << numbering;
  }
}

// The bytes of a batch with one command of the given kind.
std::string BatchOf(BatchCommand::Kind kind, const std::vector<std::uint64_t>& varints,
                    const std::string& rest = "") {
  std::string bytes = EncodeBatchHead({.wall = kWall, .server = kOwn, .n = 1}, 1);
  ByteWriter out(bytes);
  out.Byte(static_cast<std::uint8_t>(kind));
  out.Signed(0);
  for (const std::uint64_t varint : varints) out.Varint(varint);
  return bytes + rest;
}

TEST(EntryTest, CommandsWithNumbersBeyondTheirRangesAreRefused) {
  using Kind = BatchCommand::Kind;
  const std::uint64_t number_end = 1ull << 40;
  EXPECT_TRUE(DecodeEntry(BatchOf(Kind::kLogout, {4, number_end - 1, 0xffffffff})).ok());
  EXPECT_TRUE(DecodeEntry(BatchOf(Kind::kLogin, {number_end - 1, 0}, std::string(1, '\0'))).ok());
  for (const std::string& bytes :
       {BatchOf(Kind::kLogout, {0, 1, 0}), BatchOf(Kind::kLogout, {1 << 24, 1, 0}),
        BatchOf(Kind::kLogout, {(1ull << 32) + 1, 1, 0}),
        BatchOf(Kind::kLogout, {4, number_end, 0}), BatchOf(Kind::kLogout, {4, 1, 1ull << 32}),
        BatchOf(Kind::kSay, {4, number_end, 0, 0}),
        BatchOf(Kind::kLogin, {number_end, 0}, std::string(1, '\0'))}) {
    EXPECT_TRUE(absl::IsDataLoss(DecodeEntry(bytes).status()));
  }
}

TEST(EntryTest, ASessionHasOnlyThePartsThatAreKnown) {
  const std::string login = BatchOf(BatchCommand::Kind::kLogin, {7, 0});
  EXPECT_TRUE(DecodeEntry(login + "\x01").ok());
  for (const char* const part : {"\x02", "\x08", "\x10", "\x11", "\xff"}) {
    const std::string bytes = login + part + std::string(80, '\1');
    for (std::size_t size = login.size() + 1; size <= bytes.size(); ++size) {
      EXPECT_TRUE(absl::IsDataLoss(DecodeEntry(bytes.substr(0, size)).status()));
    }
  }
}

TEST(EntryTest, ACommandTakesNoMoreThanItsMostBytesAndItsText) {
  SessionLogin login{.begins = HashOf(1), .returns = HashOf(2)};
  login.since = {~0ull, ~0ull};
  BatchCommand command{.kind = BatchCommand::Kind::kLogin,
                       .delay = absl::Nanoseconds(std::numeric_limits<std::int64_t>::min()),
                       .member = MemberIdOf(kOwn, (1ull << 40) - 1),
                       .session = login};
  const std::string text(1 << 20, 'x');
  command.text = text;
  std::string bytes;
  AppendBatchCommand(command, bytes);
  EXPECT_LE(bytes.size(), kMaxCommandBytes + text.size());
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

Snapshot SampleSnapshot() {
  Snapshot snapshot{.hash = 0xfedcba9876543210, .server_count = 12, .last_wall = kWall};
  snapshot.servers = {
      {.number = ServerNumber{3},
       .nonce = 7,
       .max_members = 70'000,
       .max_text_bytes = 80,
       .name = "one",
       .n = 9,
       .heard = {2, 5}},
      {.number = ServerNumber{12}, .nonce = 8, .name = "", .n = 0, .heard = {2, 0}}};
  snapshot.room.end = {kNumberingEnd - 1, 1ull << 63};
  snapshot.room.ended = {{1'700'000'000'000, 70}, {1'700'000'000'001, 71}};
  snapshot.room.members = {{.id = MemberIdOf(ServerNumber{12}, 1), .name = "Zoe"},
                           {.id = MemberIdOf(ServerNumber{3}, 2),
                            .name = "Adam",
                            .token = HashOf(9),
                            .entered = 1ull << 40,
                            .host = ServerNumber{12},
                            .returns = 0xffffffff},
                           {.id = MemberIdOf(ServerNumber{2}, 3),
                            .name = "Eve",
                            .token = HashOf(70),
                            .entered = 5,
                            .host = ServerNumber{2},
                            .away = true}};
  return snapshot;
}

TEST(SnapshotTest, ASnapshotComesBackAsItWas) {
  const Snapshot snapshot = SampleSnapshot();
  const std::string bytes = EncodeSnapshot(snapshot);
  const absl::StatusOr<Snapshot> decoded = DecodeSnapshot(bytes);
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_EQ(*decoded, snapshot);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_TRUE(absl::IsDataLoss(DecodeSnapshot(bytes.substr(0, size)).status())) << size;
  }
  EXPECT_TRUE(absl::IsDataLoss(DecodeSnapshot(bytes + "x").status()));
  EXPECT_TRUE(absl::IsUnimplemented(DecodeSnapshot("\x01").status()));
  EXPECT_TRUE(absl::IsUnimplemented(DecodeSnapshot("\x03").status()));
}

TEST(SnapshotTest, AChangedByteNeverGivesTheSameSnapshot) {
  const Snapshot snapshot = SampleSnapshot();
  const std::string bytes = EncodeSnapshot(snapshot);
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = bytes;
      changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
      const absl::StatusOr<Snapshot> decoded = DecodeSnapshot(changed);
      EXPECT_TRUE(decoded.ok() ? *decoded != snapshot
                               : absl::IsUnimplemented(decoded.status()) == (at == 0));
    }
  }
}

TEST(SnapshotTest, NumbersBeyondTheirRangesAreRefused) {
  for (const std::uint64_t epoch : {std::uint64_t{0}, kNumberingEnd}) {
    Snapshot snapshot = SampleSnapshot();
    snapshot.room.end.epoch = epoch;
    EXPECT_TRUE(absl::IsDataLoss(DecodeSnapshot(EncodeSnapshot(snapshot)).status())) << epoch;
  }
  for (const std::uint32_t host : {0u, 1u << 24}) {
    Snapshot snapshot = SampleSnapshot();
    snapshot.room.members[1].host = ServerNumber{host};
    EXPECT_TRUE(absl::IsDataLoss(DecodeSnapshot(EncodeSnapshot(snapshot)).status())) << host;
  }
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

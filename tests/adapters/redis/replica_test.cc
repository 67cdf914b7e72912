// Which entries have an effect, and which batches a writer sends.
#include "chathttp/adapters/redis/replica.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "chathttp/adapters/redis/batch_writer.h"
#include "chathttp/adapters/redis/liveness.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chathttp::redis {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Judgement = Replica::Judgement;

// Applies entries one behind the other, and notes their effects.
class ReplicaTest : public testing::Test, protected EntryEffects {
 protected:
  ReplicaTest() { Begin({1, 0}, Entry::Kind::kCreate); }

  void Begin(const Position& position, Entry::Kind kind) {
    Apply(position, {.kind = kind, .wall = wall, .numbering = ++numbering});
  }
  void Up(std::uint64_t nonce) {
    Apply(Behind(), {.kind = Entry::Kind::kServerUp,
                     .wall = wall,
                     .known = replica.position(),
                     .hash = replica.hash(),
                     .nonce = nonce});
  }
  void Batch(std::uint32_t server, std::uint64_t n, std::vector<BatchCommand> commands = {{}}) {
    Entry entry{.wall = wall,
                .known = replica.position(),
                .hash = replica.hash(),
                .server = ServerNumber{server},
                .n = n};
    entry.commands = std::move(commands);
    Apply(Behind(), entry);
  }
  void Apply(const Position& position, const Entry& entry) {
    effects.clear();
    EXPECT_EQ(replica.Judge(position, entry), Judgement::kNext);
    replica.Apply(position, EncodeEntry(entry), entry, *this);
  }
  Position Behind() const { return {replica.position().epoch, replica.position().index + 1}; }
  static BatchCommand Gone(std::uint32_t server, const Position& heard) {
    return {.kind = BatchCommand::Kind::kGone, .gone = ServerNumber{server}, .heard = heard};
  }

  void OnRestart(const Entry&) override { effects.push_back("restart"); }
  void OnNumbering() override { effects.push_back("numbering"); }
  void OnServerUp(ServerNumber number, std::uint64_t nonce) override {
    effects.push_back(absl::StrCat("up ", static_cast<int>(number), " ", nonce));
  }
  void OnBatch(ServerNumber server, std::uint64_t n) override {
    effects.push_back(absl::StrCat("batch ", static_cast<int>(server), " ", n));
  }
  void OnDroppedBatch(ServerNumber server, std::uint64_t n) override {
    effects.push_back(absl::StrCat("dropped ", static_cast<int>(server), " ", n));
  }
  void OnTick(ServerNumber server) override {
    effects.push_back(absl::StrCat("tick ", static_cast<int>(server)));
  }
  void OnCommand(const Command& command) override {
    last = command;
    if (command.session != nullptr) last_session = *command.session;
    effects.push_back(
        absl::StrCat(static_cast<int>(command.kind), " of ", static_cast<int>(command.server)));
  }

  absl::Time wall = absl::FromUnixMillis(5000);
  std::uint64_t numbering = 0;  // the last one that Begin gave
  Replica replica;
  std::vector<std::string> effects;
  Command last;  // without its text and session
  std::optional<SessionLogin> last_session;
};

TEST_F(ReplicaTest, ServersGetNumbersOnce) {
  Up(70);
  EXPECT_THAT(effects, ElementsAre("up 1 70"));
  Up(80);
  EXPECT_THAT(effects, ElementsAre("up 2 80"));
  Up(70);
  EXPECT_THAT(effects, IsEmpty()) << "it was sent twice";
  Batch(2, 1, {Gone(2, {})});
  Up(90);
  EXPECT_THAT(effects, ElementsAre("up 3 90")) << "a number is never used again";
}

TEST_F(ReplicaTest, OnlyTheNextBatchOfAServerHasAnEffect) {
  Up(70);
  Batch(1, 2);
  EXPECT_THAT(effects, ElementsAre("dropped 1 2"));
  Batch(1, 1);
  EXPECT_THAT(effects, ElementsAre("batch 1 1", "tick 1"));
  Batch(1, 1);
  EXPECT_THAT(effects, ElementsAre("dropped 1 1"));
  Batch(1, 3);
  EXPECT_THAT(effects, ElementsAre("dropped 1 3"));
  Batch(1, 2);
  EXPECT_THAT(effects, ElementsAre("batch 1 2", "tick 1"));
  Batch(2, 1);
  EXPECT_THAT(effects, ElementsAre("dropped 2 1")) << "there is no such server";
}

TEST_F(ReplicaTest, AServerIsGoneOnlyIfNothingOfItLiesBetween) {
  Up(70);
  Up(80);
  const Position heard = replica.Find(ServerNumber{2})->heard;
  Batch(2, 9);
  EXPECT_THAT(effects, ElementsAre("dropped 2 9")) << "a sign of life all the same";
  Batch(1, 1, {Gone(2, heard)});
  EXPECT_THAT(effects, ElementsAre("batch 1 1"));
  Batch(1, 2, {Gone(2, replica.Find(ServerNumber{2})->heard), Gone(2, heard)});
  EXPECT_THAT(effects, ElementsAre("batch 1 2", "3 of 2")) << "once";
  Batch(2, 1);
  EXPECT_THAT(effects, ElementsAre("dropped 2 1"));
}

TEST_F(ReplicaTest, NothingOfAServerFollowsItsOwnEnd) {
  Up(70);
  Batch(1, 1,
        {Gone(1, {}),
         {.kind = BatchCommand::Kind::kLogin,
          .member = MemberIdOf(ServerNumber{1}, 1),
          .text = "Alice"}});
  EXPECT_THAT(effects, ElementsAre("batch 1 1", "3 of 1"));
}

TEST_F(ReplicaTest, ARestartForgetsServersAndNumbers) {
  Up(70);
  Batch(1, 1);
  Begin({2, 0}, Entry::Kind::kRestart);
  EXPECT_THAT(effects, ElementsAre("restart"));
  EXPECT_THAT(replica.servers(), IsEmpty());
  Up(70);
  EXPECT_THAT(effects, ElementsAre("up 1 70"));
  Begin({7, 0}, Entry::Kind::kRestart);
  EXPECT_THAT(effects, ElementsAre("restart")) << "epochs between may be trimmed";
}

TEST_F(ReplicaTest, AServerThatComesUpWhereNoneIsBeginsAnEpochOfPositions) {
  EXPECT_EQ(replica.numbering(), 1u);
  wall += absl::Minutes(1);
  Up(70);
  EXPECT_THAT(effects, ElementsAre("up 1 70")) << "nobody has heard anything";
  Up(80);
  Batch(1, 1, {Gone(1, {})});
  Up(90);
  EXPECT_THAT(effects, ElementsAre("up 3 90"));
  Batch(2, 1, {Gone(2, {})});
  Batch(3, 1, {Gone(3, {})});
  Up(100);
  EXPECT_THAT(effects, ElementsAre("numbering", "up 4 100"));
  EXPECT_EQ(replica.numbering(), 65'000u) << "the wall clock in milliseconds";
  Batch(4, 1, {Gone(4, {})});
  wall -= absl::Seconds(30);
  Up(110);
  EXPECT_THAT(effects, ElementsAre("numbering", "up 5 110"));
  EXPECT_EQ(replica.numbering(), 65'001u) << "the clock was set back";
}

TEST_F(ReplicaTest, SoDoesOneThatComesUpWhereAllAreSilent) {
  Up(70);
  Up(80);
  wall += absl::Seconds(5);
  Batch(1, 1);
  Batch(2, 7);  // a sign of life, though it has no effect
  wall += absl::Seconds(10);
  Up(90);
  EXPECT_THAT(effects, ElementsAre("up 3 90"));
  wall += absl::Milliseconds(10'001);
  Up(90);
  EXPECT_THAT(effects, IsEmpty()) << "it was sent twice";
  wall += absl::Milliseconds(10'001);
  Up(100);
  EXPECT_THAT(effects, ElementsAre("numbering", "up 4 100"));
  EXPECT_EQ(replica.numbering(), 40'002u);
}

TEST_F(ReplicaTest, ANumberingIsNotGivenTwice) {
  Up(70);
  Batch(1, 1, {Gone(1, {})});
  Up(80);
  ASSERT_EQ(replica.numbering(), 5000u);
  Entry restart{.kind = Entry::Kind::kRestart, .numbering = 5000};
  EXPECT_EQ(replica.Judge({2, 0}, restart), Judgement::kOtherPast) << "by one that has read less";
  restart.numbering = 5001;
  EXPECT_EQ(replica.Judge({2, 0}, restart), Judgement::kNext);
  Apply({2, 0}, restart);
  EXPECT_EQ(replica.numbering(), 5001u);
}

TEST_F(ReplicaTest, ANumberingGoesOnFromASnapshot) {
  Up(70);
  Batch(1, 1, {Gone(1, {})});
  Up(80);
  Snapshot snapshot = replica.MakeSnapshot();
  snapshot.room.end = {replica.numbering(), 17};
  Replica joined(replica.position(), snapshot);
  EXPECT_EQ(joined.numbering(), 5000u);
  EXPECT_EQ(joined.MakeSnapshot().last_wall, wall);
  wall += absl::Seconds(9);
  Up(90);
  const Entry up{.kind = Entry::Kind::kServerUp, .wall = wall, .nonce = 90};
  joined.Apply(replica.position(), "", up, *this);
  EXPECT_EQ(joined.numbering(), 5000u);
}

TEST_F(ReplicaTest, ACommandMayBeThatOfAMemberOfAnotherServer) {
  Up(70);
  Up(80);
  const MemberId alice = MemberIdOf(ServerNumber{1}, 6);
  Batch(2, 1, {{.kind = BatchCommand::Kind::kSay, .member = alice, .returns = 3, .text = "hi"}});
  EXPECT_EQ(last.server, ServerNumber{2});
  EXPECT_EQ(last.member, alice);
  EXPECT_EQ(last.returns, 3u);
  EXPECT_FALSE(last_session);
  SessionLogin session;
  session.since = {3, 4};
  Batch(2, 2,
        {{.kind = BatchCommand::Kind::kLogin,
          .member = MemberIdOf(ServerNumber{2}, 1),
          .text = "Bob",
          .session = session}});
  EXPECT_TRUE(last_session == session);
}

TEST_F(ReplicaTest, EntriesThatDoNotFollowAreMissed) {
  Up(70);
  Entry tick{
      .known = replica.position(), .hash = replica.hash(), .server = ServerNumber{1}, .n = 1};
  tick.commands = {{}};
  const Entry restart{.kind = Entry::Kind::kRestart, .numbering = 2};
  EXPECT_EQ(replica.Judge({1, 2}, tick), Judgement::kNext);
  EXPECT_EQ(replica.Judge({1, 3}, tick), Judgement::kMissing);
  EXPECT_EQ(replica.Judge({2, 0}, tick), Judgement::kMissing);
  EXPECT_EQ(replica.Judge({2, 1}, tick), Judgement::kMissing);
  EXPECT_EQ(replica.Judge({2, 0}, restart), Judgement::kNext);
  EXPECT_EQ(replica.Judge({2, 1}, restart), Judgement::kMissing);
  EXPECT_EQ(replica.Judge({1, 2}, restart), Judgement::kMissing);
}

TEST_F(ReplicaTest, AnotherPastShowsInTheHashOfAnyKeptPlace) {
  Up(70);
  std::vector<std::pair<Position, std::uint64_t>> places;
  for (std::uint64_t n = 1; n <= Replica::kKeptHashes + 10; ++n) {
    places.emplace_back(replica.position(), replica.hash());
    Batch(1, n);
  }
  const auto judge = [&](std::size_t back, std::uint64_t change) {
    const auto& [position, hash] = places[places.size() - back];
    Entry entry{.known = position, .hash = hash ^ change, .server = ServerNumber{1}, .n = 1};
    entry.commands = {{}};
    return replica.Judge(Behind(), entry);
  };
  for (const std::size_t back : {std::size_t{1}, std::size_t{2}, Replica::kKeptHashes - 1}) {
    EXPECT_EQ(judge(back, 0), Judgement::kNext) << back;
    EXPECT_EQ(judge(back, 1), Judgement::kOtherPast) << back;
  }
  EXPECT_EQ(judge(Replica::kKeptHashes, 1), Judgement::kNext) << "too old to tell";
  Entry ahead{.known = Behind(), .hash = 0, .server = ServerNumber{1}, .n = 1};
  EXPECT_EQ(replica.Judge(Behind(), ahead), Judgement::kOtherPast);
}

TEST_F(ReplicaTest, TheHashDependsOnEveryByteAndOnThePlace) {
  Up(70);
  const Replica before = replica;
  Batch(1, 1,
        {{.kind = BatchCommand::Kind::kSay,
          .member = MemberIdOf(ServerNumber{1}, 1),
          .text = "abcdefghi"}});
  const std::uint64_t hash = replica.hash();
  for (const char* const text : {"abcdefghj", "bbcdefghi", "abcdefgh", "abcdefghii"}) {
    replica = before;
    Batch(1, 1,
          {{.kind = BatchCommand::Kind::kSay,
            .member = MemberIdOf(ServerNumber{1}, 1),
            .text = text}});
    EXPECT_NE(replica.hash(), hash) << text;
  }
  replica = before;
  Batch(1, 1,
        {{.kind = BatchCommand::Kind::kSay,
          .member = MemberIdOf(ServerNumber{1}, 1),
          .text = "abcdefghi"}});
  EXPECT_EQ(replica.hash(), hash);
}

TEST_F(ReplicaTest, AReplicaGoesOnFromItsSnapshot) {
  Up(70);
  Up(80);
  Batch(2, 1);
  Replica other(replica.position(), replica.MakeSnapshot());
  Batch(1, 1);
  EXPECT_NE(other.hash(), replica.hash());
  Replica first = std::move(replica);
  replica = std::move(other);
  Batch(1, 1);
  EXPECT_EQ(replica.hash(), first.hash());
  EXPECT_EQ(replica.servers(), first.servers());
  Up(90);
  EXPECT_THAT(effects, ElementsAre("up 3 90"));
}

TEST(LivenessTest, SilenceIsCountedInOwnSignsOfLife) {
  Liveness liveness;
  std::vector<KnownServer> servers = {{.number = ServerNumber{1}, .heard = {1, 1}},
                                      {.number = ServerNumber{2}, .heard = {1, 2}}};
  const auto silent = [&] { return liveness.OnOwnTick(servers, ServerNumber{1}).size(); };
  for (int round = 0; round < 3; ++round) {
    for (int tick = 1; tick < 6; ++tick) EXPECT_EQ(silent(), 0u) << tick;
    servers[1].heard.index += 10;  // just in time
  }
  for (int tick = 1; tick < 6; ++tick) EXPECT_EQ(silent(), 0u) << tick;
  EXPECT_EQ(silent(), 1u);
  for (int tick = 1; tick < 6; ++tick) EXPECT_EQ(silent(), 0u) << tick;
  EXPECT_EQ(silent(), 1u) << "again, if the first accusation was lost";
}

// The numbers of the batches that a writer sends now.
std::vector<std::uint64_t> Sent(BatchWriter& writer) {
  std::vector<std::uint64_t> sent;
  while (const std::string* const payload = writer.NextToSend({1, 1}, 0)) {
    sent.push_back(DecodeEntry(*payload)->n);
  }
  return sent;
}

TEST(BatchWriterTest, BatchesAreSentAgainFromTheFirstThatDidNotComeBack) {
  BatchWriter writer;
  writer.Start(ServerNumber{1});
  for (int i = 0; i < 4 * 64; ++i) writer.Append({}, absl::UnixEpoch(), absl::UnixEpoch());
  EXPECT_THAT(Sent(writer), ElementsAre(1, 2, 3, 4));
  EXPECT_TRUE(writer.OnBack(1));
  writer.OnDropped(1);  // it came twice
  EXPECT_THAT(Sent(writer), IsEmpty());
  writer.OnDropped(3);  // 2 is missing
  writer.OnDropped(4);
  EXPECT_THAT(Sent(writer), ElementsAre(2, 3, 4));
  writer.OnDropped(4);
  EXPECT_THAT(Sent(writer), IsEmpty()) << "once for each hole";
  EXPECT_EQ(writer.resends(), 3u);
  EXPECT_FALSE(writer.OnBack(3));
  EXPECT_TRUE(writer.OnBack(2));
  writer.Resend();
  EXPECT_THAT(Sent(writer), ElementsAre(3, 4));
  EXPECT_TRUE(writer.OnBack(3) && writer.OnBack(4));
  EXPECT_EQ(writer.batches(), 0u);
}

TEST(BatchWriterTest, ASentBatchTakesNoMoreCommands) {
  BatchWriter writer;
  writer.Start(ServerNumber{1});
  writer.Append({}, absl::UnixEpoch(), absl::UnixEpoch());
  EXPECT_THAT(Sent(writer), ElementsAre(1));
  writer.Append({}, absl::UnixEpoch(), absl::UnixEpoch());
  EXPECT_THAT(Sent(writer), ElementsAre(2));
}

TEST(BatchWriterTest, BatchesHaveAtMost16KiBAndTheWindow32) {
  BatchWriter writer;
  writer.Start(ServerNumber{1});
  const std::string text(5000, 'x');
  const std::string large(20'000, 'x');
  std::size_t appended = 0;
  for (; !writer.full(); ++appended) {
    writer.Append({.kind = BatchCommand::Kind::kSay, .text = text}, {}, {});
  }
  EXPECT_EQ(appended, 31u * 3 + 1);
  writer.Append({.kind = BatchCommand::Kind::kSay, .text = large}, {}, {});
  std::size_t sent = 0;
  while (const std::string* const payload = writer.NextToSend({}, 0)) {
    EXPECT_LE(payload->size(), BatchWriter::kMaxBytes + 100);
    ++sent;
  }
  EXPECT_EQ(sent, 32u);
  EXPECT_TRUE(writer.OnBack(1));
  ASSERT_NE(writer.NextToSend({}, 0), nullptr);
  EXPECT_EQ(writer.NextToSend({}, 0), nullptr);
}

}  // namespace
}  // namespace chathttp::redis

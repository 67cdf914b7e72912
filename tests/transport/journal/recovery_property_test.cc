// Damage of every kind to small journals: recovery gives what was written up to some record, or says
// that the journal is corrupt. It never gives anything else.
#include <random>

#include "tests/transport/journal/journal_test.h"

namespace chathttp {
namespace {

struct Truth {
  std::vector<PastBroadcast> broadcasts;
  // Of each number of broadcasts, the members that the room may have had. Sessions begin between two
  // broadcasts, so there may be two.
  std::vector<std::vector<std::vector<PastMember>>> members;
  std::uint64_t highest_epoch = kFreshEpoch;
};

class Damage : public JournalTest, public testing::WithParamInterface<unsigned> {
 protected:
  Damage() { options_.journal.segment_bytes = 300; }

  // Draws records, and starts again now and then, cleanly or not.
  void Draw() {
    Start();
    NoteMembers();
    const std::size_t records = 8 + random_() % 25;
    for (std::size_t i = 0; i < records; ++i) DrawRecord();
    MayClose();
    truth_.highest_epoch = recovery_.past.end.epoch;
  }

  void DrawRecord() {
    const std::string name(1, static_cast<char>('a' + random_() % 4));
    wall_ += absl::Nanoseconds(random_() % 1'000'000'000);
    switch (random_() % 6) {
      case 0:
        return Add(Broadcast::Kind::kEntered, name, "");
      case 1:
        return Add(Broadcast::Kind::kLeft, name, "");
      case 2:
        if (random_() % 3 == 0) return Restart();
        return BeginSession(name);
      default:
        return Add(Broadcast::Kind::kSaid, name, std::string(1 + random_() % 40, 'x'));
    }
  }

  void Add(Broadcast::Kind kind, const std::string& name, const std::string& text) {
    ASSERT_TRUE(Append(SaidOrNotice{.wall = wall_, .kind = kind, .name = name, .text = text}).ok());
    truth_.broadcasts.push_back({.count = truth_.broadcasts.size() + 1,
                                 .wall = wall_,
                                 .kind = kind,
                                 .name = name,
                                 .text = text});
    std::erase_if(members_, [&](const PastMember& member) {
      return kind != Broadcast::Kind::kSaid && member.name == name;
    });
    if (kind == Broadcast::Kind::kEntered) {
      members_.push_back({.name = name, .entered = truth_.broadcasts.size()});
    }
    NoteMembers();
  }

  void BeginSession(const std::string& name) {
    const auto byte = static_cast<std::uint8_t>(random_());
    ASSERT_TRUE(
        Append(SessionBegun{.member = MemberId{byte}, .name = name, .token = TestHash(byte)}).ok());
    for (PastMember& member : members_) {
      if (member.name != name) continue;
      member.id = MemberId{byte};
      member.token = TestHash(byte);
    }
    NoteMembers();
  }

  void Restart() {
    MayClose();
    EXPECT_EQ(Start().end.count, truth_.broadcasts.size());
  }

  void MayClose() {
    const bool closes = random_() % 2 == 0;
    EXPECT_TRUE(!closes || writer().Close().ok());
  }

  void NoteMembers() {
    truth_.members.resize(truth_.broadcasts.size() + 1);
    truth_.members.back().push_back(members_);
  }

  // Starts from the damaged disk: it must give the truth up to some record, or say that the journal
  // is corrupt; and what is then said must be there at the next start.
  void Check(const std::string& what) {
    SCOPED_TRACE(what);
    absl::StatusOr<Recovery> recovery = Recover(disk_, options_);
    if (!recovery.ok()) {
      EXPECT_EQ(recovery.status().code(), absl::StatusCode::kDataLoss) << recovery.status();
      options_.repair = true;
      recovery = Recover(disk_, options_);
      options_.repair = false;
      ASSERT_TRUE(recovery.ok()) << recovery.status();
      EXPECT_TRUE(cuts_ || recovery->past.end.epoch > truth_.highest_epoch);
    }
    CheckPast(recovery->past);
    recovery_ = *std::move(recovery);
    const std::uint64_t count = recovery_.past.end.count;
    ASSERT_TRUE(Say("z", "after the damage").ok());
    ASSERT_TRUE(Say("z", "and again").ok());
    const std::uint64_t epoch = recovery_.past.end.epoch;
    const PastRoom& again = Start();
    EXPECT_EQ(again.end, (Position{epoch + 1, count + 2}));
    ASSERT_GE(again.broadcasts.size(), 2U);
    EXPECT_EQ(again.broadcasts.end()[-2].text, "after the damage");
    EXPECT_EQ(again.broadcasts.back().text, "and again");
  }

  void CheckPast(const PastRoom& past) {
    ASSERT_LE(past.end.count, truth_.broadcasts.size());
    ASSERT_LE(past.broadcasts.size(), past.end.count);
    for (std::size_t i = 0; i < past.broadcasts.size(); ++i) {
      EXPECT_EQ(past.broadcasts[i], truth_.broadcasts[past.end.count - past.broadcasts.size() + i]);
    }
    EXPECT_THAT(truth_.members[past.end.count], testing::Contains(past.members));
    if (!past.clean || cuts_) return;
    EXPECT_EQ(past.end.epoch, truth_.highest_epoch);
    EXPECT_EQ(past.end.count, truth_.broadcasts.size());
  }

  // Puts the files of `files` on an empty disk.
  void Restore(const std::vector<std::pair<std::string, std::string>>& files) {
    for (const std::string& name : Files()) ASSERT_TRUE(disk_.Remove(name).ok());
    for (const auto& [name, bytes] : files) {
      ASSERT_TRUE(disk_.Create(name).ok());
      ASSERT_TRUE(disk_.Append(name, bytes).ok());
    }
  }

  std::vector<std::pair<std::string, std::string>> Copy() {
    std::vector<std::pair<std::string, std::string>> files;
    for (const std::string& name : Files()) files.emplace_back(name, Bytes(name));
    return files;
  }

  std::mt19937 random_{GetParam()};
  std::vector<PastMember> members_;
  Truth truth_;
  // Bytes that were synced are lost: what is left may end with the record of an earlier clean stop.
  bool cuts_ = false;
};

TEST_P(Damage, AnUndamagedJournalIsGivenWhole) {
  Draw();
  Check("undamaged");
  EXPECT_EQ(recovery_.past.end.count, truth_.broadcasts.size() + 2);
}

TEST_P(Damage, CutAtAnyByteGivesThePartBefore) {
  Draw();
  const auto files = Copy();
  cuts_ = true;
  std::uint64_t last = 0;
  for (std::size_t size = 0; size <= files.back().second.size(); ++size) {
    Restore(files);
    ASSERT_TRUE(disk_.Truncate(files.back().first, size).ok());
    Check("cut at byte " + std::to_string(size));
    EXPECT_GE(recovery_.past.end.count, last) << "a longer file gives no less";
    last = recovery_.past.end.count;
  }
}

TEST_P(Damage, AnyChangedByteGivesThePartBeforeOrAnError) {
  Draw();
  const auto files = Copy();
  for (const auto& [name, bytes] : files) {
    for (std::size_t at = 0; at < bytes.size(); ++at) {
      Restore(files);
      disk_.FlipByte(name, at, static_cast<unsigned char>(1 + random_() % 255));
      Check(name + " changed at byte " + std::to_string(at));
    }
  }
}

TEST_P(Damage, CrashOfTheMachineLosesOnlyTheEnd) {
  Draw();
  Restart();
  truth_.highest_epoch = recovery_.past.end.epoch;
  const std::uint64_t synced = writer().count();
  for (int i = 0; i < 5; ++i) Add(Broadcast::Kind::kSaid, "a", "not synced");
  disk_.Crash();
  Check("crash");
  EXPECT_GE(recovery_.past.end.count, synced + 2);
}

INSTANTIATE_TEST_SUITE_P(Seeds, Damage, testing::Range(1U, 11U));

}  // namespace
}  // namespace chathttp

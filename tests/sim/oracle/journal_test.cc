// The oracle finds what is wrong with what a server knows from its journal.
#include <string>
#include <string_view>

#include "tests/sim/oracle/fixture.h"

namespace chathttp::sim {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// The server is killed, and then its machine.
constexpr std::string_view kLives = R"(
seed 5
limit resumable 30s history 9
journal always latency 2ms
peers alice bob
@0      * connect
@100ms  alice add session
@200ms  bob add
@300ms  alice say "one"
@400ms  bob say "two"
@1s     server crash
@2s     server restart
@3s     alice resume
@4s     bob connect
@4.1s   bob add history 3
@5s     alice say "three"
@6s     server power-cut
@7s     server restart
@8s     alice resume
@9s     alice say "four"
settle 5s
)";

class JournalOracleTest : public OracleTest {
 protected:
  void SetUp() override {
    Play(kLives);
    ASSERT_EQ(record.servers.size(), 3U);
    ASSERT_TRUE(record.left_in_journal);
  }

  // What the second life found.
  PastRoom& past() { return record.servers[1].recovered->past; }
  void LoseTheLast() {
    PastRoom& left = record.left_in_journal->past;
    left.broadcasts.pop_back();
    left.ended.back().count = --left.end.count;
  }
};

TEST_F(JournalOracleTest, ALostBroadcastThatWasHeardBreaksDurable) {
  LoseTheLast();
  EXPECT_THAT(Violated(), Contains("durable"));
  EXPECT_THAT(messages, HasSubstr("was heard; the journal ends at"));
}

TEST_F(JournalOracleTest, ALossIsNoViolationIfTheDiskIsToBlame) {
  LoseTheLast();
  for (const Verb verb : {Verb::kDiskFlip, Verb::kDiskTear}) {
    record.disk_faults = {{absl::Seconds(5), verb}};
    EXPECT_THAT(Violated(), IsEmpty()) << messages;
  }
  record.disk_faults.clear();
  record.servers.back().journal_failed = true;
  EXPECT_THAT(Violated(), IsEmpty()) << messages;
}

TEST_F(JournalOracleTest, AJournalThatFailedInAnEarlierLifeExcusesNothing) {
  LoseTheLast();
  record.servers.front().journal_failed = true;
  EXPECT_THAT(Violated(), Contains("durable"));
}

TEST_F(JournalOracleTest, APowerCutExcusesALossOnlyWithoutAlways) {
  LoseTheLast();
  record.disk_faults = {{absl::Seconds(10), Verb::kPowerCut}};
  EXPECT_THAT(Violated(), Contains("durable"));
  scenario.journal->sync = JournalSetting::Sync::kInterval;
  EXPECT_THAT(Violated(), IsEmpty()) << messages;
  record.disk_faults = {{absl::Seconds(6), Verb::kPowerCut}};  // before the last start
  EXPECT_THAT(Violated(), Contains("journal"));
}

TEST_F(JournalOracleTest, AnotherTextBreaksJournal) {
  past().broadcasts.back().text += "!";
  EXPECT_THAT(Violated(), Contains("journal"));
}

TEST_F(JournalOracleTest, AnotherTimeOfABroadcastBreaksJournal) {
  past().broadcasts.back().wall += absl::Seconds(1);
  EXPECT_THAT(Violated(), Contains("journal"));
}

TEST_F(JournalOracleTest, FewerBroadcastsThanThereIsRoomForBreakJournal) {
  past().broadcasts.erase(past().broadcasts.begin());
  EXPECT_THAT(Violated(), Contains("journal"));
  EXPECT_THAT(messages, HasSubstr("has room for more"));
}

TEST_F(JournalOracleTest, AMissingMemberBreaksJournal) {
  past().members.pop_back();
  EXPECT_THAT(Violated(), Contains("journal"));
}

TEST_F(JournalOracleTest, AnotherTokenBreaksJournal) {
  for (PastMember& member : past().members) {
    if (member.token) ++(*member.token)[0];
  }
  EXPECT_THAT(Violated(), Contains("journal"));
  EXPECT_THAT(messages, HasSubstr("another token"));
}

TEST_F(JournalOracleTest, AnEpochThatIsTakenAgainBreaksEpoch) {
  past().end.epoch = record.servers[0].epoch;
  EXPECT_THAT(Violated(), Contains("epoch"));
}

TEST_F(JournalOracleTest, ACleanStopThatWasNoneBreaksEpoch) {
  past().clean = true;
  EXPECT_THAT(Violated(), Contains("epoch"));
}

TEST_F(JournalOracleTest, ACleanStopThatIsNotNotedBreaksJournal) {
  record.left_in_journal->past.clean = false;
  EXPECT_THAT(Violated(), Contains("journal"));
}

TEST_F(JournalOracleTest, AnOlderEpochThatIsTooLongBreaksEpoch) {
  ASSERT_FALSE(past().ended.empty());
  past().ended.back().count += 1;
  EXPECT_THAT(Violated(), Contains("epoch"));
}

TEST_F(JournalOracleTest, AStartThatNothingPreventsBreaksJournal) {
  record.refused_starts.push_back(
      {absl::Seconds(2), 1, absl::StatusCode::kDataLoss, false, "it is corrupt"});
  EXPECT_THAT(Violated(), Contains("journal"));
  record.disk_faults = {{absl::Seconds(1.5), Verb::kDiskFlip}};
  EXPECT_THAT(Violated(), IsEmpty()) << messages;
  record.refused_starts.back().repair = true;
  EXPECT_THAT(Violated(), Contains("journal"));
}

TEST_F(JournalOracleTest, AJournalThatCannotBeReadAtTheEndBreaksJournal) {
  record.left_in_journal.reset();
  EXPECT_THAT(Violated(), Contains("journal"));
}

TEST_F(JournalOracleTest, AMemberThatCannotComeBackAndStaysBreaksQuiet) {
  std::erase_if(record.servers[1].events, [](const ReportedEvent& event) {
    return event.kind == ServerEvent::Kind::kLeft && event.name == "bob";
  });
  EXPECT_THAT(Violated(), Contains("quiet"));
}

}  // namespace
}  // namespace chathttp::sim

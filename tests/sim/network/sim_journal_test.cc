#include "chathttp/sim/network/sim_journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "chathttp/sim/network/virtual_scheduler.h"
#include "chathttp/transport/journal/recovery.h"

namespace chathttp::sim {
namespace {

using testing::ElementsAre;
using Sync = SimJournal::Sync;

constexpr std::uint64_t kNoLimit = std::numeric_limits<std::uint64_t>::max();

class SimJournalTest : public testing::Test {
 protected:
  PastRoom Start(const SimJournal::Options& options) {
    journal_.reset();
    Recovery recovery =
        *Recover(disk_, {.fresh_epoch = 1000, .broadcast_bytes = std::size_t{1} << 20});
    journal_ = std::make_unique<SimJournal>(scheduler_, disk_, std::move(recovery.writer), options);
    journal_->Observe([this] { ++changes_; });
    return std::move(recovery.past);
  }

  void Say(const std::string& text) {
    journal_->Append(SaidOrNotice{.wall = scheduler_.WallNow(), .name = "Alice", .text = text});
  }

  static std::vector<std::string> Texts(const PastRoom& past) {
    std::vector<std::string> texts;
    for (const PastBroadcast& broadcast : past.broadcasts) texts.push_back(broadcast.text);
    return texts;
  }

  VirtualScheduler scheduler_{{}};
  SimDisk disk_{{}};
  std::unique_ptr<SimJournal> journal_;
  int changes_ = 0;
};

TEST_F(SimJournalTest, AlwaysIsDurableAfterTheLatency) {
  Start({.max_latency = absl::Milliseconds(10)});
  disk_.Stall(absl::Seconds(1));
  Say("one");
  scheduler_.RunFor(absl::Milliseconds(999));
  EXPECT_EQ(journal_->durable(), 0U);
  EXPECT_EQ(changes_, 0);
  scheduler_.RunFor(absl::Milliseconds(12));
  EXPECT_EQ(journal_->durable(), 1U);
  EXPECT_EQ(changes_, 1);
}

TEST_F(SimJournalTest, RecordsThatComeDuringAWriteAreWrittenTogether) {
  Start({});
  const std::uint64_t appends = disk_.counters().appends;
  disk_.Stall(absl::Seconds(1));
  for (int i = 0; i < 10; ++i) {
    Say("x");
    scheduler_.RunFor(absl::Milliseconds(10));
  }
  EXPECT_EQ(journal_->durable(), 0U);
  scheduler_.RunFor(absl::Seconds(1));
  EXPECT_EQ(journal_->durable(), 10U);
  EXPECT_EQ(disk_.counters().appends, appends + 2);
  EXPECT_EQ(changes_, 2);
}

// What durable() has told survives any crash.
TEST_F(SimJournalTest, CrashLosesNothingDurable) {
  std::uint64_t said = 0;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const PastRoom past = Start({.seed = seed, .max_latency = absl::Milliseconds(10)});
    ASSERT_LE(past.end.count, said);
    said = past.end.count;
    for (int i = 0; i < 20; ++i) {
      Say("text");
      ++said;
      scheduler_.RunFor(absl::Milliseconds(3));
    }
    const std::uint64_t durable = journal_->durable();
    EXPECT_GT(durable, 0U);
    journal_.reset();
    disk_.Crash();
    EXPECT_GE(Start({}).end.count, durable);
    EXPECT_EQ(journal_->durable(), journal_->count());
  }
}

TEST_F(SimJournalTest, IntervalLosesAtMostWhatItDidNotSync) {
  Start({.sync = Sync::kInterval});
  const std::uint64_t syncs = disk_.counters().syncs;
  EXPECT_EQ(journal_->durable(), kNoLimit);
  Say("one");
  scheduler_.RunFor(absl::Milliseconds(999));
  EXPECT_EQ(disk_.counters().syncs, syncs);
  scheduler_.RunFor(absl::Milliseconds(2));
  EXPECT_EQ(disk_.counters().syncs, syncs + 1);
  Say("two");
  scheduler_.RunFor(absl::Milliseconds(2));
  disk_.Crash();
  EXPECT_THAT(Texts(Start({})), testing::Contains("one"));
  EXPECT_EQ(changes_, 0);
}

TEST_F(SimJournalTest, NeverSyncsOnlyAtTheEnd) {
  Start({.sync = Sync::kNever});
  const std::uint64_t syncs = disk_.counters().syncs;
  Say("one");
  scheduler_.RunFor(absl::Hours(1));
  EXPECT_EQ(disk_.counters().syncs, syncs);
  EXPECT_TRUE(journal_->Close().ok());
  EXPECT_EQ(disk_.counters().syncs, syncs + 1);
}

TEST_F(SimJournalTest, CleanStopKeepsWhatWaits) {
  Start({});
  disk_.Stall(absl::Seconds(1));
  Say("one");
  scheduler_.RunFor(absl::Milliseconds(1));
  Say("two");
  EXPECT_TRUE(journal_->Close().ok());
  Say("too late");
  scheduler_.RunFor(absl::Seconds(2));
  disk_.Crash();
  const PastRoom past = Start({});
  EXPECT_TRUE(past.clean);
  EXPECT_EQ(past.end, (Position{1000, 2}));
  EXPECT_THAT(Texts(past), ElementsAre("one", "two"));
}

TEST_F(SimJournalTest, KilledProcessLosesOnlyWhatWaits) {
  Start({});
  disk_.Stall(absl::Seconds(1));
  Say("on the disk");
  scheduler_.RunFor(absl::Milliseconds(1));
  Say("waits");
  scheduler_.RunFor(absl::Milliseconds(1));
  const PastRoom past = Start({});
  EXPECT_FALSE(past.clean);
  EXPECT_THAT(Texts(past), ElementsAre("on the disk"));
  scheduler_.RunFor(absl::Seconds(2));
  EXPECT_EQ(changes_, 0) << "nobody tells a dead process";
}

TEST_F(SimJournalTest, ErrorOfTheDiskTurnsItOff) {
  Start({});
  disk_.FailSync();
  Say("one");
  scheduler_.RunFor(absl::Milliseconds(1));
  EXPECT_TRUE(journal_->failed());
  EXPECT_EQ(journal_->durable(), kNoLimit);
  EXPECT_EQ(changes_, 1);
  Say("two");
  scheduler_.RunFor(absl::Milliseconds(1));
  EXPECT_EQ(journal_->Close(), journal_->status());
  EXPECT_EQ(Start({}).end, (Position{1002, 1}));
}

TEST_F(SimJournalTest, FullDiskTurnsItOff) {
  Start({});
  disk_.Fill();
  Say("one");
  EXPECT_FALSE(journal_->failed()) << "not inside the call";
  scheduler_.RunFor(absl::Milliseconds(1));
  EXPECT_TRUE(journal_->failed());
  EXPECT_EQ(journal_->status().code(), absl::StatusCode::kResourceExhausted);
}

TEST_F(SimJournalTest, DiskThatDoesNotKeepUpTurnsItOff) {
  Start({.max_waiting_bytes = 1000});
  disk_.Stall(absl::Hours(1));
  for (int i = 0; i < 20 && !journal_->failed(); ++i) {
    Say(std::string(100, 'x'));
    scheduler_.RunFor(absl::Milliseconds(1));
  }
  EXPECT_EQ(journal_->status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(changes_, 1);
}

}  // namespace
}  // namespace chathttp::sim

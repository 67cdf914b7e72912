#include "chathttp/adapters/file_journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "chathttp/adapters/posix_disk.h"
#include "chathttp/transport/journal/recovery.h"
#include "tests/adapters/loop_test.h"

namespace chathttp::posix {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::uint64_t kNoLimit = std::numeric_limits<std::uint64_t>::max();

// What the test says of the calls to the disk, and what it learns of them. From any thread.
class DiskControl {
 public:
  void HoldSyncs() {
    Set([this] { holds_ = true; });
  }
  void LetSyncs() {
    Set([this] { holds_ = false; });
  }
  void FailSyncs() {
    Set([this] { fails_ = true; });
  }

  int appends() const {
    const std::scoped_lock lock(mutex_);
    return appends_;
  }
  int syncs() const {
    const std::scoped_lock lock(mutex_);
    return syncs_;
  }
  void WaitForSyncs(int syncs) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return syncs_ >= syncs; });
  }
  void WaitForAppends(int appends) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return appends_ >= appends; });
  }
  void WaitUntilHeld() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return is_held_; });
  }

  void OnAppend() {
    Set([this] { ++appends_; });
  }
  // Whether it succeeds.
  bool OnSync() {
    std::unique_lock lock(mutex_);
    ++syncs_;
    is_held_ = holds_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return !holds_; });
    is_held_ = false;
    return !fails_;
  }

 private:
  template <typename Change>
  void Set(Change change) {
    const std::scoped_lock lock(mutex_);
    change();
    changed_.notify_all();
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool holds_ = false;  // guarded by mutex_, as all that follows
  bool is_held_ = false;
  bool fails_ = false;
  int appends_ = 0;
  int syncs_ = 0;
};

class ControlledDisk final : public Disk {
 public:
  ControlledDisk(std::unique_ptr<Disk> disk, DiskControl& control)
      : disk_(std::move(disk)), control_(control) {}

  std::string directory() const override { return disk_->directory(); }
  absl::StatusOr<std::vector<std::string>> List() override { return disk_->List(); }
  absl::StatusOr<std::string> Read(const std::string& name, std::uint64_t max) override {
    return disk_->Read(name, max);
  }
  absl::StatusOr<Start> ReadStart(const std::string& name, std::size_t max) override {
    return disk_->ReadStart(name, max);
  }
  absl::Status Create(const std::string& name) override { return disk_->Create(name); }
  absl::Status Append(const std::string& name, std::string_view bytes) override {
    control_.OnAppend();
    return disk_->Append(name, bytes);
  }
  absl::Status Sync(const std::string& name) override {
    return control_.OnSync() ? disk_->Sync(name) : absl::InternalError("cannot sync " + name);
  }
  absl::Status SyncDirectory() override { return disk_->SyncDirectory(); }
  absl::Status Truncate(const std::string& name, std::uint64_t bytes) override {
    return disk_->Truncate(name, bytes);
  }
  absl::Status Remove(const std::string& name) override { return disk_->Remove(name); }
  absl::Status Rename(const std::string& from, const std::string& to) override {
    return disk_->Rename(from, to);
  }

 private:
  const std::unique_ptr<Disk> disk_;
  DiskControl& control_;
};

class FileJournalTest : public LoopTest {
 protected:
  FileJournalTest() {
    std::string pattern = testing::TempDir() + "/journal_XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~FileJournalTest() override {
    control_.LetSyncs();
    journal_.reset();
    std::filesystem::remove_all(folder_);
  }

  // What the journal tells, and a journal that goes on.
  PastRoom Start(FileJournal::Options options) {
    options.on_failure = [this](const absl::Status& status) { failure_ = status; };
    auto disk = std::make_unique<ControlledDisk>(*PosixDisk::Open(folder_), control_);
    Recovery recovery =
        *Recover(*disk, {.fresh_epoch = 1000, .broadcast_bytes = std::size_t{1} << 20});
    journal_ = *FileJournal::Start(loop(), std::move(disk), std::move(recovery.writer), options);
    journal_->Observe([this] { ++changes_; });
    first_appends_ = control_.appends();
    first_syncs_ = control_.syncs();
    return std::move(recovery.past);
  }

  PastRoom Restart() {
    journal_.reset();
    return Start({});
  }

  void Say(const std::string& text) {
    journal_->Append(SaidOrNotice{.name = "Alice", .text = text});
  }

  static std::vector<std::string> Texts(const PastRoom& past) {
    std::vector<std::string> texts;
    for (const PastBroadcast& broadcast : past.broadcasts) texts.push_back(broadcast.text);
    return texts;
  }

  int appends() const { return control_.appends() - first_appends_; }
  int syncs() const { return control_.syncs() - first_syncs_; }

  std::string folder_;
  DiskControl control_;
  int first_appends_ = 0;  // those of Recover
  int first_syncs_ = 0;
  std::unique_ptr<FileJournal> journal_;
  absl::Status failure_;
  int changes_ = 0;
};

TEST_F(FileJournalTest, CleanStopKeepsAllAndTheEpoch) {
  Start({});
  Say("one");
  RunUntilIdle();
  Say("two");
  EXPECT_TRUE(journal_->Close().ok());
  const PastRoom past = Restart();
  EXPECT_TRUE(past.clean);
  EXPECT_EQ(past.end, (Position{1000, 2}));
  EXPECT_THAT(Texts(past), ElementsAre("one", "two"));
}

TEST_F(FileJournalTest, StopWithoutCloseKeepsAllAndIsNotClean) {
  Start({});
  Say("one");
  RunUntilIdle();
  Say("two");
  const PastRoom past = Restart();
  EXPECT_FALSE(past.clean);
  EXPECT_EQ(past.end, (Position{1001, 2}));
  EXPECT_THAT(Texts(past), ElementsAre("one", "two"));
}

TEST_F(FileJournalTest, DirectoryIsFreeWhenTheJournalIsGone) {
  Start({});
  EXPECT_FALSE(PosixDisk::Open(folder_).ok());
  journal_.reset();
  EXPECT_TRUE(PosixDisk::Open(folder_).ok());
}

TEST_F(FileJournalTest, AlwaysIsDurableOnlyWhenTheDiskSaysSo) {
  Start({.sync = JournalSync::kAlways});
  EXPECT_EQ(journal_->durable(), 0U);
  control_.HoldSyncs();
  Say("one");
  RunUntilIdle();
  control_.WaitUntilHeld();
  RunUntilIdle();
  EXPECT_EQ(journal_->durable(), 0U);
  EXPECT_EQ(changes_, 0);
  control_.LetSyncs();
  EXPECT_TRUE(RunUntil([&] { return journal_->durable() == 1; }));
  EXPECT_EQ(changes_, 1);
}

TEST_F(FileJournalTest, RecordsThatComeWhileTheDiskIsBusyAreWrittenTogether) {
  Start({.sync = JournalSync::kAlways});
  control_.HoldSyncs();
  Say("one");
  RunUntilIdle();
  control_.WaitUntilHeld();
  for (int i = 0; i < 100; ++i) {
    Say("more");
    RunUntilIdle();
  }
  control_.LetSyncs();
  EXPECT_TRUE(RunUntil([&] { return journal_->durable() == 101; }));
  EXPECT_EQ(appends(), 2);
  EXPECT_EQ(syncs(), 2);
  EXPECT_EQ(changes_, 2);
  EXPECT_EQ(journal_->waiting_bytes(), 0U);
}

TEST_F(FileJournalTest, RecordsOfOneTurnAreWrittenTogether) {
  Start({.sync = JournalSync::kAlways});
  journal_->Append(SaidOrNotice{.kind = Broadcast::Kind::kEntered, .name = "Alice"});
  journal_->Append(SessionBegun{.member = MemberId{3}, .name = "Alice"});
  Say("one");
  EXPECT_TRUE(RunUntil([&] { return journal_->durable() == 2; }));
  EXPECT_EQ(appends(), 1);
}

TEST_F(FileJournalTest, IntervalSyncsLaterAndHoldsNobodyUp) {
  Start({.sync = JournalSync::kInterval, .sync_interval = std::chrono::milliseconds(1)});
  Say("one");
  EXPECT_EQ(journal_->durable(), kNoLimit);
  RunUntilIdle();
  control_.WaitForSyncs(first_syncs_ + 1);
  EXPECT_EQ(appends(), 1);
}

TEST_F(FileJournalTest, IntervalWithoutEndSyncsAtTheEnd) {
  Start({.sync = JournalSync::kInterval, .sync_interval = std::chrono::hours(1)});
  for (int i = 0; i < 10; ++i) {
    Say("one");
    RunUntilIdle();
  }
  control_.WaitForAppends(first_appends_ + 1);
  EXPECT_EQ(syncs(), 0);
  EXPECT_TRUE(journal_->Close().ok());
  EXPECT_EQ(syncs(), 1);
}

TEST_F(FileJournalTest, NeverSyncsOnlyAtTheEnd) {
  Start({.sync = JournalSync::kNever, .sync_interval = std::chrono::milliseconds(0)});
  Say("one");
  EXPECT_EQ(journal_->durable(), kNoLimit);
  RunUntilIdle();
  EXPECT_TRUE(journal_->Close().ok());
  EXPECT_EQ(syncs(), 1);
}

TEST_F(FileJournalTest, ErrorOfTheDiskTurnsItOffAndIsTold) {
  Start({.sync = JournalSync::kAlways});
  control_.FailSyncs();
  Say("one");
  EXPECT_FALSE(journal_->failed());
  EXPECT_TRUE(RunUntil([&] { return journal_->failed(); }));
  EXPECT_EQ(journal_->durable(), kNoLimit) << "nobody waits for it any more";
  EXPECT_EQ(changes_, 1);
  EXPECT_EQ(failure_.code(), absl::StatusCode::kInternal);
  EXPECT_THAT(std::string(failure_.message()), HasSubstr("cannot sync"));
  const int before = appends();
  Say("two");
  RunUntilIdle();
  EXPECT_EQ(journal_->Close(), failure_);
  EXPECT_EQ(appends(), before);
  EXPECT_EQ(syncs(), 1) << "never again";
}

TEST_F(FileJournalTest, JournalThatFailedWasNotStoppedCleanly) {
  Start({.sync = JournalSync::kAlways});
  control_.FailSyncs();
  Say("one");
  EXPECT_TRUE(RunUntil([&] { return journal_->failed(); }));
  EXPECT_FALSE(journal_->Close().ok());
  journal_.reset();
  auto disk = *PosixDisk::Open(folder_);
  EXPECT_EQ(Recover(*disk, {})->past.end.epoch, 1001U);
}

TEST_F(FileJournalTest, ErrorAtTheCleanStopIsReturned) {
  Start({.sync = JournalSync::kNever});
  control_.FailSyncs();
  Say("one");
  EXPECT_EQ(journal_->Close().code(), absl::StatusCode::kInternal);
}

TEST_F(FileJournalTest, DiskThatDoesNotKeepUpTurnsItOff) {
  Start({.sync = JournalSync::kAlways, .max_waiting_bytes = 10'000});
  control_.HoldSyncs();
  int said = 0;
  while (!journal_->failed()) {
    Say(std::string(1000, 'x'));
    RunUntilIdle();
    ASSERT_LE(++said, 11);
  }
  EXPECT_GE(said, 9);
  EXPECT_EQ(failure_.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(failure_.message()),
              testing::AllOf(HasSubstr(folder_ + " is too slow"), HasSubstr("at most 10000")));
  EXPECT_EQ(changes_, 1);
  EXPECT_EQ(journal_->durable(), kNoLimit);
  control_.LetSyncs();
  EXPECT_EQ(journal_->Close(), failure_);
}

TEST_F(FileJournalTest, DiskThatDoesNotAnswerTurnsItOff) {
  Start({.sync = JournalSync::kAlways, .answer_limit = absl::Milliseconds(1)});
  control_.HoldSyncs();
  Say("one");
  EXPECT_TRUE(RunUntil([&] { return journal_->failed(); }));
  EXPECT_EQ(failure_.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_THAT(std::string(failure_.message()), HasSubstr("has not answered for 1ms"));
  EXPECT_EQ(journal_->durable(), kNoLimit);
  control_.LetSyncs();
  EXPECT_EQ(journal_->Close(), failure_);
}

TEST_F(FileJournalTest, DiskThatAnswersInTimeMayTakeLongerAltogether) {
  Start({.sync = JournalSync::kAlways, .answer_limit = absl::Hours(1)});
  Say("one");
  EXPECT_TRUE(RunUntil([&] { return journal_->durable() == 1; }));
  EXPECT_FALSE(journal_->failed());
}

TEST_F(FileJournalTest, NothingIsCalledAfterItsEnd) {
  Start({.sync = JournalSync::kAlways});
  Say("one");
  journal_.reset();
  RunUntilIdle();
  EXPECT_EQ(changes_, 0);
}

}  // namespace
}  // namespace chathttp::posix

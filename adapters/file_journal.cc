#include "chathttp/adapters/file_journal.h"

#include <cassert>
#include <limits>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "chathttp/adapters/mailbox.h"
#include "chathttp/adapters/signals_blocked.h"
#include "chathttp/adapters/system_error.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/transport/journal/record_codec.h"

namespace chathttp::posix {

absl::StatusOr<std::unique_ptr<FileJournal>> FileJournal::Start(
    EventLoop& loop, std::unique_ptr<Disk> disk, std::unique_ptr<JournalWriter> writer,
    const Options& options) {
  std::unique_ptr<FileJournal> journal(
      new FileJournal(loop, std::move(disk), std::move(writer), options));
  if (absl::Status status = journal->StartThread(); !status.ok()) {
    journal->stopped_ = true;
    return status;
  }
  return journal;
}

FileJournal::FileJournal(EventLoop& loop, std::unique_ptr<Disk> disk,
                         std::unique_ptr<JournalWriter> writer, const Options& options)
    : loop_(loop),
      disk_(std::move(disk)),
      writer_(std::move(writer)),
      options_(options),
      self_(std::make_shared<FileJournal*>(this)),
      count_(writer_->count()),
      durable_(count_) {}

FileJournal::~FileJournal() {
  Stop(Order::kEnd);
  loop_.Cancel(answer_timer_);
  *self_ = nullptr;
}

absl::Status FileJournal::StartThread() {
  const SignalsBlocked blocked;
  const auto run = [](void* journal) -> void* {
    static_cast<FileJournal*>(journal)->Run();
    return nullptr;
  };
  const int error = pthread_create(&thread_, nullptr, run, this);
  return error == 0 ? absl::OkStatus() : CallError(error, "pthread_create");
}

// ---- On the thread of the loop ------------------------------------------------------------------

void FileJournal::Append(const JournalRecord& record) {
  assert(!IsOfHead(record));
  if (failed() || stopped_) return;
  AppendRecord(count_, record, filling_);
  count_ = CountBehind(count_, record);
  if (std::exchange(hands_over_, true)) return;
  loop_.AtEndOfTurn([self = self_] {
    if (*self == nullptr) return;
    (*self)->hands_over_ = false;
    (*self)->Fail((*self)->HandOverRecords());
  });
}

// A failure is told in a turn step of its own.
void FileJournal::HandOver() {
  absl::Status status = HandOverRecords();
  if (status.ok()) return;
  loop_.AtEndOfTurn([self = self_, status = std::move(status)] {
    if (*self != nullptr) (*self)->Fail(status);
  });
}

absl::Status FileJournal::HandOverRecords() {
  if (failed() || stopped_ || filling_.empty()) return absl::OkStatus();
  const std::size_t more = filling_.size();
  std::size_t waiting = 0;
  {
    const std::scoped_lock lock(mutex_);
    waiting = unwritten_bytes_ + more;
    if (waiting <= options_.max_waiting_bytes) {
      queue_.append(filling_);
      unwritten_bytes_ = waiting;
    }
  }
  if (waiting > options_.max_waiting_bytes) Abandon();
  wake_.notify_one();
  filling_.clear();
  if (answer_timer_ == kNoTimer) AwaitAnswer();
  if (waiting <= options_.max_waiting_bytes) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      absl::StrCat("the disk of ", disk_->directory(), " is too slow: ", waiting,
                   " bytes of the history wait, and at most ", options_.max_waiting_bytes, " may"));
}

// The thread may never come back from the disk.
void FileJournal::Abandon() {
  const std::scoped_lock lock(mutex_);
  queue_.clear();
  order_ = Order::kAbandon;
}

void FileJournal::AwaitAnswer() {
  loop_.Cancel(std::exchange(answer_timer_, kNoTimer));
  if (options_.sync != JournalSync::kAlways || failed() || durable_ == count_) return;
  answer_timer_ = loop_.RunAt(loop_.Now() + options_.answer_limit, [this] {
    answer_timer_ = kNoTimer;
    Abandon();
    Fail(absl::DeadlineExceededError(absl::StrCat("the disk of ", disk_->directory(),
                                                  " has not answered for ",
                                                  absl::FormatDuration(options_.answer_limit))));
  });
}

void FileJournal::Fail(absl::Status status) {
  if (failed() || status.ok()) return;
  status_ = std::move(status);
  filling_ = {};
  if (options_.on_failure) options_.on_failure(status_);
  if (changed_) changed_();
}

void FileJournal::OnWritten(std::uint64_t durable) {
  if (failed() || durable <= durable_) return;
  durable_ = durable;
  AwaitAnswer();
  if (changed_) changed_();
}

std::uint64_t FileJournal::durable() const {
  if (options_.sync == JournalSync::kAlways && !failed()) return durable_;
  return std::numeric_limits<std::uint64_t>::max();
}

std::size_t FileJournal::waiting_bytes() const {
  const std::scoped_lock lock(mutex_);
  return unwritten_bytes_ + filling_.size();
}

absl::Status FileJournal::Close() {
  Stop(Order::kEndCleanly);
  if (status_.ok()) status_ = writer_->status();
  return status_;
}

void FileJournal::Stop(Order order) {
  if (stopped_) return;
  if (absl::Status status = HandOverRecords(); status_.ok()) status_ = std::move(status);
  stopped_ = true;
  {
    const std::scoped_lock lock(mutex_);
    if (order_ == Order::kNone) order_ = order;
  }
  wake_.notify_one();
  pthread_join(thread_, nullptr);
}

// ---- On the own thread --------------------------------------------------------------------------

void FileJournal::Run() {
  std::string batch;
  std::unique_lock lock(mutex_);
  for (;;) {
    const auto has_work = [this] { return !queue_.empty() || order_ != Order::kNone; };
    if (unsynced_ && options_.sync == JournalSync::kInterval) {
      wake_.wait_until(lock, sync_due_, has_work);
    } else {
      wake_.wait(lock, has_work);
    }
    const Order order = order_;
    if (order == Order::kAbandon) return;
    batch.swap(queue_);
    lock.unlock();
    const absl::Status status = Write(batch, order);
    lock.lock();
    unwritten_bytes_ -= batch.size();
    batch.clear();
    Report(status);
    if (!status.ok() || order != Order::kNone) return;
  }
}

absl::Status FileJournal::Write(const std::string& batch, Order order) {
  if (!batch.empty()) {
    if (absl::Status status = writer_->Write(batch); !status.ok()) return status;
    if (!std::exchange(unsynced_, true)) {
      sync_due_ = std::chrono::steady_clock::now() + options_.sync_interval;
    }
  }
  if (order == Order::kEndCleanly) return writer_->Close();
  if (!SyncIsDue()) return absl::OkStatus();
  unsynced_ = false;
  return writer_->Sync();
}

bool FileJournal::SyncIsDue() const {
  if (!unsynced_ || options_.sync == JournalSync::kNever) return false;
  return options_.sync == JournalSync::kAlways || std::chrono::steady_clock::now() >= sync_due_;
}

// A Status does not cross threads: its count of references is in a library that race detectors do not
// see.
void FileJournal::Report(const absl::Status& status) {
  if (status.ok()) {
    if (options_.sync != JournalSync::kAlways) return;
    loop_.mailbox()->Post([self = self_, durable = writer_->count()] {
      if (*self != nullptr) (*self)->OnWritten(durable);
    });
    return;
  }
  loop_.mailbox()->Post(
      [self = self_, code = status.code(), message = std::string(status.message())] {
        if (*self != nullptr) (*self)->Fail(absl::Status(code, message));
      });
}

}  // namespace chathttp::posix

#include "chathttp/sim/network/sim_journal.h"

#include <cassert>
#include <limits>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "chathttp/transport/journal/record_codec.h"

namespace chathttp::sim {

SimJournal::SimJournal(Scheduler& scheduler, SimDisk& disk, std::unique_ptr<JournalWriter> writer,
                       const Options& options)
    : scheduler_(scheduler),
      disk_(disk),
      writer_(std::move(writer)),
      options_(options),
      draws_(options.seed, Purpose::kJournal, options.entity),
      self_(std::make_shared<SimJournal*>(this)),
      count_(writer_->count()),
      durable_(count_) {}

SimJournal::~SimJournal() {
  *self_ = nullptr;
  scheduler_.Cancel(writing_);
  scheduler_.Cancel(sync_);
}

void SimJournal::Append(const JournalRecord& record) {
  assert(!IsOfHead(record));
  if (failed() || closed_) return;
  AppendRecord(count_, record, waiting_);
  count_ = CountBehind(count_, record);
  if (std::exchange(starts_, true)) return;
  scheduler_.AtEndOfTurn([self = self_] {
    if (*self != nullptr) (*self)->StartWrite();
  });
}

std::uint64_t SimJournal::durable() const {
  if (options_.sync == Sync::kAlways && !failed()) return durable_;
  return std::numeric_limits<std::uint64_t>::max();
}

void SimJournal::StartWrite() {
  starts_ = false;
  if (failed() || closed_ || waiting_.empty()) return;
  if (waiting_bytes() > options_.max_waiting_bytes) {
    return Fail(absl::ResourceExhaustedError(absl::StrCat(
        "the disk of ", disk_.directory(), " is too slow: ", waiting_bytes(),
        " bytes of the history wait, and at most ", options_.max_waiting_bytes, " may")));
  }
  if (writing_ != kNoTimer) return;
  const absl::Status status = writer_->Write(std::exchange(waiting_, {}));
  if (!status.ok()) return Fail(status);
  const absl::Duration latency =
      UniformDuration(draws_, absl::ZeroDuration(), options_.max_latency) + disk_.TakeStall();
  writing_ = scheduler_.RunAt(scheduler_.Now() + latency, [this] { EndWrite(); });
}

void SimJournal::EndWrite() {
  writing_ = kNoTimer;
  if (options_.sync == Sync::kAlways) SyncNow();
  if (options_.sync == Sync::kInterval && sync_ == kNoTimer) {
    sync_ = scheduler_.RunAt(scheduler_.Now() + options_.sync_interval, [this] {
      sync_ = kNoTimer;
      SyncNow();
    });
  }
  if (!starts_) StartWrite();
}

void SimJournal::SyncNow() {
  if (failed()) return;
  const absl::Status status = writer_->Sync();
  if (!status.ok()) return Fail(status);
  if (writer_->count() == durable_) return;
  durable_ = writer_->count();
  if (options_.sync == Sync::kAlways && changed_) changed_();
}

void SimJournal::Fail(absl::Status status) {
  status_ = std::move(status);
  waiting_.clear();
  if (changed_) changed_();
}

absl::Status SimJournal::Close() {
  closed_ = true;
  scheduler_.Cancel(std::exchange(writing_, kNoTimer));
  scheduler_.Cancel(std::exchange(sync_, kNoTimer));
  if (status_.ok()) status_ = writer_->Write(std::exchange(waiting_, {}));
  if (status_.ok()) status_ = writer_->Close();
  return status_;
}

}  // namespace chathttp::sim

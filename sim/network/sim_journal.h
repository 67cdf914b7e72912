// The journal of a simulated server: the real writer over a SimDisk, in virtual time.
//
//   SimDisk disk({.seed = 7});
//   absl::StatusOr<Recovery> recovery = Recover(disk, recovery_options);
//   SimJournal journal(scheduler, disk, std::move(recovery->writer), {.seed = 7});
//   server.SetJournal(journal);
//   ...
//   journal.Close();                       // after a clean stop; without it, the stop is not clean
//
// The records of a turn are written at its end, if no write is on its way; else with the next one. A
// write takes a drawn time, and what SimDisk::Stall says. With JournalSync::kAlways it is synced at the
// end of this time, and then durable() grows. A process that is killed: destroy the object. A machine
// that crashes: also call SimDisk::Crash.
//
// Not thread-safe. The scheduler and the disk outlive the object.
#ifndef CHATHTTP_SIM_NETWORK_SIM_JOURNAL_H_
#define CHATHTTP_SIM_NETWORK_SIM_JOURNAL_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "chathttp/sim/network/draw.h"
#include "chathttp/sim/network/sim_disk.h"
#include "chathttp/transport/journal/journal_writer.h"
#include "chathttp/transport/journal/record.h"
#include "chathttp/transport/ports/journal.h"
#include "chathttp/transport/ports/scheduler.h"

namespace chathttp::sim {

class SimJournal final : public Journal {
 public:
  enum class Sync { kAlways, kInterval, kNever };  // as posix::JournalSync
  struct Options {
    std::uint64_t seed = 1;
    std::uint64_t entity = 0;  // EntityOf its server
    Sync sync = Sync::kAlways;
    absl::Duration sync_interval = absl::Seconds(1);
    absl::Duration max_latency = absl::ZeroDuration();  // of a write, uniform
    std::size_t max_waiting_bytes = std::size_t{64} << 20;
  };

  SimJournal(Scheduler& scheduler, SimDisk& disk, std::unique_ptr<JournalWriter> writer,
             const Options& options);
  // Records that are not written yet are lost.
  ~SimJournal() override;

  void Append(const JournalRecord& record) override;
  std::uint64_t durable() const override;
  bool failed() const override { return !status_.ok(); }
  void Observe(Scheduler::Task changed) override { changed_ = std::move(changed); }

  // A clean stop: writes and syncs at once what waits and the end. Append has no effect any more.
  absl::Status Close();

  // Why it has failed.
  const absl::Status& status() const { return status_; }
  // Broadcasts that were appended.
  std::uint64_t count() const { return count_; }

 private:
  void StartWrite();
  void EndWrite();
  void SyncNow();
  void Fail(absl::Status status);
  std::size_t waiting_bytes() const { return waiting_.size(); }

  Scheduler& scheduler_;
  SimDisk& disk_;
  const std::unique_ptr<JournalWriter> writer_;
  const Options options_;
  DrawSequence draws_;
  const std::shared_ptr<SimJournal*> self_;  // null when it is gone
  std::string waiting_;                      // records that are not written yet
  std::uint64_t count_;
  std::uint64_t durable_;
  bool starts_ = false;  // at the end of the turn
  TimerId writing_ = kNoTimer;
  TimerId sync_ = kNoTimer;
  bool closed_ = false;
  absl::Status status_;
  Scheduler::Task changed_;
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_NETWORK_SIM_JOURNAL_H_

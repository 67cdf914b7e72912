// The journal of a server, on a disk that a thread of its own writes, so that a slow disk does not
// stop the server.
//
//   auto disk = PosixDisk::Open(directory);
//   auto recovery = Recover(**disk, {.fresh_epoch = epoch, .broadcast_bytes = bytes});
//   server.Restore(std::move(recovery->past));
//   auto journal = FileJournal::Start(*loop, *std::move(disk), std::move(recovery->writer), {});
//   server.SetJournal(**journal);
//   ...
//   absl::Status status = (*journal)->Close();   // the server has stopped and everybody has heard all
//
// The records of a turn are handed to the thread at its end. The thread writes all that has come, and
// syncs as the options say. Records that wait have at most max_waiting_bytes: if the disk does not keep
// up, does not answer, or reports an error, the journal is off for good. The thread gets no signals.
//
// All methods are called on the thread of the loop, which outlives the object.
#ifndef CHATHTTP_ADAPTERS_FILE_JOURNAL_H_
#define CHATHTTP_ADAPTERS_FILE_JOURNAL_H_

#include <pthread.h>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "chathttp/adapters/event_loop.h"
#include "chathttp/transport/journal/journal_writer.h"
#include "chathttp/transport/journal/record.h"
#include "chathttp/transport/ports/disk.h"
#include "chathttp/transport/ports/journal.h"

namespace chathttp::posix {

// When the journal syncs, so what a crash of the machine loses. A process that is killed loses only
// what waited for the thread.
enum class JournalSync {
  kAlways,    // after each write; durable() tells how far: nothing that anybody heard is lost
  kInterval,  // a write is synced after sync_interval at the latest
  kNever,     // when a file is full, and at the end; the rest is left to the kernel
};

class FileJournal final : public Journal {
 public:
  struct Options {
    JournalSync sync = JournalSync::kInterval;
    std::chrono::milliseconds sync_interval = std::chrono::seconds(1);
    std::size_t max_waiting_bytes = std::size_t{64} << 20;
    // With kAlways everybody waits for the disk: it has failed if it does not answer for so long.
    absl::Duration answer_limit = absl::Seconds(10);
    // Called once if the journal fails, in a turn step of its own, before what Observe has set.
    std::function<void(const absl::Status&)> on_failure = {};
  };

  // Goes on where `writer` is, which writes to `disk`. Error: Internal or ResourceExhausted, no thread.
  static absl::StatusOr<std::unique_ptr<FileJournal>> Start(EventLoop& loop,
                                                            std::unique_ptr<Disk> disk,
                                                            std::unique_ptr<JournalWriter> writer,
                                                            const Options& options);

  // Without Close before it: writes what waits, and the next start is one after an unclean stop.
  // Waits for the disk.
  ~FileJournal() override;

  void Append(const JournalRecord& record) override;
  std::uint64_t durable() const override;
  bool failed() const override { return !status_.ok(); }
  void Observe(Scheduler::Task changed) override { changed_ = std::move(changed); }

  // Writes what waits and that the server stops cleanly, and syncs; then the files are those of no
  // server. Waits for the disk. Returns why the journal has failed, if it has. Append has no effect
  // any more.
  absl::Status Close();

  // Why it has failed; OK if it has not.
  const absl::Status& status() const { return status_; }
  // Of records that are not written yet.
  std::size_t waiting_bytes() const;

 private:
  // What the thread is to do when it has written what waits.
  enum class Order { kNone, kEnd, kEndCleanly, kAbandon };

  FileJournal(EventLoop& loop, std::unique_ptr<Disk> disk, std::unique_ptr<JournalWriter> writer,
              const Options& options);
  absl::Status StartThread();
  void Stop(Order order);
  absl::Status HandOver();
  void Fail(absl::Status status);
  // The disk has been asked, or has answered.
  void AwaitAnswer();
  void Abandon();
  void OnWritten(std::uint64_t durable);

  // On the thread:
  void Run();
  absl::Status Write(const std::string& batch, Order order);
  bool SyncIsDue() const;
  void Report(const absl::Status& status);

  EventLoop& loop_;
  const std::unique_ptr<Disk> disk_;  // used by the thread while it runs, as the next two
  const std::unique_ptr<JournalWriter> writer_;
  std::chrono::steady_clock::time_point sync_due_ =
      {};                  // of kInterval, while there are unsynced bytes
  bool unsynced_ = false;  // likewise
  const Options options_;
  const std::shared_ptr<FileJournal*> self_;  // null when it is gone; used on the loop's thread

  std::uint64_t count_;
  std::uint64_t durable_;
  std::string filling_;  // the records of this turn
  bool hands_over_ = false;
  TimerId answer_timer_ = kNoTimer;
  bool stopped_ = false;
  absl::Status status_;
  Scheduler::Task changed_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::string queue_;                // guarded by mutex_, as all that follows
  std::size_t unwritten_bytes_ = 0;  // queue_, and what the thread took from it
  Order order_ = Order::kNone;
  pthread_t thread_ = {};
};

}  // namespace chathttp::posix

#endif  // CHATHTTP_ADAPTERS_FILE_JOURNAL_H_

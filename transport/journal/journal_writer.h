// Writes the records of a journal to the files of a disk, and removes old files.
//
//   std::string batch;
//   AppendRecord(writer.count(), record, batch);
//   absl::Status status = writer.Write(batch);
//   if (status.ok()) status = writer.Sync();           // now the records survive a crash
//
// Recover (recovery.h) makes a writer. It appends to no file of an earlier server, but to a copy that
// replaces the newest one: nobody knows which bytes of that file are on the disk, as a sync may have failed
// before, and a later one that succeeds does not tell.
//
// A file that is full is synced, and a new one is begun. A file has its name when its head is on the disk:
// before, it has the name with kUnfinishedSuffix (whole_file.h), which Recover removes. After the first
// error the writer is off: it changes nothing any more, and each call returns that error. If the disk is
// full, files beyond the options are removed first, and one more try is made.
//
// Its calls wait for the disk. Not thread-safe.
#ifndef CHATHTTP_TRANSPORT_JOURNAL_JOURNAL_WRITER_H_
#define CHATHTTP_TRANSPORT_JOURNAL_JOURNAL_WRITER_H_

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "chathttp/transport/journal/journal_room.h"
#include "chathttp/transport/ports/disk.h"

namespace chathttp {

struct JournalOptions {
  // A file is full when the records behind its head have so many bytes: 1 to 256 MiB.
  std::uint64_t segment_bytes = std::uint64_t{16} << 20;
  // Oldest files are removed while all files together have more bytes, and those whose last broadcast is
  // so much older than the newest one. The file in use stays.
  std::uint64_t keep_bytes = std::uint64_t{1} << 30;
  absl::Duration keep_age = absl::Hours(30 * 24);
};

class JournalWriter {
 public:
  // A file of the journal.
  struct Segment {
    std::uint64_t first_count = 0;
    std::uint64_t bytes = 0;
    absl::Time last_wall = absl::InfinitePast();  // of its last broadcast
  };

  // Goes on behind `segments`, which are the files on the disk, oldest first; `room` is as the last one
  // leaves it, but in the epoch that begins, and `head_bytes` of that file are its head. `disk` must outlive
  // the object.
  JournalWriter(Disk& disk, const JournalOptions& options, JournalRoom room,
                std::deque<Segment> segments, std::uint64_t head_bytes);

  // Writes that the epoch begins: to the first file if there is none, else to a copy of the newest one, whose
  // valid bytes are `newest`. All bytes of that file are on the disk when it returns. Call it once, first.
  absl::Status Open(std::string newest);

  // Writes records, as AppendRecord makes them, with counts that go on from count() (asserted).
  absl::Status Write(std::string_view records);

  // Returns when all that was written is on the disk.
  absl::Status Sync();

  // Writes that the server stops cleanly, and syncs. No call may follow.
  absl::Status Close();

  // The number of broadcasts up to the last record that was written.
  std::uint64_t count() const { return room_.end().count; }
  const absl::Status& status() const { return status_; }
  const std::deque<Segment>& segments() const { return segments_; }

 private:
  absl::Status WriteRecord(const JournalRecord& record);
  absl::Status AppendToSegment(std::string_view bytes);
  absl::Status BeginSegment();
  absl::Status MakeSegment(std::uint64_t first_count, std::string_view bytes);
  absl::Status WithRoom(absl::FunctionRef<absl::Status()> act,
                        absl::FunctionRef<absl::Status()> undo);
  absl::Status RemoveOld();
  bool IsOld(const Segment& segment, std::uint64_t all_bytes) const;
  bool IsFull(std::uint64_t more_bytes) const;
  absl::Status Keep(absl::Status status);

  Disk& disk_;
  const JournalOptions options_;
  JournalRoom room_;
  std::deque<Segment> segments_;
  std::uint64_t head_bytes_;  // of the last segment
  absl::Status status_;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_JOURNAL_JOURNAL_WRITER_H_

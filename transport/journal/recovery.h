// Reads the journal that a server left, and makes the writer that goes on behind it.
//
//   absl::StatusOr<Recovery> recovery = Recover(disk, {.fresh_epoch = epoch, .broadcast_bytes = 4 << 20});
//   if (!recovery.ok()) return recovery.status();
//   server.Restore(std::move(recovery->past));
//   recovery->writer->Write(...);
//
// It reads and checks the newest file, and the ones before it as long as they hold broadcasts that it wants,
// one at a time. Of older ones it reads only the headers: so a start takes the same time however long the
// history is, and `chat_history --verify` checks the rest. What it finds at the end of the newest file:
//
//   a closed record          the server stopped cleanly: everybody has heard at most what is there
//   another valid record     it did not: a new epoch begins, as somebody may have heard what the
//                            journal has lost
//   bad bytes, and no valid  the write of the last records was cut off: they are removed, and then as
//   record behind them       above
//   bad bytes, and a valid   corruption
//   record behind them; or
//   a bad head
//
// Bad bytes in an older file that it reads, and a missing file between two, are corruption, too. Corruption
// is a DataLoss error that names the file, the offset and what to do, and no file is changed. With `repair`,
// the room goes on without what is behind the bad bytes, and in a new epoch. No byte is destroyed: files
// that the journal can no longer use get kAsideSuffix behind their names. That is
//
//   the newest file     a copy of it; it is cut at the bad bytes
//   one with a bad head the file, if it is the newest one; the room goes on behind the one before
//   an older file       the file and all before it, as the newer ones tell all that is needed
//
// The writer replaces the newest file by a copy of its valid bytes, with the record that an epoch begins,
// and appends to this copy: so a crash of the machine loses nothing of what recovery has found, though the
// last server had a sync that failed.
#ifndef CHATHTTP_TRANSPORT_JOURNAL_RECOVERY_H_
#define CHATHTTP_TRANSPORT_JOURNAL_RECOVERY_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "chathttp/transport/journal/journal_writer.h"
#include "chathttp/transport/journal/past_room.h"
#include "chathttp/transport/ports/disk.h"

namespace chathttp {

// What a broadcast counts in RecoveryOptions::broadcast_bytes, besides its name and its text.
inline constexpr std::size_t kPastBroadcastBytes = 128;

// Behind the name of a file that a repair has set aside; then a number, if there are others.
inline constexpr std::string_view kAsideSuffix = ".bad";

struct RecoveryOptions {
  // The least epoch: the wall clock in ms. So an older copy of the files does not bring an epoch back.
  std::uint64_t fresh_epoch = 0;
  // PastRoom::broadcasts are the last ones that have so many bytes together.
  std::size_t broadcast_bytes = 0;
  bool repair = false;  // --history_repair
  JournalOptions journal = {};
};

struct Recovery {
  PastRoom past;
  std::unique_ptr<JournalWriter> writer;  // `disk` must outlive it
  std::vector<std::string> notes;         // what was changed: a line for people each
};

// Errors: DataLoss as above, FailedPrecondition for a file of another version, and those of Disk. The
// memory that it needs is that of two files, each at most kMaxSegmentBytes, of broadcast_bytes, and of the
// members.
absl::StatusOr<Recovery> Recover(Disk& disk, const RecoveryOptions& options);

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_JOURNAL_RECOVERY_H_

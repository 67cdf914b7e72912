// The flags of the journal as values.
//
//   auto keep = ParseJournalKeep("1GiB/30d");
//   auto sync = ParseJournalSync("always");
//
// Errors are InvalidArgument, with the form and the text.
#ifndef CHATHTTP_APPS_SERVER_JOURNAL_SETTINGS_H_
#define CHATHTTP_APPS_SERVER_JOURNAL_SETTINGS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "chathttp/adapters/file_journal.h"

namespace chathttp {

// How much of a journal is kept: at most so many bytes, and so old.
struct JournalKeep {
  std::uint64_t bytes = std::uint64_t{1} << 30;
  absl::Duration age = absl::Hours(30 * 24);

  friend bool operator==(const JournalKeep&, const JournalKeep&) = default;
};

struct JournalSettings {
  std::string directory;
  posix::JournalSync sync = posix::JournalSync::kInterval;
  JournalKeep keep = {};
  bool repair = false;
};

// "1GiB/30d": bytes with one of the units KiB, MiB, GiB, TiB, at least 64 MiB; and a time in days, or
// one that absl::ParseDuration reads, at least 1h.
absl::StatusOr<JournalKeep> ParseJournalKeep(std::string_view text);
std::string ToString(const JournalKeep& keep);

// "always", "1s" or "never".
absl::StatusOr<posix::JournalSync> ParseJournalSync(std::string_view text);

}  // namespace chathttp

#endif  // CHATHTTP_APPS_SERVER_JOURNAL_SETTINGS_H_

// What chat_history prints.
//
//   HistoryReport report({.grep = "hello"}, [](std::string_view out) { std::cout << out; },
//                        [](std::string_view error) { std::cerr << error; });
//   report.Add(file, bytes);
//   return report.ok() ? 0 : 1;
#ifndef CHATHTTP_APPS_HISTORY_HISTORY_REPORT_H_
#define CHATHTTP_APPS_HISTORY_HISTORY_REPORT_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "apps/history/history_files.h"
#include "chathttp/transport/journal/record.h"
#include "chathttp/transport/journal/segment.h"

namespace chathttp {

struct HistoryOptions {
  std::string grep = {};                    // only broadcasts with this in their name or text
  absl::Time since = absl::InfinitePast();  // only broadcasts of this time or later
  bool json = false;
  bool verify = false;  // a line for each file instead of its records
  absl::TimeZone zone = absl::UTCTimeZone();
};

// The time of --since: a duration before `now`, as in "24h", or a time, as in "2026-11-30" and
// "2026-11-30 14:35:00". InvalidArgument says what is wrong.
absl::StatusOr<absl::Time> ParseSince(const std::string& text, absl::Time now, absl::TimeZone zone);

class HistoryReport {
 public:
  // Gets text with line ends.
  using Output = std::function<void(std::string_view)>;

  HistoryReport(const HistoryOptions& options, Output out, Output error);

  // The files in their order. A status is why the file could not be read.
  void Add(const HistoryFile& file, const absl::StatusOr<std::string>& bytes);

  // All files could be read, and none is corrupt or missing. The newest one may be torn.
  bool ok() const { return ok_; }

 private:
  void Print(SegmentReader& reader);
  bool IsWanted(const JournalRecord& record);
  void Verify(const HistoryFile& file, SegmentReader& reader);
  std::string ProblemOf(const HistoryFile& file, const SegmentReader& reader) const;

  const HistoryOptions options_;
  const Output out_;
  const Output error_;
  std::optional<std::uint64_t> next_count_;  // of the next file, if one follows
  bool wants_others_;                        // records without a time
  bool ok_ = true;
};

}  // namespace chathttp

#endif  // CHATHTTP_APPS_HISTORY_HISTORY_REPORT_H_

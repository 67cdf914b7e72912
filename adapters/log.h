// A log of one line per record on a file descriptor, such as the standard error output.
//
//   Logger log(STDERR_FILENO, LogLevel::kInfo, loop);
//   log.Log(LogLevel::kInfo, "entered", {{"connection", 7}, {"name", name}});
//
// writes
//
//   time=2026-11-23T15:20:57.123Z level=info event=entered connection=7 name=Alice
//
// Values may come from anyone. A value that is empty or holds blanks, quotes or '=' is put in
// double quotes, with \" and \\ inside. Visible escapes bytes that could control a terminal. A
// value longer than kMaxValueBytes is cut and ends in "...".
//
// The log never waits for room (log_output.h). Without room a line is dropped and counted, and the
// next line that is written says dropped=N. If no other line comes, that line is
//
//   time=... level=warning event=log dropped=N
//
// tried once in each kRetry. The rest of a line that was written in part is written before the next
// line. Not thread-safe.
#ifndef CHATHTTP_ADAPTERS_LOG_H_
#define CHATHTTP_ADAPTERS_LOG_H_

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "chathttp/adapters/log_output.h"
#include "chathttp/transport/ports/scheduler.h"

namespace chathttp::posix {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

// "debug", "info", "warning", "error".
std::string_view LogLevelName(LogLevel level);
std::optional<LogLevel> ParseLogLevel(std::string_view name);

// One key=value pair of a line. The views must be valid until the line is written.
class LogField {
 public:
  LogField(std::string_view key, std::string_view text) : key_(key), value_(text) {}
  template <std::signed_integral T>
  LogField(std::string_view key, T number) : key_(key), value_(std::int64_t{number}) {}
  template <std::unsigned_integral T>
  LogField(std::string_view key, T number) : key_(key), value_(std::uint64_t{number}) {}

  void AppendTo(std::string& line) const;

 private:
  std::string_view key_;  // a plain word
  std::variant<std::string_view, std::int64_t, std::uint64_t> value_;
};

class Logger {
 public:
  static constexpr std::size_t kMaxValueBytes = 200;  // of one text value, before escaping
  static constexpr std::size_t kMaxLineBytes = 4096;  // PIPE_BUF: a pipe takes all or nothing

  static constexpr absl::Duration kRetry = absl::Seconds(1);

  // Lines below `min_level` are not written. `scheduler` outlives the log.
  Logger(std::unique_ptr<LogOutput> output, LogLevel min_level, Scheduler& scheduler);

  // On a NonblockingOutput. `descriptor` is borrowed. Other programs may share it, so its flags stay
  // as they are. The program should ignore SIGPIPE.
  Logger(int descriptor, LogLevel min_level, Scheduler& scheduler);
  Logger(const Logger&) = delete;
  Logger& operator=(const Logger&) = delete;
  // Tries once more to write the rest of the last line and the number of dropped lines.
  ~Logger();

  bool enabled(LogLevel level) const { return level >= min_level_; }
  LogLevel min_level() const { return min_level_; }
  // Lines below `level` are not written from now on.
  void set_min_level(LogLevel level) { min_level_ = level; }

  // Writes one line; `event` is a plain word.
  void Log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {}) {
    Log(level, event, std::span(fields.begin(), fields.size()));
  }
  void Log(LogLevel level, std::string_view event, std::span<const LogField> fields);

  // Writes a finished line of the log of another thread, which ends in a line feed: see
  // forwarding_output.h. Its level has been judged there.
  void Forward(std::string_view line);

  // False if no write is possible without waiting, as on a terminal of another user.
  bool usable() const { return output_->usable(); }

  // Opens the file of the log once more: log_output.h.
  absl::Status Reopen() { return output_->Reopen(); }

  // The number of lines dropped since the last written line.
  std::uint64_t dropped() const { return dropped_; }
  // The number of all lines dropped so far.
  std::uint64_t dropped_total() const { return dropped_total_; }

 private:
  bool WriteRest();  // returns whether all of it was written
  // Returns false if none of the line was written.
  bool WriteLine(LogLevel level, std::string_view event, std::span<const LogField> fields);
  // Writes line_, a new line: all of it, or a part and the rest later, or nothing: then it is false.
  bool WriteNew();
  void WriteDropped();
  void RetryLater();

  const std::unique_ptr<LogOutput> output_;
  LogLevel min_level_;
  Scheduler& scheduler_;
  std::string line_;  // the unwritten rest of the last line
  std::uint64_t dropped_ = 0;
  std::uint64_t dropped_total_ = 0;
  TimerId retry_ = kNoTimer;  // while there is a rest or dropped_ is not 0
};

}  // namespace chathttp::posix

#endif  // CHATHTTP_ADAPTERS_LOG_H_

// A log of one line per record on a file descriptor, such as the standard error output.
//
//   Logger log(STDERR_FILENO, LogLevel::kInfo, [&loop] { return loop.WallNow(); });
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
// The log never waits for room (nonblocking_output.h). Without room a line is dropped and counted,
// and the next line that is written says dropped=N. The rest of a line that was written in part is
// written before the next line. Not thread-safe.
#ifndef CHATHTTP_ADAPTERS_LOG_H_
#define CHATHTTP_ADAPTERS_LOG_H_

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"
#include "chathttp/adapters/nonblocking_output.h"

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

  // Lines below `min_level` are not written. `descriptor` is borrowed. Other programs may share it,
  // so its flags stay as they are. The program should ignore SIGPIPE.
  Logger(int descriptor, LogLevel min_level, absl::AnyInvocable<absl::Time()> wall_clock);
  Logger(const Logger&) = delete;
  Logger& operator=(const Logger&) = delete;
  ~Logger() { WriteRest(); }

  bool enabled(LogLevel level) const { return level >= min_level_; }

  // Writes one line; `event` is a plain word.
  void Log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {});

  // False if no write is possible without waiting, as on a terminal of another user.
  bool usable() const { return output_.usable(); }

  // The number of lines dropped since the last written line.
  std::uint64_t dropped() const { return dropped_; }

 private:
  bool WriteRest();  // returns whether all of it was written

  NonblockingOutput output_;
  const LogLevel min_level_;
  absl::AnyInvocable<absl::Time()> wall_clock_;
  std::string line_;  // the unwritten rest of the last line
  std::uint64_t dropped_ = 0;
};

}  // namespace chathttp::posix

#endif  // CHATHTTP_ADAPTERS_LOG_H_

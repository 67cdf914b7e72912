#include "chathttp/adapters/log.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "chathttp/adapters/nonblocking_output.h"
#include "chathttp/domain/escape.h"

namespace chathttp::posix {
namespace {

constexpr std::array<std::string_view, 4> kLevelNames = {"debug", "info", "warning", "error"};
constexpr std::string_view kCut = "...";

// Returns the longest prefix of `text` of at most `max_bytes` that does not end inside a code
// point.
std::string_view Front(std::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  std::size_t end = max_bytes;
  for (int i = 0; i < 3 && end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80; ++i) {
    --end;
  }
  return text.substr(0, end);
}

// Doubles backslashes, so that a reader can tell the escapes of Visible from text that looks like
// them.
void AppendQuoted(std::string_view text, std::string& line) {
  line += '"';
  while (!text.empty()) {
    const std::size_t plain = std::min(text.find_first_of("\"\\"), text.size());
    line += Visible(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) break;
    line += '\\';
    line += text.front();
    text.remove_prefix(1);
  }
}

void AppendText(std::string_view text, std::string& line) {
  const std::string_view front = Front(text, Logger::kMaxValueBytes);
  const std::string_view cut = front.size() < text.size() ? kCut : std::string_view();
  const bool plain = !front.empty() && front.find_first_of(" \"\\=") == std::string_view::npos &&
                     Visible(front) == front;
  if (plain) {
    line.append(front).append(cut);
    return;
  }
  AppendQuoted(front, line);
  line.append(cut).append("\"");
}

}  // namespace

std::string_view LogLevelName(LogLevel level) {
  return kLevelNames[static_cast<std::size_t>(level)];
}

std::optional<LogLevel> ParseLogLevel(std::string_view name) {
  for (const LogLevel level :
       {LogLevel::kDebug, LogLevel::kInfo, LogLevel::kWarning, LogLevel::kError}) {
    if (name == LogLevelName(level)) return level;
  }
  return std::nullopt;
}

void LogField::AppendTo(std::string& line) const {
  line.append(" ").append(key_).append("=");
  if (const auto* text = std::get_if<std::string_view>(&value_)) AppendText(*text, line);
  if (const auto* number = std::get_if<std::int64_t>(&value_)) absl::StrAppend(&line, *number);
  if (const auto* number = std::get_if<std::uint64_t>(&value_)) absl::StrAppend(&line, *number);
}

Logger::Logger(std::unique_ptr<LogOutput> output, LogLevel min_level, Scheduler& scheduler)
    : output_(std::move(output)), min_level_(min_level), scheduler_(scheduler) {}

Logger::Logger(int descriptor, LogLevel min_level, Scheduler& scheduler)
    : Logger(std::make_unique<NonblockingOutput>(descriptor), min_level, scheduler) {}

Logger::~Logger() {
  scheduler_.Cancel(retry_);
  WriteDropped();
}

void Logger::Log(LogLevel level, std::string_view event, std::span<const LogField> fields) {
  if (!enabled(level)) return;
  if (!WriteRest() || !WriteLine(level, event, fields)) {
    ++dropped_;
    ++dropped_total_;
  }
  RetryLater();
}

void Logger::Forward(std::string_view line) {
  const bool had_room = WriteRest();
  if (had_room) line_ = line;
  if (!had_room || !WriteNew()) {
    ++dropped_;
    ++dropped_total_;
  }
  RetryLater();
}

bool Logger::WriteLine(LogLevel level, std::string_view event, std::span<const LogField> fields) {
  line_ = "time=";
  line_ += absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", scheduler_.WallNow(), absl::UTCTimeZone());
  line_.append(" level=").append(LogLevelName(level)).append(" event=").append(event);
  if (dropped_ > 0) LogField("dropped", dropped_).AppendTo(line_);
  for (const LogField& field : fields) field.AppendTo(line_);
  if (line_.size() >= kMaxLineBytes) {
    line_.resize(Front(line_, kMaxLineBytes - kCut.size() - 1).size());
    line_ += kCut;
  }
  line_ += '\n';
  const bool written = WriteNew();
  if (written) dropped_ = 0;
  return written;
}

bool Logger::WriteNew() {
  const std::size_t size = line_.size();
  WriteRest();
  const bool written = line_.size() < size;
  if (!written) line_.clear();
  return written;
}

bool Logger::WriteRest() {
  if (!line_.empty()) line_.erase(0, output_->Write(line_));
  return line_.empty();
}

void Logger::WriteDropped() {
  if (WriteRest() && dropped_ > 0) {
    static_cast<void>(WriteLine(std::max(LogLevel::kWarning, min_level_), "log", {}));
  }
}

void Logger::RetryLater() {
  if (retry_ != kNoTimer || !usable() || (line_.empty() && dropped_ == 0)) return;
  retry_ = scheduler_.RunAt(scheduler_.Now() + kRetry, [this] {
    retry_ = kNoTimer;
    WriteDropped();
    RetryLater();
  });
}

}  // namespace chathttp::posix

#include "apps/history/history_report.h"

#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "apps/history/history_line.h"
#include "chathttp/transport/journal/recovery.h"

namespace chathttp {
namespace {

bool Contains(std::string_view text, const std::string& part) {
  return text.find(part) != std::string_view::npos;
}

bool HasHistoryName(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  std::string_view name = slash == std::string_view::npos ? path : path.substr(slash + 1);
  name = name.substr(0, name.rfind(kAsideSuffix));
  return FirstCountOf(name).has_value();
}

std::string HowItEnds(const SegmentReader& reader) {
  switch (reader.end()) {
    case SegmentReader::End::kWhole:
      return "";
    case SegmentReader::End::kTorn:
      return absl::StrCat("torn tail at byte ", reader.offset());
    case SegmentReader::End::kCorrupt:
      return absl::StrCat("corrupt at byte ", reader.offset());
    case SegmentReader::End::kOtherVersion:
      break;
  }
  return "written by another version of chathttp";
}

}  // namespace

absl::StatusOr<absl::Time> ParseSince(const std::string& text, absl::Time now,
                                      absl::TimeZone zone) {
  absl::Duration before;
  if (absl::ParseDuration(text, &before) && before >= absl::ZeroDuration()) return now - before;
  for (const char* format : {"%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d"}) {
    absl::Time time;
    std::string error;
    if (absl::ParseTime(format, text, zone, &time, &error)) return time;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("must be a duration such as 24h, or a time such as 2026-11-30 or \"2026-11-30 "
                   "14:35:00\", got \"",
                   text, "\""));
}

HistoryReport::HistoryReport(const HistoryOptions& options, Output out, Output error)
    : options_(options),
      out_(std::move(out)),
      error_(std::move(error)),
      wants_others_(options.grep.empty() && options.since == absl::InfinitePast()) {}

void HistoryReport::Add(const HistoryFile& file, const absl::StatusOr<std::string>& bytes) {
  if (!bytes.ok()) {
    ok_ = false;
    next_count_ = std::nullopt;
    error_(absl::StrCat(bytes.status().message(), "\n"));
    return;
  }
  SegmentReader reader(*bytes);
  if (options_.verify) {
    Verify(file, reader);
  } else {
    Print(reader);
    const std::string problem = ProblemOf(file, reader);
    if (!problem.empty()) error_(absl::StrCat(file.path, ": ", problem, "\n"));
    ok_ = ok_ && problem.empty();
  }
  next_count_ = std::nullopt;
  if (file.has_next && reader.head_complete()) next_count_ = reader.count();
}

void HistoryReport::Print(SegmentReader& reader) {
  for (StoredRecord stored; reader.Next(stored);) {
    if (!IsWanted(stored.record)) continue;
    const Position position{reader.epoch(), reader.count()};
    const std::string line = options_.json ? HistoryJson(stored.record, position)
                                           : HistoryLine(stored.record, position, options_.zone);
    if (!line.empty()) out_(line + "\n");
  }
}

bool HistoryReport::IsWanted(const JournalRecord& record) {
  const auto* broadcast = std::get_if<SaidOrNotice>(&record);
  if (broadcast == nullptr) return wants_others_;
  if (broadcast->wall < options_.since) return false;
  wants_others_ = options_.grep.empty();
  return Contains(broadcast->name, options_.grep) || Contains(broadcast->text, options_.grep);
}

void HistoryReport::Verify(const HistoryFile& file, SegmentReader& reader) {
  std::uint64_t records = 0;
  for (StoredRecord stored; reader.Next(stored);) ++records;
  std::string line = absl::StrCat(file.path, ": ", records, " records");
  if (reader.header()) {
    const Position first{reader.header()->epoch, reader.header()->first_count};
    absl::StrAppend(&line, ", from ", ToString(first), " to ",
                    ToString(Position{reader.epoch(), reader.count()}));
  }
  const std::string problem = ProblemOf(file, reader);
  const std::string end = problem.empty() ? HowItEnds(reader) : problem;
  out_(absl::StrCat(line, end.empty() ? "" : ", ", end, "\n"));
  ok_ = ok_ && problem.empty();
}

// Empty if nothing is wrong; a torn newest file is not.
std::string HistoryReport::ProblemOf(const HistoryFile& file, const SegmentReader& reader) const {
  if (!reader.header() && !reader.other_version() && !HasHistoryName(file.path)) {
    return "no file of a history";
  }
  std::string end = HowItEnds(reader);
  const bool torn =
      reader.end() == SegmentReader::End::kTorn || reader.end() == SegmentReader::End::kWhole;
  if (!end.empty() && (file.has_next || !torn)) return end;
  if (!next_count_ || !reader.header() || reader.header()->first_count == *next_count_) return "";
  return absl::StrCat("files before it are missing: it starts at the count ",
                      reader.header()->first_count, ", and the one before ends at ", *next_count_);
}

}  // namespace chathttp

#include "chathttp/transport/journal/segment.h"

#include <algorithm>
#include <limits>
#include <variant>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/transport/journal/crc32c.h"
#include "chathttp/transport/journal/little_endian.h"

namespace chathttp {
namespace {

constexpr std::string_view kMagic = "chatlog\n";
constexpr std::size_t kNameDigits = 20;

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::min();

std::int64_t NanosOf(absl::Time time) {
  return time == absl::InfinitePast() ? kNever : absl::ToUnixNanos(time);
}

absl::Time TimeOf(std::int64_t nanos) {
  return nanos == kNever ? absl::InfinitePast() : absl::FromUnixNanos(nanos);
}

}  // namespace

std::string SegmentName(std::uint64_t first_count) {
  std::string digits = absl::StrCat(first_count);
  digits.insert(0, kNameDigits - digits.size(), '0');
  return digits.append(kSegmentSuffix);
}

std::optional<std::uint64_t> FirstCountOf(std::string_view name) {
  if (name.size() != kNameDigits + kSegmentSuffix.size()) return std::nullopt;
  if (!name.ends_with(kSegmentSuffix)) return std::nullopt;
  const std::string_view digits = name.substr(0, kNameDigits);
  if (digits.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  std::uint64_t first_count = 0;
  if (!absl::SimpleAtoi(AbslView(digits), &first_count)) return std::nullopt;
  if (first_count > kMaxJournalCount) return std::nullopt;
  return first_count;
}

void AppendSegmentHeader(const SegmentHeader& header, std::string& to) {
  const std::size_t start = to.size();
  to.append(kMagic);
  AppendLittleEndian(kSegmentVersion, to);
  AppendLittleEndian(header.records, to);
  AppendLittleEndian(header.epoch, to);
  AppendLittleEndian(header.first_count, to);
  AppendLittleEndian(static_cast<std::uint64_t>(NanosOf(header.last_wall)), to);
  AppendLittleEndian(Crc32c(std::string_view(to).substr(start)), to);
}

SegmentReader::SegmentReader(std::string_view bytes) : bytes_(bytes) {
  if (!bytes.starts_with(kMagic) || bytes.size() < kSegmentHeaderBytes) return;
  const std::string_view checked = bytes.substr(0, kSegmentHeaderBytes - 4);
  if (LoadLittleEndian<std::uint32_t>(bytes.substr(checked.size())) != Crc32c(checked)) return;
  std::string_view fields = checked.substr(kMagic.size());
  std::uint32_t version = 0;
  SegmentHeader header;
  TakeLittleEndian(fields, version);
  TakeLittleEndian(fields, header.records);
  TakeLittleEndian(fields, header.epoch);
  TakeLittleEndian(fields, header.first_count);
  std::uint64_t last_nanos = 0;
  TakeLittleEndian(fields, last_nanos);
  header.last_wall = TimeOf(static_cast<std::int64_t>(last_nanos));
  other_version_ = version != kSegmentVersion;
  if (other_version_) return;
  if (header.epoch > kMaxJournalCount || header.first_count > kMaxJournalCount) return;
  header_ = header;
  count_ = header.first_count;
  epoch_ = header.epoch;
  offset_ = kSegmentHeaderBytes;
}

bool SegmentReader::Next(StoredRecord& stored) {
  if (!header_) return false;
  const std::optional<StoredRecord> read = ReadRecord(bytes_.substr(offset_), count_, count_);
  if (!read || !IsInPlace(read->record)) return false;
  stored = *read;
  offset_ += stored.bytes;
  count_ = CountBehind(count_, stored.record);
  if (!head_complete()) {
    ++head_records_read_;
  } else if (const auto* begun = std::get_if<EpochBegun>(&stored.record)) {
    epoch_ = begun->epoch;
  }
  return true;
}

bool SegmentReader::IsInPlace(const JournalRecord& record) const {
  if (IsOfHead(record) == head_complete()) return false;
  const auto* begun = std::get_if<EpochBegun>(&record);
  if (begun != nullptr && begun->epoch < epoch_) return false;
  return count_ < kMaxJournalCount;
}

SegmentReader::End SegmentReader::end() const {
  if (other_version_) return End::kOtherVersion;
  if (!head_complete()) return End::kCorrupt;
  if (offset_ == bytes_.size()) return End::kWhole;
  return HasRecordBehind() ? End::kCorrupt : End::kTorn;
}

// The length may be the bad part, so a record may start at any byte.
bool SegmentReader::HasRecordBehind() const {
  constexpr std::size_t kShortestRecord = kRecordHeadBytes + 1;
  const std::size_t left = bytes_.size() - offset_;
  const std::uint64_t max_count = count_ + left / kShortestRecord;
  for (std::size_t at = offset_ + 1; at + kShortestRecord <= bytes_.size(); ++at) {
    if (ReadRecord(bytes_.substr(at), count_, max_count)) return true;
  }
  return false;
}

}  // namespace chathttp

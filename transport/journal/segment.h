// The files of a journal. Each holds the records from one count on, and is named after it:
// 00000000000000000120.chatlog holds the broadcasts from number 121 on. So names sort by count.
//
// A file starts with a head: this header, and a record for each older epoch and for each member that was in
// the room. So no file needs the ones before it.
//
//   8 bytes "chatlog\n", u32 version, u32 records of the head, u64 epoch, u64 first count,
//   i64 time of the last broadcast before: nanoseconds since the Unix epoch, or the lowest number for none,
//   u32 CRC-32C of all these
#ifndef CHATHTTP_TRANSPORT_JOURNAL_SEGMENT_H_
#define CHATHTTP_TRANSPORT_JOURNAL_SEGMENT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "chathttp/transport/journal/record_codec.h"

namespace chathttp {

inline constexpr std::string_view kSegmentSuffix = ".chatlog";
inline constexpr std::uint32_t kSegmentVersion = 1;
inline constexpr std::size_t kSegmentHeaderBytes = 44;
// A file with more bytes is none of a journal: nobody reads it.
inline constexpr std::uint64_t kMaxSegmentBytes = std::uint64_t{512} << 20;

struct SegmentHeader {
  std::uint64_t epoch = 0;
  std::uint64_t first_count = 0;  // of broadcasts before the file
  std::uint32_t records = 0;      // so many of the head follow: EpochEnded and MemberPresent
  absl::Time last_wall = absl::InfinitePast();  // of the last broadcast before the file
};

std::string SegmentName(std::uint64_t first_count);
// nullopt if the name is that of no such file.
[[nodiscard]] std::optional<std::uint64_t> FirstCountOf(std::string_view name);

void AppendSegmentHeader(const SegmentHeader& header, std::string& to);

// Reads a file from its start:
//
//   SegmentReader reader(bytes);
//   for (StoredRecord stored; reader.Next(stored);) ...
//   if (reader.end() == SegmentReader::End::kCorrupt) ... reader.offset() ...
//
// The records of the head come first. A record counts only if all before it do. Bytes may come from
// anywhere. Allocates nothing. `bytes` must outlive the reader and the records that it gives.
class SegmentReader {
 public:
  enum class End {
    kWhole,  // all bytes are valid records
    kTorn,   // a bad record, and no valid one behind it: the write of the last ones was cut off
    kCorrupt,  // a bad record, and a valid one behind it; or a bad head, as no server uses such a file
    kOtherVersion,  // a program of another version wrote the file
  };

  explicit SegmentReader(std::string_view bytes);

  // False at the end of the file and at a bad record.
  bool Next(StoredRecord& stored);

  // nullopt if it is bad, or of another version.
  const std::optional<SegmentHeader>& header() const { return header_; }
  bool other_version() const { return other_version_; }
  // Header and the records of the head are valid. A file gets its name when they are on the disk.
  bool head_complete() const { return header_ && head_records_read_ == header_->records; }
  // The number of broadcasts before the next record; 0 without a header.
  std::uint64_t count() const { return count_; }
  // The epoch there.
  std::uint64_t epoch() const { return epoch_; }
  // Where the next record starts.
  std::size_t offset() const { return offset_; }

  // After Next has returned false. O(size^2) at worst for bytes made to be slow; O(size) for those that
  // faults of disks leave.
  End end() const;

 private:
  bool IsInPlace(const JournalRecord& record) const;
  bool HasRecordBehind() const;

  std::string_view bytes_;
  std::optional<SegmentHeader> header_;
  bool other_version_ = false;
  std::uint32_t head_records_read_ = 0;
  std::uint64_t count_ = 0;
  std::uint64_t epoch_ = 0;
  std::size_t offset_ = 0;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_JOURNAL_SEGMENT_H_

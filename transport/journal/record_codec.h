// The records of a journal as bytes. Integers have the lowest byte first.
//
//   u32 length of the payload, u32 CRC-32C, u64 count, payload
//
// The count is the number of broadcasts before the record. The CRC is that of length, count and
// payload, so a record counts only at its own place. A payload is a byte for the kind, and:
//
//   entered, said, left   i64 nanoseconds since the Unix epoch, u8 length of the name, name, text
//   session               u64 id of the member, 32 bytes hash of the token, name
//   epoch                 u64 epoch
//   closed                nothing
//   epoch ended           u64 epoch, u64 count
//   member present        u64 id, u64 number of its "entered", u8 length of the hash: 0 or 32, hash, name
//
// Pure functions, safe from any thread.
#ifndef CHATHTTP_TRANSPORT_JOURNAL_RECORD_CODEC_H_
#define CHATHTTP_TRANSPORT_JOURNAL_RECORD_CODEC_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "chathttp/transport/journal/record.h"

namespace chathttp {

inline constexpr std::size_t kRecordHeadBytes = 16;  // before the payload
inline constexpr std::size_t kMaxPayloadBytes = std::size_t{256} << 20;
// Of counts and epochs. They have at most 19 digits, as on the wire, and never overflow.
inline constexpr std::uint64_t kMaxJournalCount = 1'000'000'000'000'000'000;

struct StoredRecord {
  std::uint64_t count = 0;    // of the broadcasts before it
  JournalRecord record = {};  // its views point into the bytes that were read
  std::size_t bytes = 0;      // of the record, with its head
};

// The broadcasts before the record behind this one.
inline std::uint64_t CountBehind(std::uint64_t count, const JournalRecord& record) {
  return std::holds_alternative<SaidOrNotice>(record) ? count + 1 : count;
}

// Appends the record to `to`. Requires a name of at most kMaxJournalNameBytes, and a text that lets
// the payload have at most kMaxPayloadBytes (asserted).
void AppendRecord(std::uint64_t count, const JournalRecord& record, std::string& to);

// The record at the start of `bytes`. nullopt if there is none whose count is from `min_count` to
// `max_count`: too few bytes, another CRC, or a name or a text that breaks the rules of names and texts.
// Allocates nothing.
[[nodiscard]] std::optional<StoredRecord> ReadRecord(std::string_view bytes,
                                                     std::uint64_t min_count,
                                                     std::uint64_t max_count);

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_JOURNAL_RECORD_CODEC_H_

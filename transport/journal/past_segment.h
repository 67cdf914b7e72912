// A file of a journal as recovery sees it: what it says of the room, and where it is bad.
#ifndef CHATHTTP_TRANSPORT_JOURNAL_PAST_SEGMENT_H_
#define CHATHTTP_TRANSPORT_JOURNAL_PAST_SEGMENT_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "chathttp/transport/codec/position.h"
#include "chathttp/transport/journal/journal_room.h"
#include "chathttp/transport/journal/journal_writer.h"
#include "chathttp/transport/journal/past_room.h"
#include "chathttp/transport/journal/segment.h"
#include "chathttp/transport/ports/disk.h"

namespace chathttp {

struct PastSegment {
  JournalWriter::Segment segment;
  SegmentReader::End end = SegmentReader::End::kCorrupt;
  std::uint64_t good_bytes = 0;  // before the first bad one; 0 if the header is bad
  std::string bytes = {};        // of the file
  // Without a complete head, what follows says nothing.
  bool head_complete = false;
  std::uint64_t head_bytes = 0;
  absl::Time wall_before = absl::InfinitePast();  // of the last broadcast before the file
  JournalRoom room = JournalRoom();               // at the end of the good bytes
  std::deque<PastBroadcast> broadcasts = {};      // the last ones
  std::size_t broadcast_bytes = 0;                // of these
};

// Reads the file, and keeps its last broadcasts that have at most `broadcast_bytes` together. Errors:
// those of Disk; DataLoss if it is too large; FailedPrecondition if it is of another version.
absl::StatusOr<PastSegment> ReadPastSegment(Disk& disk, const std::string& name,
                                            std::size_t broadcast_bytes);

// Reads only the header. If it is good, the rest passes for good: `end` is kWhole and `head_complete` is true.
// `room`, and the time of the last broadcast in the file, are not known. Errors as above.
absl::StatusOr<PastSegment> ReadPastHeader(Disk& disk, const std::string& name);

// For messages.
std::string PathOf(const Disk& disk, const std::string& name);

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_JOURNAL_PAST_SEGMENT_H_

#include "chathttp/transport/journal/past_segment.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "chathttp/transport/journal/recovery.h"

namespace chathttp {
namespace {

std::size_t BytesOf(const PastBroadcast& broadcast) {
  return broadcast.name.size() + broadcast.text.size() + kPastBroadcastBytes;
}

void KeepBroadcast(const SaidOrNotice& broadcast, std::size_t max_bytes, PastSegment& read) {
  read.broadcasts.push_back({.count = read.room.end().count,
                             .wall = broadcast.wall,
                             .kind = broadcast.kind,
                             .name = std::string(broadcast.name),
                             .text = std::string(broadcast.text)});
  read.broadcast_bytes += BytesOf(read.broadcasts.back());
  while (read.broadcast_bytes > max_bytes) {
    read.broadcast_bytes -= BytesOf(read.broadcasts.front());
    read.broadcasts.pop_front();
  }
}

void ReadRecords(SegmentReader& reader, std::size_t broadcast_bytes, PastSegment& read) {
  read.epochs.push_back({reader.epoch(), reader.count()});
  read.room = JournalRoom(read.epochs.back());
  read.head_bytes = reader.offset();
  for (StoredRecord stored; reader.Next(stored);) {
    read.room.Apply(stored.record);
    if (reader.epoch() != read.epochs.back().epoch) {
      read.epochs.push_back({reader.epoch(), reader.count()});
    }
    if (const auto* broadcast = std::get_if<SaidOrNotice>(&stored.record)) {
      KeepBroadcast(*broadcast, broadcast_bytes, read);
    } else if (std::holds_alternative<MemberPresent>(stored.record)) {
      read.head_bytes = reader.offset();
    }
  }
  read.head_complete = reader.head_complete();
  read.good_bytes = reader.offset();
  read.segment.last_wall = read.room.last_wall();
}

}  // namespace

std::string PathOf(const Disk& disk, const std::string& name) {
  return absl::StrCat(disk.directory(), "/", name);
}

absl::StatusOr<PastSegment> ReadPastSegment(Disk& disk, const std::string& name,
                                            std::size_t broadcast_bytes) {
  absl::StatusOr<std::string> bytes = disk.Read(name, kMaxSegmentBytes);
  if (absl::IsOutOfRange(bytes.status())) {
    return absl::DataLossError(absl::StrCat(PathOf(disk, name), " has more than ", kMaxSegmentBytes,
                                            " bytes, so it is no file of a journal; move it away"));
  }
  if (!bytes.ok()) return bytes.status();
  PastSegment read{.segment = {.first_count = *FirstCountOf(name), .bytes = bytes->size()}};
  SegmentReader reader(*bytes);
  const bool in_place = reader.header() && reader.header()->first_count == read.segment.first_count;
  if (in_place) ReadRecords(reader, broadcast_bytes, read);
  if (in_place || !reader.header()) read.end = reader.end();
  if (read.end == SegmentReader::End::kOtherVersion) {
    return absl::FailedPreconditionError(absl::StrCat(
        PathOf(disk, name), " was written by another version of chathttp, which this one ",
        "cannot read; start that version, or choose another directory"));
  }
  read.bytes = *std::move(bytes);
  return read;
}

}  // namespace chathttp

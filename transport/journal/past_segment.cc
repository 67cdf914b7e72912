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
  read.wall_before = reader.header()->last_wall;
  read.room = JournalRoom({reader.epoch(), reader.count()}, read.wall_before);
  read.head_bytes = reader.offset();
  for (StoredRecord stored; reader.Next(stored);) {
    read.room.Apply(stored.record);
    if (const auto* broadcast = std::get_if<SaidOrNotice>(&stored.record)) {
      KeepBroadcast(*broadcast, broadcast_bytes, read);
    } else if (IsOfHead(stored.record)) {
      read.head_bytes = reader.offset();
    }
  }
  read.head_complete = reader.head_complete();
  read.good_bytes = reader.offset();
  read.segment.last_wall = read.room.last_wall();
}

absl::Status OtherVersion(const Disk& disk, const std::string& name) {
  return absl::FailedPreconditionError(absl::StrCat(
      PathOf(disk, name), " was written by another version of chathttp, which this one ",
      "cannot read; start that version, or choose another directory"));
}

bool HasItsName(const SegmentReader& reader, const PastSegment& read) {
  return reader.header() && reader.header()->first_count == read.segment.first_count;
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
  if (reader.other_version()) return OtherVersion(disk, name);
  if (HasItsName(reader, read)) {
    ReadRecords(reader, broadcast_bytes, read);
    read.end = reader.end();
  }
  read.bytes = *std::move(bytes);
  return read;
}

absl::StatusOr<PastSegment> ReadPastHeader(Disk& disk, const std::string& name) {
  const absl::StatusOr<Disk::Start> start = disk.ReadStart(name, kSegmentHeaderBytes);
  if (!start.ok()) return start.status();
  PastSegment read{.segment = {.first_count = *FirstCountOf(name), .bytes = start->file_bytes}};
  const SegmentReader reader(start->bytes);
  if (reader.other_version()) return OtherVersion(disk, name);
  if (!HasItsName(reader, read)) return read;
  read.wall_before = reader.header()->last_wall;
  read.head_complete = true;
  read.end = SegmentReader::End::kWhole;
  return read;
}

}  // namespace chathttp

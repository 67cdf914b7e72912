#include "chathttp/transport/journal/journal_writer.h"

#include <algorithm>
#include <cassert>
#include <optional>
#include <utility>

#include "chathttp/transport/journal/record_codec.h"
#include "chathttp/transport/journal/segment.h"
#include "chathttp/transport/journal/whole_file.h"

namespace chathttp {
namespace {

std::string HeadOf(const JournalRoom& room) {
  const Position& end = room.end();
  std::string head;
  AppendSegmentHeader(
      {.epoch = end.epoch,
       .first_count = end.count,
       .records = static_cast<std::uint32_t>(room.ended().size() + room.members().size()),
       .last_wall = room.last_wall()},
      head);
  for (const EpochEnd& ended : room.ended()) {
    AppendRecord(end.count, EpochEnded{ended.epoch, ended.count}, head);
  }
  for (const PastMember& member : room.members()) {
    AppendRecord(end.count,
                 MemberPresent{.member = member.id,
                               .name = member.name,
                               .entered = member.entered,
                               .token = member.token},
                 head);
  }
  return head;
}

}  // namespace

JournalWriter::JournalWriter(Disk& disk, const JournalOptions& options, JournalRoom room,
                             std::deque<Segment> segments, std::uint64_t head_bytes)
    : disk_(disk),
      options_(options),
      room_(std::move(room)),
      segments_(std::move(segments)),
      head_bytes_(head_bytes) {}

absl::Status JournalWriter::Open(std::string newest) {
  if (segments_.empty()) return Keep(BeginSegment());
  AppendRecord(count(), EpochBegun{room_.end().epoch}, newest);
  Segment& last = segments_.back();
  if (absl::Status status = Keep(MakeSegment(last.first_count, newest)); !status.ok()) {
    return status;
  }
  last.bytes = newest.size();
  return Keep(RemoveOld());
}

absl::Status JournalWriter::Write(std::string_view records) {
  if (!status_.ok()) return status_;
  std::size_t read_bytes = 0;  // of records, not written yet
  while (read_bytes < records.size()) {
    const std::optional<StoredRecord> stored =
        ReadRecord(records.substr(read_bytes), count(), count());
    assert(stored.has_value());
    if (!stored) return Keep(absl::InternalError("the journal got records that it cannot read"));
    if (IsFull(read_bytes)) {
      if (absl::Status status = Keep(AppendToSegment(records.substr(0, read_bytes)));
          !status.ok()) {
        return status;
      }
      records.remove_prefix(std::exchange(read_bytes, 0));
      if (absl::Status status = Sync(); !status.ok()) return status;
      if (absl::Status status = Keep(BeginSegment()); !status.ok()) return status;
    }
    room_.Apply(stored->record);
    read_bytes += stored->bytes;
  }
  return Keep(AppendToSegment(records));
}

absl::Status JournalWriter::Sync() {
  if (!status_.ok()) return status_;
  return Keep(disk_.Sync(SegmentName(segments_.back().first_count)));
}

absl::Status JournalWriter::Close() {
  if (absl::Status status = WriteRecord(Closed{}); !status.ok()) return status;
  return Sync();
}

absl::Status JournalWriter::WriteRecord(const JournalRecord& record) {
  std::string bytes;
  AppendRecord(count(), record, bytes);
  return Write(bytes);
}

absl::Status JournalWriter::Keep(absl::Status status) {
  if (status_.ok()) status_ = std::move(status);
  return status_;
}

// A file without a broadcast is never full: the next one would have the same name.
bool JournalWriter::IsFull(std::uint64_t more_bytes) const {
  const Segment& last = segments_.back();
  return last.bytes + more_bytes - head_bytes_ >= options_.segment_bytes &&
         count() > last.first_count;
}

absl::Status JournalWriter::AppendToSegment(std::string_view bytes) {
  if (bytes.empty()) return absl::OkStatus();
  Segment& last = segments_.back();
  const std::string name = SegmentName(last.first_count);
  last.last_wall = room_.last_wall();
  absl::Status status = WithRoom([&] { return disk_.Append(name, bytes); },
                                 [&] { return disk_.Truncate(name, last.bytes); });
  if (status.ok()) last.bytes += bytes.size();
  return status;
}

absl::Status JournalWriter::BeginSegment() {
  const std::string head = HeadOf(room_);
  if (absl::Status status = MakeSegment(count(), head); !status.ok()) return status;
  segments_.push_back(
      {.first_count = count(), .bytes = head.size(), .last_wall = room_.last_wall()});
  head_bytes_ = head.size();
  return RemoveOld();
}

absl::Status JournalWriter::MakeSegment(std::uint64_t first_count, std::string_view bytes) {
  const std::string name = SegmentName(first_count);
  return WithRoom([&] { return WriteWholeFile(disk_, name, bytes); },
                  [&] {
                    const absl::Status removed =
                        disk_.Remove(name + std::string(kUnfinishedSuffix));
                    return absl::IsNotFound(removed) ? absl::OkStatus() : removed;
                  });
}

// If the disk is full and old files could be removed, undoes what `act` has done, and does it again.
absl::Status JournalWriter::WithRoom(absl::FunctionRef<absl::Status()> act,
                                     absl::FunctionRef<absl::Status()> undo) {
  absl::Status status = act();
  if (!absl::IsResourceExhausted(status)) return status;
  const std::size_t before = segments_.size();
  if (!RemoveOld().ok() || segments_.size() == before) return status;
  if (absl::Status undone = undo(); !undone.ok()) return undone;
  return act();
}

// Oldest first, and each for good before the next one: so no hole is left after a crash.
absl::Status JournalWriter::RemoveOld() {
  std::uint64_t all_bytes = 0;
  for (const Segment& segment : segments_) all_bytes += segment.bytes;
  while (segments_.size() > 1 && IsOld(segments_.front(), all_bytes)) {
    const std::string name = SegmentName(segments_.front().first_count);
    if (absl::Status status = disk_.Remove(name); !status.ok()) return status;
    if (absl::Status status = disk_.SyncDirectory(); !status.ok()) return status;
    all_bytes -= segments_.front().bytes;
    segments_.pop_front();
  }
  return absl::OkStatus();
}

bool JournalWriter::IsOld(const Segment& segment, std::uint64_t all_bytes) const {
  return all_bytes > options_.keep_bytes ||
         room_.last_wall() - segment.last_wall > options_.keep_age;
}

}  // namespace chathttp
